"""What the console says, in the language that is spoken (:mod:`operate.language`)."""

from pathlib import Path

from operate.language import Messages, to_speak

__all__ = ["messages", "spoken", "spoken_as", "to_speak", "translated"]

messages = Messages(Path(__file__).parent)
translated, spoken, spoken_as = messages.translated, messages.spoken, messages.spoken_as
