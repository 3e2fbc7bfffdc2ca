"""What a command says to a person, and how it ends when it can't be done."""

from typing import NoReturn

import typer
from rich.console import Console

console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def fail(message: str) -> NoReturn:
    """Ends the command with ``message``."""
    _errors.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def told(text: str) -> None:
    """Prints ``text`` as it is, on lines as long as they have to be."""
    console.print(text, markup=False, soft_wrap=True)


def key_and_value(text: str) -> tuple[str, str]:
    """The two sides of KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        fail(f"--param takes KEY=VALUE, not {text!r}.")
    return key, value
