"""In which language a command speaks: its option ``--language``, and the environment's word."""

import functools
import inspect
import os
from collections.abc import Callable
from typing import Annotated, Any, cast, get_args

import typer

from lambdas.language import spoken_in
from lambdas.wish import Language
from operate.terminal import fail

VARIABLE = "CODEFREE_LANGUAGE"
_Said = Annotated[Language, typer.Option(help="The language of what is printed.", envvar=VARIABLE)]


def in_language(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option, behind its own, for the language in which it speaks."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())
    option = inspect.Parameter(
        "language", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="en", annotation=_Said
    )

    @functools.wraps(command)
    def speaking_command(*, language: Language = "en", **given: Any) -> None:
        with spoken_in(language):
            command(**given)

    # Typer makes the options from what it sees here.
    parameters = [*own, option]
    speaking_command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    speaking_command.__annotations__ = {told.name: told.annotation for told in parameters}
    return speaking_command


def language_of_environment() -> Language:
    """The language that the environment asks for, for a command whose own ``--language`` means
    something else; English where it asks for none."""
    said = os.environ.get(VARIABLE) or "en"
    if said not in get_args(Language):
        fail(f"{VARIABLE} can't be {said!r}. Choose {' or '.join(get_args(Language))}.")
    return cast("Language", said)
