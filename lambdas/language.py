"""The language of what people read: English as it stands in the code, or one that locale/ has.

A handler says once which language is spoken; whatever is told below it is told in that. A text is
looked up as it stands in the code, and filled afterwards: what comes from a person's files is a
fact, and is neither looked up nor filled.
"""

import functools
import gettext
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from lambdas.wish import Language

Event = TypeVar("Event")
Result = TypeVar("Result")

_spoken: ContextVar["Language"] = ContextVar("language", default="en")


def spoken_language() -> "Language":
    """The language in which people are told something at the moment."""
    return _spoken.get()


@contextmanager
def spoken_in(language: "Language") -> Iterator[None]:
    """Has everything told in ``language`` until the block ends.

    Raises:
        FileNotFoundError: its messages were not compiled. English instead would be a page in two
            languages, or in the wrong one.
    """
    messages.load(language)
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def speaking(
    language_of: Callable[[Event], "Language"],
) -> Callable[[Callable[[Event, Any], Result]], Callable[[Event, Any], Result]]:
    """Has a step's handler speak the language that ``language_of`` reads from its event."""

    def speaks(handler: Callable[[Event, Any], Result]) -> Callable[[Event, Any], Result]:
        @functools.wraps(handler)
        def speaking_handler(event: Event, context: Any) -> Result:
            with spoken_in(language_of(event)):
                return handler(event, context)

        return speaking_handler

    return speaks


def stack_language(_event: Any) -> "Language":
    """The language that the stack was deployed with, for what is told of no run's own."""
    return cast("Language", os.environ["PAGE_LANGUAGE"])


class Messages:
    """What one package says, in every language: ``package`` is its folder."""

    def __init__(self, package: Path) -> None:
        self._locale = package / "locale"
        self._loaded: dict[str, gettext.NullTranslations] = {"en": gettext.NullTranslations()}

    def load(self, language: "Language") -> gettext.NullTranslations:
        """The messages in ``language``.

        Raises:
            FileNotFoundError: they were not compiled.
        """
        if language not in self._loaded:
            path = self._locale / f"{language}.mo"
            if not path.is_file():
                raise FileNotFoundError(
                    f"{path} is missing, so nothing can be said in the language {language}. Run "
                    "`make setup`, which compiles it."
                )
            with path.open("rb") as compiled:
                self._loaded[language] = gettext.GNUTranslations(compiled)
        return self._loaded[language]

    def translated(self, template: str, context: str = "") -> str:
        """``template`` in the language that is spoken, with its braces as they are.

        ``context`` tells words apart that are alike in English.
        """
        if not template:
            return ""  # the catalogue's own heading stands under the empty text
        loaded = self.load(spoken_language())
        return loaded.pgettext(context, template) if context else loaded.gettext(template)

    def spoken(self, template: str, /, **facts: object) -> str:
        """``template`` in the language that is spoken, with the facts that its braces name.

        Behind a colon stands how a fact is told: in Python's own way (``{rows:,}``), or as the
        word that goes with a number (``{rows:row|rows}``).
        """
        return _FILLER.vformat(self.translated(template), (), facts)

    def spoken_as(self, context: str, template: str, /, **facts: object) -> str:
        """As :meth:`spoken`, for a text that needs a ``context`` to be understood."""
        return _FILLER.vformat(self.translated(template, context), (), facts)


def to_speak(template: str) -> str:
    """``template`` as it is: marks a text in a table for the catalogue, for it is told later."""
    return template


def spoken_day(day: int, month: int, year: int) -> str:
    """The day as it is written out, such as ``5 March 2024``; no calendar is asked for it."""
    return spoken(_DAYS[month - 1], day=day, year=year)


class _Filler(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        one, is_word, many = format_spec.partition("|")
        if is_word:
            return one if value == 1 else many
        return super().format_field(value, format_spec)


_FILLER = _Filler()
_DAYS = (
    to_speak("{day} January {year}"),
    to_speak("{day} February {year}"),
    to_speak("{day} March {year}"),
    to_speak("{day} April {year}"),
    to_speak("{day} May {year}"),
    to_speak("{day} June {year}"),
    to_speak("{day} July {year}"),
    to_speak("{day} August {year}"),
    to_speak("{day} September {year}"),
    to_speak("{day} October {year}"),
    to_speak("{day} November {year}"),
    to_speak("{day} December {year}"),
)
messages = Messages(Path(__file__).parent)
translated, spoken, spoken_as = messages.translated, messages.spoken, messages.spoken_as
