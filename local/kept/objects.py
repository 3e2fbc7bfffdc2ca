"""Objects that outlive the process: on the disk before S3 answers.

The bytes of each version lie in ``HOME/objects``, written once; what else S3 knows of it is a row
of the database. A version without such a row was never acknowledged.
"""

import logging
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends
from moto.s3.utils import _VersionedKeyStore

from local.disk import lacks_room
from local.kept.bucket_files import BucketFiles
from local.kept.buckets import bucket_named
from local.kept.database import Database
from local.kept.object_versions import fields_of, hold_defaults, restored_version, slim
from local.kept.room import Room
from local.kept.touched import Touched
from local.kept.writes_in_turn import WritesInTurn
from local.patches import add, wrap
from local.streaming.object_bytes import FileBytes
from local.streaming.streamed_objects import FAILED
from workflow.whole_files import sync_folder

_LOG = logging.getLogger(__name__)


class KeptObjects:
    """Notes which objects a request touches, and writes them down before it is answered."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._bytes = home / "objects"
        self._bytes.mkdir(parents=True, exist_ok=True)
        self._unclaimed = home / "unclaimed"
        self.unclaimed = 0
        self._view = BucketFiles(home / "buckets")
        self.room = Room(home)
        self._writes = WritesInTurn()
        self._touched = Touched()

    def attach(self) -> None:
        """Makes moto's S3 and its server keep what they acknowledge."""
        # Where a version's bytes are kept, once they are; a delete marker has none.
        add(FakeKey, "kept_as", None)
        add(FakeDeleteMarker, "kept_as", "")
        # Which row of its key's rows a version is, once it has one.
        add(FakeKey, "kept_at", None)
        add(FakeDeleteMarker, "kept_at", None)
        hold_defaults()
        self._touched.attach()
        wrap(DomainDispatcherApplication, "get_application", self._application_in_turn)

    def write_bytes(self) -> None:
        """Writes the bytes of what this thread's request has touched, which may take long."""
        for bucket, key in self._touched.keys:
            for version in _versions(bucket, key):
                if isinstance(version, FakeKey) and not version.kept_as:
                    self._keep_bytes(version)

    def flush(self) -> None:
        """Writes down all that this thread's request has touched so far."""
        with self.keeping():
            self.write_bytes()
            for bucket, key in sorted(self._touched.keys):
                self._keep(bucket, key)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """What is raised meanwhile is answered: this thread's request could not be kept."""
        try:
            yield
        except Exception as error:
            self._touched.failed = error
            raise

    def restore(self) -> None:
        """Makes the objects that were kept; their buckets are there."""
        known = {""}
        rows = self._database.rows("SELECT * FROM versions ORDER BY bucket, key, position")
        for (bucket, key), versions in groupby(rows, key=lambda row: (row[0], row[1])):
            known |= self._restore_key(bucket, key, list(versions))
        for path in self._bytes.iterdir():
            if path.suffix == ".part":  # cut off while it was written
                path.unlink()
            elif path.name not in known and not path.name.startswith("."):
                # Written, and cut off before it was acknowledged; or the database is an older copy.
                self.unclaimed += 1
                self._unclaimed.mkdir(exist_ok=True)
                path.rename(self._unclaimed / path.name)

    def _in_turn(self, serve: Any, environ: Any, start_response: Any) -> Any:
        with self._writes.of(environ), self._touched.anew():
            return self._answered(serve, environ, start_response)

    def _answered(self, serve: Any, environ: Any, start_response: Any) -> Any:
        """The server's answer, once all that it acknowledges is on the disk.

        Where that fails, what the request has changed is undone, and it is told so.
        """
        started: list[Any] = []
        try:
            answer = serve(environ, lambda *how: started.append(how))
            self._touched.failed = self._touched.failed or environ.get(FAILED)
            self._flush_somehow(_deletes(environ))
        except Exception as error:  # noqa: BLE001 (the request is told so)
            self._touched.failed = error
        if failed := self._touched.failed:
            self._undo()
            return self.room.refuse(start_response, failed)
        for name in self._touched.gone:
            (self._bytes / name).unlink(missing_ok=True)
        if self._touched.keys:
            self.room.set_aside()
        start_response(*started[-1])
        return answer

    def _flush_somehow(self, is_to_delete: bool) -> None:
        """Flushes; who deletes, which makes room, may use what was set aside for that."""
        if self._touched.failed:
            return
        try:
            self.flush()
        except Exception as error:
            if not (is_to_delete and lacks_room(error) and self.room.lend()):
                raise
            self._touched.failed = None
            self.flush()

    def _undo(self) -> None:
        """Makes the keys that the request has touched what they are on the disk."""
        for bucket, key in sorted(self._touched.keys):
            if bucket in s3_backends.bucket_accounts:
                self._undo_key(bucket, key)

    def _undo_key(self, bucket: str, key: str) -> None:
        kept = [v for v in _versions(bucket, key) if v.kept_as is not None]
        # First of all, so that nothing is left to be read that is nowhere on the disk.
        _hold(bucket_named(bucket), key, kept)
        query = "SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY position"
        try:
            known = self._restore_key(bucket, key, self._database.rows(query, bucket, key))
        except sqlite3.Error:
            _LOG.exception("What is kept of %s/%s can't be read", bucket, key)
            return
        for name in {v.kept_as for v in kept} - known - {""}:
            (self._bytes / name).unlink(missing_ok=True)

    def _application_in_turn(self, application_of: Any, server: Any, environ: Any) -> Any:
        # Called once the request has been read (streaming/request_bodies.py).
        return partial(self._in_turn, application_of(server, environ))

    def _keep(self, bucket: str, key: str) -> None:
        place = [bucket, key]
        with self._database.writing(durably=True) as tables:
            # Who adds a version meanwhile, without its bytes kept, keeps the key again.
            kept = [v for v in _versions(bucket, key) if getattr(v, "kept_as", None) is not None]
            query = "SELECT COUNT(*) FROM versions WHERE bucket = ? AND key = ?"
            [[rows]] = tables.execute(query, place).fetchall()
            first = self._first_to_write(bucket, key, kept, rows)
            these = "FROM versions WHERE bucket = ? AND key = ? AND position >= ?"
            before = tables.execute(f"SELECT bytes {these}", [*place, first])
            gone = {name for (name,) in before} - {version.kept_as for version in kept} - {""}
            tables.execute(f"DELETE {these}", [*place, first])
            for position, version in enumerate(kept[first:], first):
                row = (*place, position, version.kept_as, fields_of(version))
                tables.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", row)
                version.kept_at = position
                if isinstance(version, FakeKey):
                    slim(version)
            self._show(bucket, key, kept)
        # They go when all is written: this may be a part of a transaction that fails.
        self._touched.gone |= gone

    def _first_to_write(self, bucket: str, key: str, kept: list[Any], rows: int) -> int:
        """The first of a key's versions that is not in its ``rows`` as it is now.

        A key may have thousands, to which each request adds one. What this request adds is written
        again until it ends: it is not all said of it yet when its event is.
        """
        first = self._touched.rows_before.setdefault((bucket, key), rows)
        is_rewritten = (bucket, key) in self._touched.rewritten
        are_in_rows = [v.kept_at for v in kept[:first]] == [*range(first)] and first <= rows
        return first if are_in_rows and not is_rewritten else 0

    def _keep_bytes(self, version: FakeKey) -> None:
        with version.lock:
            if version.kept_as:
                return
            path = self._bytes / uuid.uuid4().hex
            part = path.with_suffix(".part")
            try:
                _write(version._value_buffer, part)
                part.chmod(0o400)
                part.rename(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            sync_folder(self._bytes)
            version._value_buffer.close()
            version._value_buffer = FileBytes(path)
            version.kept_as = path.name

    def _show(self, bucket: str, key: str, versions: list[Any]) -> None:
        if versions and versions[-1].kept_as:
            self._view.show(bucket, key, self._bytes / versions[-1].kept_as)
        else:
            self._view.hide(bucket, key)

    def _restore_key(self, bucket_name: str, key: str, rows: list[Any]) -> set[str]:
        bucket = bucket_named(bucket_name)
        versions: list[Any] = []
        for _, _, _, name, fields in rows:
            before = versions[-1] if versions else None
            path = self._bytes / name if name else None
            version = restored_version(bucket, key, path, fields, before)
            version.kept_at = len(versions)
            versions.append(version)
        _hold(bucket, key, versions)
        self._show(bucket_name, key, versions)
        return {row[3] for row in rows}


def _hold(bucket: FakeBucket, key: str, versions: list[Any]) -> None:
    """Makes these the key's versions. A key without any is none: moto would look for the newest."""
    if versions:
        _VersionedKeyStore.setlist(bucket.keys, key, versions)
    elif key in bucket.keys:
        _VersionedKeyStore.pop(bucket.keys, key)


def _write(content: Any, path: Path) -> None:
    """Writes what an object holds to the disk: a file, or moto's buffer."""
    if isinstance(content, FileBytes):
        content.write_to(path)
        return
    with path.open("wb") as file:
        content.seek(0)
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _deletes(environ: dict[str, Any]) -> bool:
    """Whether the request (WSGI) makes room: DeleteObject or DeleteObjects."""
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    is_for_many = method == "POST" and "delete" in parse_qs(query, keep_blank_values=True)
    return method == "DELETE" or is_for_many


def _versions(bucket: str, key: str) -> Iterator[Any]:
    if bucket in s3_backends.bucket_accounts:
        yield from list(bucket_named(bucket).keys.getlist(key, []))
