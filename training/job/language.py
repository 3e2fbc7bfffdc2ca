"""The language of what people read: English as it stands in the code, or one that locale/ has.

A program says once which language is spoken; whatever is told below it is told in that. A text is
looked up as it stands in the code, and filled afterwards: what comes from a person's files is a
fact, and is neither looked up nor filled. ``lambdas/language.py`` does the same for the Lambdas.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

ENGLISH = "en"
_LOCALE = Path(__file__).parent.parent / "locale"
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def spoken_language() -> str:
    """The language in which people are told something at the moment."""
    return _spoken.get()


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """Has everything told in ``language`` until the block ends.

    Raises:
        FileNotFoundError: its messages were not compiled. English instead would be a page in two
            languages, or in the wrong one.
    """
    _messages(language)
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def translated(template: str, context: str = "") -> str:
    """``template`` in the language that is spoken, with its braces as they are.

    ``context`` tells words apart that are alike in English.
    """
    if not template:
        return ""  # the catalogue's own heading stands under the empty text
    messages = _messages(spoken_language())
    return messages.pgettext(context, template) if context else messages.gettext(template)


def spoken(template: str, /, **facts: object) -> str:
    """``template`` in the language that is spoken, with the facts that its braces name.

    Behind a colon stands how a fact is told: in Python's own way (``{rows:,}``), or as the word
    that goes with a number (``{rows:row|rows}``).
    """
    return _FILLER.vformat(translated(template), (), facts)


def spoken_as(context: str, template: str, /, **facts: object) -> str:
    """As :func:`spoken`, for a text that needs a ``context`` to be understood."""
    return _FILLER.vformat(translated(template, context), (), facts)


def to_speak(template: str) -> str:
    """``template`` as it is: marks a text in a table for the catalogue, for it is told later."""
    return template


@cache
def _messages(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    path = _LOCALE / f"{language}.mo"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing, so nothing can be said in the language {language}. Run "
            "`make setup`, which compiles it."
        )
    with path.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


class _Filler(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        one, is_word, many = format_spec.partition("|")
        if is_word:
            return one if value == 1 else many
        return super().format_field(value, format_spec)


_FILLER = _Filler()
