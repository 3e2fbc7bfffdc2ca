"""What the commands say, in the language that is spoken (:mod:`lambdas.language`)."""

from pathlib import Path

from lambdas.language import Messages, spoken_in, spoken_language, to_speak
from lambdas.wish import Language

__all__ = [
    "Language",
    "Messages",
    "messages",
    "spoken",
    "spoken_as",
    "spoken_in",
    "spoken_language",
    "to_speak",
    "translated",
]

messages = Messages(Path(__file__).parent)
translated, spoken, spoken_as = messages.translated, messages.spoken, messages.spoken_as
