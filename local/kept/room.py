"""A full disk: what is refused, and what waits, until there is room again."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from local.disk import lacks_room, words_for

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
    """The room on the home's disk; ``is_lacking`` since an answer could not be kept."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.is_lacking = False
        self._reserve = home / ".reserve"
        self.set_aside()

    def set_aside(self) -> None:
        """Keeps room to delete with, if there is some, for when there is none."""
        self.is_lacking = False
        if self._reserve.exists():
            return
        with contextlib.suppress(OSError), self._reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, _RESERVE_BYTES)

    def lend(self) -> bool:
        """Gives what was set aside to who deletes; tells whether there was any."""
        had_some = self._reserve.exists() and self._reserve.stat().st_size > 0
        self._reserve.unlink(missing_ok=True)
        return had_some

    def refuse(self, start_response: Any) -> list[bytes]:
        """S3's answer where there is no room. Clients do not try that again by themselves."""
        self.is_lacking = True
        text = escape(f"{words_for(self.home)}, and send it again: nothing of it was kept.")
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>InsufficientStorage</Code><Message>{text}</Message></Error>"
        ).encode()
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        start_response("507 Insufficient Storage", headers)
        return [body]
