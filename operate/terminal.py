"""What a command says to a person, and how it ends when it can't be done.

All of it goes through a :class:`SafeConsole`, for much of it is other people's text: names of
uploads, columns, reasons.
"""

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from operate.language import spoken
from operate.visible_text import lines_shown


class SafeConsole(Console):
    """A terminal that gets no control character but rich's own, and takes no text for markup.

    One that is gone, or takes no more, gets nothing from then on: what a command does goes on.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)
        self.is_gone = False

    def print(self, *objects: Any, **options: Any) -> None:
        """Prints as rich does, as long as that can be done."""
        try:
            super().print(*objects, **options)
        except (OSError, UnicodeError):
            self._give_up()

    def on_broken_pipe(self) -> None:
        """What the output went to has ended, as ``head`` does; rich would end the command."""
        self._give_up()

    def _give_up(self) -> None:
        self.is_gone = self.quiet = True
        # Else Python tries to write the rest when it ends, and fails.
        with suppress(OSError, ValueError):
            file = self.file.fileno()
            if file in (1, 2):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, file)
                os.close(nowhere)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Renders as rich does, with what is hidden in the texts made visible."""
        for segment in super().render(renderable, options):
            is_control = segment.control is not None
            yield segment if is_control else Segment(lines_shown(segment.text), segment.style)

    def render_str(self, text: str, **options: Any) -> Text:
        """Renders a plain string; escaped before it is laid out, so that columns stay straight."""
        return super().render_str(lines_shown(text), **options)


# What the terminal's encoding lacks is printed as its number.
for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(errors="backslashreplace")

console = SafeConsole()
_errors = SafeConsole(stderr=True)


def fail(message: str) -> NoReturn:
    """Ends the command with ``message``."""
    _errors.print(message, style="red", soft_wrap=True)
    raise typer.Exit(1)


def end_unread() -> None:
    """Ends the command as failed where nobody has read all that it was to say."""
    if console.is_gone:
        raise typer.Exit(1)


def told(text: str) -> None:
    """Prints ``text`` as it is, on lines as long as they have to be."""
    console.print(text, soft_wrap=True)


def told_in_sentences(what: RenderableType) -> None:
    """Prints what people only read: broken between words on a terminal, and nowhere else."""
    console.print(what, soft_wrap=not console.is_terminal)


def key_and_value(text: str) -> tuple[str, str]:
    """The two sides of KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        fail(spoken("--param expects KEY=VALUE, not {text}.", text=repr(text)))
    return key, value
