"""How the value of a setting is read from the text that a person has written."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lambdas.check.reading.plain_name import plain_name
from lambdas.language import spoken

Reader = Callable[[str], Any]

LONGEST_NAME = 250
_LONGEST_LIST = 1000
# The unit may stand there, before or behind.
_NUMBER = re.compile(r"(?:\$|US\$|USD)?\s*(\d+(?:[.,]\d+)?|[.]\d+)\s*([^\d\s.,]*)", re.IGNORECASE)
_YES = ("yes", "true", "on", "예", "네")
_NO = ("no", "false", "off", "아니요", "아니오")


class Unusable(ValueError):
    """The text is no value of the setting; the error's text says what is expected."""


def one_of(values: Iterable[str], others: Mapping[str, str] | None = None) -> Reader:
    """Reads one of the ``values``, in any case; ``others`` are further words for some of them."""
    known = {value.casefold(): value for value in values}
    meant = known | {word.casefold(): value for word, value in (others or {}).items()}

    def read(text: str) -> str:
        word = _plain(text).casefold()
        if (value := meant.get(word)) is None:
            raise Unusable(spoken("one of {values}", values=", ".join(known.values())))
        return value

    return read


def number(least: float, most: float, units: Iterable[str]) -> Reader:
    """Reads a number from ``least`` to ``most``, perhaps with one of the ``units`` behind it."""
    allowed = {"", *(unit.casefold() for unit in units)}

    def unusable() -> Unusable:
        return Unusable(spoken("a number from {least:g} to {most:g}", least=least, most=most))

    def read(text: str) -> float:
        found = _NUMBER.fullmatch(_plain(text))
        value = float(found[1].replace(",", ".")) if found else -1.0
        # What stands behind a comma may be thousands.
        is_unclear = found and re.search(r",\d{3}$", found[1])
        if not found or is_unclear or found[2].casefold() not in allowed:
            raise unusable()
        if not least <= value <= most:
            raise unusable()
        return value

    return read


def share(least: float, most: float) -> Reader:
    """Reads a share, as 0.2 or 20%."""

    def read(text: str) -> float:
        found = _NUMBER.fullmatch(_plain(text))
        value = float(found[1].replace(",", ".")) if found else -1.0
        if found and found[2] == "%":
            value /= 100
        if not found or found[2] not in ("", "%") or not least <= value <= most:
            raise Unusable(
                spoken(
                    "a share from {least:.0%} to {most:.0%}, such as 20% or 0.2",
                    least=least,
                    most=most,
                )
            )
        return value

    return read


def yes_or_no(text: str) -> bool:
    """Reads yes or no."""
    word = _plain(text).casefold()
    if word not in {*_YES, *_NO}:
        raise Unusable(spoken("yes or no"))
    return word in _YES


def name(text: str) -> str:
    """Reads one name of a column or a class. It may stand in quotation marks."""
    names = _names(text) if _is_quoted(text) else (text.strip(),)
    if len(names) != 1 or not 1 <= len(names[0]) <= LONGEST_NAME:
        raise Unusable(spoken("one name, of 1 to {most} characters", most=LONGEST_NAME))
    return names[0]


def column(text: str) -> str:
    """Reads the name of a column, in the form in which the check compares them."""
    return plain_name(name(text))


def columns(text: str) -> tuple[str, ...]:
    """Reads names of columns with commas between them; one that has a comma is quoted."""
    return tuple(dict.fromkeys(map(plain_name, _names(text))))


def words(text: str) -> str:
    """Reads words with commas between them, perhaps none."""
    if len(text.strip()) > LONGEST_NAME:
        raise Unusable(
            spoken(
                "words with commas between them, of {most} characters at most", most=LONGEST_NAME
            )
        )
    return text.strip()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _is_quoted(text: str) -> bool:
    plain = text.strip()
    return len(plain) > 1 and plain[0] == plain[-1] == '"'


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between them; one that has a comma stands in quotation marks."""
    try:
        [fields] = csv.reader([text.strip()], skipinitialspace=True, strict=True)
    except (csv.Error, ValueError) as error:
        raise Unusable(
            spoken("names with commas between them, with quotation marks closed")
        ) from error
    names = tuple(dict.fromkeys(field.strip() for field in fields if field.strip()))
    if not names or len(names) > _LONGEST_LIST or max(map(len, names)) > LONGEST_NAME:
        raise Unusable(spoken("names of columns with commas between them"))
    return names
