"""What is wrong with a home that local mode can't start on, told before anything is touched."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.disk import lacks_room
from operate.language import spoken

_MOST_NAMED = 3


class HomeDamaged(Exception):
    """What lies in the home does not fit together; the text says what, and what to do."""

    def __init__(self, home: Path, what: str) -> None:
        remedy = spoken(
            "Nothing was changed. Restore what is missing from a backup, or start with another "
            "folder (--home) and upload again. The files are in {folder}.",
            folder=home / "buckets",
        )
        super().__init__(f"{what} {remedy}")


@contextmanager
def told(home: Path) -> Iterator[None]:
    """Turns what SQLite finds in a file that is no database of ours into words.

    Raises:
        HomeDamaged: instead of :class:`sqlite3.DatabaseError`; a full disk stays what it is.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if lacks_room(error):
            raise
        path = home / "kept.sqlite"
        raise HomeDamaged(
            home,
            spoken(
                "{path} is not a readable database of local mode ({why}).", path=path, why=error
            ),
        ) from error


def missing_bytes(home: Path, missing: list[str]) -> HomeDamaged:
    """The objects of these keys have no bytes any more, or other ones."""
    named = ", ".join(missing[:_MOST_NAMED]) + (" …" if len(missing) > _MOST_NAMED else "")
    return HomeDamaged(
        home,
        spoken(
            "The data of {number} {number:object|objects} is missing from {folder} or has the "
            "wrong size: {named}.",
            number=len(missing),
            folder=home / "objects",
            named=named,
        ),
    )
