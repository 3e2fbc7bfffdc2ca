"""A disk that is full, or fails: what is refused, and what waits, until there is room again."""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from local.disk import lacks_room, reason_of, words_for
from operate.language import spoken

_LOG = logging.getLogger(__name__)

# Enough for the database to write down that objects are deleted.
_RESERVE_BYTES = 1024**2
_LOOK_SECONDS = 1.0


def wait_for_room(write: Callable[[], object], give_up: Callable[[], bool]) -> None:
    """Does ``write`` as soon as there is room for it, unless it is given up before."""
    while not give_up():
        try:
            write()
            return
        except sqlite3.Error as error:
            if not lacks_room(error):
                raise
            time.sleep(_LOOK_SECONDS)


class Room:
    """The room on the home's disk, and what is wrong with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._trouble: Callable[[], str] | None = None
        self._reserve = home / ".reserve"
        self.set_aside()

    def set_aside(self) -> None:
        """Keeps room to delete with, if there is some, for when there is none."""
        self._trouble = None
        if self._has_some():
            return
        with contextlib.suppress(OSError), self._reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, _RESERVE_BYTES)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the room, if anything is, in the language of who asks."""
        return self._trouble and self._trouble()

    def lend(self) -> bool:
        """Gives what was set aside to who deletes; tells whether there was any."""
        had_some = self._has_some()
        self._reserve.unlink(missing_ok=True)
        return had_some

    def _full(self) -> str:
        return spoken(
            "{what}: until then, uploads are rejected and runs wait.", what=words_for(self.home)
        )

    def _unusable(self, why: str) -> str:
        return spoken(
            "{home} can't be used ({why}). Check its disk: uploads are rejected. Acknowledged "
            "uploads are kept.",
            home=self.home,
            why=why,
        )

    def _has_some(self) -> bool:
        return self._reserve.exists() and self._reserve.stat().st_size > 0

    def refuse(self, start_response: Any, error: Exception) -> list[bytes]:
        """S3's answer where nothing could be kept. Clients try again where that may help.

        Only what the disk or the database raises says something about them; the rest is about
        this one request, such as a region that there is not.
        """
        status, code = "500 Internal Server Error", "InternalError"
        if lacks_room(error):
            status, code = "507 Insufficient Storage", "InsufficientStorage"
            what = words_for(self.home)
            self._trouble = self._full
        elif isinstance(error, OSError | sqlite3.Error):
            what = f"{self.home} can't be used ({reason_of(error)}). Check its disk"
            self._trouble = partial(self._unusable, reason_of(error))
            _LOG.error("A request could not be stored", exc_info=error)
        else:
            what = f"Local mode can't handle this ({type(error).__name__}: {error}). Correct it"
            _LOG.error("A request could not be answered", exc_info=error)
        text = escape(f"{what}, and send the request again: nothing was stored.")
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
        ).encode()
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]
