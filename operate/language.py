"""What the commands say, in the language that is spoken (:mod:`lambdas.language`)."""

from pathlib import Path

from lambdas.language import Messages, to_speak

__all__ = ["messages", "spoken", "spoken_as", "to_speak", "translated"]

messages = Messages(Path(__file__).parent)
translated, spoken, spoken_as = messages.translated, messages.spoken, messages.spoken_as
