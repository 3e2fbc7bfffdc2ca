"""Whether the database and the bytes in a home belong together, before either is touched."""

import json
import os
import re
import sqlite3
import stat
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from local.kept import write_ahead_log
from local.kept.damage import HomeDamaged, missing_bytes, told
from local.kept.database import SCHEMA, VERSION, Database
from local.kept.object_versions import checked_fields
from operate.language import spoken, to_speak
from workflow.whole_files import write_whole

_DATABASE, _ID = "kept.sqlite", ".home"
_HEX = re.compile(rb"[0-9a-f]{32}")
_IN_JSON = {"due_events": "event", "history": "event", "jobs": "job", "records": "record"}
_GONE = to_speak("{path} is gone, but the objects that it listed are still in {folder}.")
_EMPTY = to_speak("{path} is empty, but the objects that it listed are still in {folder}.")


def look_at(home: Path) -> None:
    """Looks whether local mode can start on a home; reads only.

    Raises:
        HomeDamaged: the database is none of local mode's, is broken or newer, is another home's,
            lacks the rows of the bytes that are there, or knows of bytes that are gone.
    """
    path = home / _DATABASE
    if not path.exists():
        if _has_bytes(home):
            raise _without_rows(home, _GONE)
        return
    newest = home / f"{_DATABASE}-wal"
    if write_ahead_log.is_damaged(newest):
        raise HomeDamaged(
            home, spoken("{path}, which holds the last changes, is damaged.", path=newest)
        )
    address = f"{path.absolute().as_uri()}?mode=ro"
    with told(home), closing(sqlite3.connect(address, uri=True)) as tables:
        _check_file(home, tables)
        _check_tables(home, tables)
        _check_id(home, tables)
        _check_texts(home, tables)
        _check_bytes(home, tables)


def mark(home: Path, database: Database) -> None:
    """Gives a new home its id, in the database and beside the bytes."""
    path = home / "objects" / _ID
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.read_text() if path.exists() else ""
    own = database.home_id(kept or uuid.uuid4().hex)
    if not kept:
        write_whole(path, own.encode())


def _check_file(home: Path, tables: sqlite3.Connection) -> None:
    [[version]] = tables.execute("PRAGMA user_version").fetchall()
    if version > VERSION:
        raise HomeDamaged(
            home,
            spoken(
                "{home} was written by a newer version of Codefree. Start it with that one.",
                home=home,
            ),
        )
    [[whole]] = tables.execute("PRAGMA quick_check(1)").fetchall()
    if whole != "ok":
        raise HomeDamaged(
            home, spoken("{path} is damaged ({why}).", path=home / _DATABASE, why=whole)
        )


def _check_tables(home: Path, tables: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        for (table,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = f"SELECT name FROM pragma_table_info('{table}')"
            there = tables.execute(columns).fetchall()
            if there and there != fresh.execute(columns).fetchall():
                raise HomeDamaged(
                    home,
                    spoken(
                        "{path} has an unknown table {table}.", path=home / _DATABASE, table=table
                    ),
                )


def _check_id(home: Path, tables: sqlite3.Connection) -> None:
    path = home / "objects" / _ID
    kept = path.read_bytes() if path.exists() else b""
    if kept and not _HEX.fullmatch(kept):
        raise HomeDamaged(
            home, spoken("{path}, which says whose objects these are, is damaged.", path=path)
        )
    own = _rows(tables, "home", "id")
    if kept and own and own[0][0] != kept.decode():
        raise HomeDamaged(home, spoken("{path} belongs to another home.", path=home / _DATABASE))


def _check_texts(home: Path, tables: sqlite3.Connection) -> None:
    """Whether the start can make something of what stands in the rows.

    SQLite looks through them in a fifth of the time. It knows no NaN, which Python writes, and
    takes no notice of what stands behind a zero byte.
    """
    for table, column in _IN_JSON.items():
        odd = f"json_valid({column}) IS NOT 1 OR instr({column}, char(0))"
        for (text,) in _rows(tables, table, column, odd):
            try:
                json.loads(text)
            except (TypeError, ValueError) as error:
                raise _unreadable(home, table, error) from error


def _check_bytes(home: Path, tables: sqlite3.Connection) -> None:
    """Whether the bytes of each version are there, in their length."""
    rows = _rows(tables, "versions", "bucket, key, bytes, fields")
    if _has_bytes(home) and not rows and not _rows(tables, "buckets", "name"):
        raise _without_rows(home, _EMPTY)
    missing = []
    for bucket, key, name, text in rows:
        try:
            size = checked_fields(text, is_marker=not name).get("contentsize")
        except (TypeError, ValueError) as error:
            raise _unreadable(home, f"versions ({bucket}/{key})", error) from error
        if name and not _has_size(f"{home}/objects/{name}", size):
            missing.append(f"{bucket}/{key}")
    if missing:
        raise missing_bytes(home, missing)


def _has_size(path: str, size: Any) -> bool:
    try:
        found = os.stat(path)  # noqa: PTH116 (a path of its own for each takes three times as long)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def _rows(
    tables: sqlite3.Connection, table: str, columns: str, which: str = "true"
) -> list[tuple[Any, ...]]:
    """What is in the table; nothing where it was never made."""
    if not tables.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
        return []
    return tables.execute(f"SELECT {columns} FROM {table} WHERE {which}").fetchall()


def _has_bytes(home: Path) -> bool:
    return any(len(path.name) == 32 for path in (home / "objects").glob("*"))


def _without_rows(home: Path, how: str) -> HomeDamaged:
    return HomeDamaged(
        home,
        spoken(how, path=home / _DATABASE, folder=home / "objects"),
    )


def _unreadable(home: Path, table: str, error: Exception) -> HomeDamaged:
    return HomeDamaged(
        home,
        spoken(
            "{path} is damaged in its table {table}: {why}.",
            path=home / _DATABASE,
            table=table,
            why=error,
        ),
    )
