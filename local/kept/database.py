"""What local mode keeps beside the objects' bytes, in one SQLite file of the home folder."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The executions' events are the truth about them: they are only ever added to.
_SCHEMA = """
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
"""


class Database:
    """One connection for all threads; each in its turn."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def writing(self, durably: bool = False) -> Iterator[sqlite3.Connection]:
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
