"""What is wrong with a home that local mode can't start on, told before anything is touched."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.disk import lacks_room

_MOST_NAMED = 3


class HomeDamaged(Exception):
    """What lies in the home does not fit together; the text says what, and what to do."""

    def __init__(self, home: Path, what: str) -> None:
        super().__init__(
            f"{what} Nothing was changed. Restore what is missing from a backup, or start with "
            f"another folder (--home) and upload again. The files are in {home / 'buckets'}."
        )


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
            home, f"{path} is not a readable database of local mode ({error})."
        ) from error


def missing_bytes(home: Path, missing: list[str]) -> HomeDamaged:
    """The objects of these keys have no bytes any more, or other ones."""
    named = ", ".join(missing[:_MOST_NAMED]) + (" …" if len(missing) > _MOST_NAMED else "")
    objects = "1 object" if len(missing) == 1 else f"{len(missing)} objects"
    return HomeDamaged(
        home,
        f"The data of {objects} is missing from {home / 'objects'} or has the wrong size: {named}.",
    )
