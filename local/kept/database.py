"""What local mode keeps beside the objects' bytes, in one SQLite file of the home folder."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.kept.damage import told

# The executions' events are the truth about them: they are only ever added to.
SCHEMA = """
CREATE TABLE IF NOT EXISTS home (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS parameters (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, account TEXT, partition TEXT, region TEXT, created TEXT,
    versioning TEXT, sends_events INTEGER
);
CREATE TABLE IF NOT EXISTS versions (
    bucket TEXT, key TEXT, position INTEGER, bytes TEXT, fields TEXT,
    PRIMARY KEY (bucket, key, position)
);
CREATE TABLE IF NOT EXISTS due_events (
    id TEXT PRIMARY KEY, account TEXT, region TEXT, event TEXT
);
CREATE TABLE IF NOT EXISTS executions (
    arn TEXT PRIMARY KEY, machine TEXT, name TEXT, input TEXT, definition TEXT, started TEXT
);
CREATE TABLE IF NOT EXISTS history (
    execution TEXT, id INTEGER, event TEXT, PRIMARY KEY (execution, id)
);
CREATE TABLE IF NOT EXISTS jobs (arn TEXT PRIMARY KEY, created TEXT, job TEXT);
CREATE TABLE IF NOT EXISTS records (
    kind TEXT, arn TEXT, record TEXT, PRIMARY KEY (kind, arn)
);
"""


# Raised whenever an older version of local mode could not read what this one writes.
VERSION = 2


class Database:
    """One connection for all threads; each in its turn.

    The home has been looked at before (``together.py``).

    Raises:
        HomeDamaged: the file can't be used.
    """

    def __init__(self, home: Path) -> None:
        self._lock = threading.RLock()
        with told(home):
            self._connection = sqlite3.connect(
                home / "kept.sqlite", isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(SCHEMA)
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def home_id(self, new: str) -> str:
        """The id of the home that this database belongs to; a new database takes ``new``."""
        with self.writing(durably=True) as tables:
            if not (kept := tables.execute("SELECT id FROM home").fetchone()):
                tables.execute("INSERT INTO home VALUES (?)", [new])
        return str(kept[0]) if kept else new

    @contextmanager
    def writing(self, *, durably: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction, or a part of the one that this thread has begun.

        It outlives the process once it has ended, and with ``durably`` the machine too.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All that ``query`` finds."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()
