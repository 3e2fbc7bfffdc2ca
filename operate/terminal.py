"""What a command says to a person, and how it ends when it can't be done.

All of it goes through a :class:`SafeConsole`, for much of it is other people's text: names of
uploads, columns, reasons.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

# Controls, invisible characters and those that turn the direction of the text, lone surrogates, and
# separators of lines: what a terminal would act on, and what makes a text look like another one.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINER = "\u200d"
_VARIATION = "\ufe0f"


def shown(text: str) -> str:
    """``text``, which somebody else has written, on one line and with nothing hidden in it.

    >>> shown("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(_visible(text, at, kept="") for at in range(len(text)))


class SafeConsole(Console):
    """A terminal that gets no control character but rich's own, and takes no text for markup."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Renders as rich does, with what is hidden in the texts made visible."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isascii() and segment.text.isprintable():
                yield segment
            else:
                yield Segment(_lines_shown(segment.text), segment.style)

    def render_str(self, text: str, **options: Any) -> Text:  # type: ignore[override]
        """Renders a plain string; escaped before it is laid out, so that columns stay straight."""
        return super().render_str(_lines_shown(text), **options)


console = SafeConsole()
_errors = SafeConsole(stderr=True)


def fail(message: str) -> NoReturn:
    """Ends the command with ``message``."""
    _errors.print(message, style="red", soft_wrap=True)
    raise typer.Exit(1)


def told(text: str) -> None:
    """Prints ``text`` as it is, on lines as long as they have to be."""
    console.print(text, soft_wrap=True)


def key_and_value(text: str) -> tuple[str, str]:
    """The two sides of KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        fail(f"--param takes KEY=VALUE, not {text!r}.")
    return key, value


def _lines_shown(text: str) -> str:
    return "".join(_visible(text, at, kept="\n") for at in range(len(text)))


def _visible(text: str, at: int, kept: str) -> str:
    character = text[at]
    if character in kept or unicodedata.category(character) not in _HIDDEN:
        return character
    if character == _JOINER and _joins_emoji(text, at):
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _joins_emoji(text: str, at: int) -> bool:
    """Whether the joiner makes one picture of two, such as a family."""
    before = text[:at].rstrip(_VARIATION)[-1:]
    after = text[at + 1 : at + 2]
    return all(c and unicodedata.category(c) in {"So", "Sk"} for c in (before, after))
