"""Which class a person means by the name of the positive one."""

import unicodedata
from collections.abc import Callable, Collection

# What stands for a choice by rule, which the training makes.
AUTO = "auto"


def named_class(name: str, classes: Collection[str]) -> str | None:
    """The class that is called ``name``: written the same, else the only one that differs from it
    by nothing but blanks, capital letters or the way of writing a number."""
    if name in classes:
        return name
    ways: list[Callable[[str], str | float | None]] = [_plain_text, _plain_number]
    for plain in ways:
        alike = [written for written in classes if plain(written) == plain(name)]
        if len(alike) == 1 and plain(name) is not None:
            return alike[0]
    return None


def _plain_text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _plain_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
