"""Objects that outlive the process: on the disk before S3 answers.

The bytes of each version lie in ``HOME/objects``, written once; what else S3 knows of it is a row
of the database. A version without such a row was never acknowledged.
"""

import os
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from moto.moto_server import threaded_moto_server
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend, s3_backends
from moto.s3.utils import _VersionedKeyStore

from local.disk import lacks_room
from local.gaps.object_bytes import FileBytes
from local.gaps.streamed_objects import FAILED
from local.kept.bucket_files import BucketFiles
from local.kept.buckets import bucket_named
from local.kept.database import Database
from local.kept.object_versions import fields_of, restored_version
from local.kept.room import Room
from local.kept.writes_in_turn import WritesInTurn
from workflow.whole_files import sync_folder


class KeptObjects:
    """Notes which objects a request touches, and writes them down before it is answered."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._bytes = home / "objects"
        self._bytes.mkdir(parents=True, exist_ok=True)
        self._unclaimed = home / "unclaimed"
        self._view = BucketFiles(home / "buckets")
        self.room = Room(home)
        self._writes = WritesInTurn()
        self._here = threading.local()

    def attach(self) -> None:
        """Makes moto's S3 and its server keep what they acknowledge."""
        # Where a version's bytes are kept, once they are; a delete marker has none.
        FakeKey.kept_as = None
        FakeDeleteMarker.kept_as = ""
        self._attach_to_keys()
        self._attach_to_server()

    def write_bytes(self) -> None:
        """Writes the bytes of what this thread's request has touched, which may take long."""
        for bucket, key in self._touched():
            for version in _versions(bucket, key):
                if isinstance(version, FakeKey):
                    self._keep_bytes(version)

    def flush(self) -> None:
        """Writes down all that this thread's request has touched so far."""
        try:
            self.write_bytes()
            for bucket, key in sorted(self._touched()):
                self._keep(bucket, key)
        except Exception as error:
            # moto makes an answer of its own of whatever is raised while it handles a request.
            self._here.failed = error
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
                self._unclaimed.mkdir(exist_ok=True)
                path.rename(self._unclaimed / path.name)

    def _in_turn(self, serve: Any, environ: Any, start_response: Any) -> Any:
        with self._writes.of(environ):
            return self._answered(serve, environ, start_response)

    def _answered(self, serve: Any, environ: Any, start_response: Any) -> Any:
        """The server's answer, once all that it acknowledges is on the disk.

        Where the disk is full, what the request has changed is undone, and it is told so.
        """
        self._touched().clear()
        self._here.failed = None
        started: list[Any] = []
        try:
            answer = serve(environ, lambda *how: started.append(how))
            self._here.failed = self._here.failed or environ.get(FAILED)
            self._flush_somehow(is_to_delete=environ["REQUEST_METHOD"] == "DELETE")
        except Exception as error:
            if not lacks_room(error):
                raise
            self._here.failed = error
        if lacks_room(self._here.failed):
            self._undo()
            return self.room.refuse(start_response)
        start_response(*started[-1])
        return answer

    def _flush_somehow(self, is_to_delete: bool) -> None:
        """Flushes; who deletes, which makes room, may use what was set aside for that."""
        if lacks_room(self._here.failed):
            return
        try:
            self.flush()
        except Exception as error:
            if not (is_to_delete and lacks_room(error) and self.room.lend()):
                raise
            self.flush()
            self._here.failed = None
        if self._touched():
            self.room.set_aside()

    def _undo(self) -> None:
        """Makes the keys that the request has touched what they are on the disk."""
        query = "SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY position"
        for bucket, key in sorted(self._touched()):
            if bucket in s3_backends.bucket_accounts:
                self._restore_key(bucket, key, self._database.rows(query, bucket, key))

    def _touched(self) -> set[tuple[str, str]]:
        touched: set[tuple[str, str]] = self._here.__dict__.setdefault("touched", set())
        return touched

    def _attach_to_keys(self) -> None:
        create = FakeBucket.__init__
        tag, untag = S3Backend.put_object_tagging, S3Backend.delete_object_tagging

        def create_kept(bucket: FakeBucket, *args: Any, **kwargs: Any) -> None:
            create(bucket, *args, **kwargs)
            bucket.keys = _Keys(lambda key: self._touched().add((bucket.name, key)))

        def put_object_tagging(backend: S3Backend, key: FakeKey, tags: Any) -> FakeKey:
            self._touched().add((key.bucket_name, key.name))
            return tag(backend, key, tags)

        def delete_object_tagging(backend: S3Backend, bucket: str, key: str, *args: Any) -> None:
            self._touched().add((bucket, key))
            untag(backend, bucket, key, *args)

        FakeBucket.__init__ = create_kept
        S3Backend.put_object_tagging = put_object_tagging
        S3Backend.delete_object_tagging = delete_object_tagging

    def _attach_to_server(self) -> None:
        usual = threaded_moto_server.DomainDispatcherApplication
        kept = self

        class Application(usual):  # type: ignore[misc, valid-type]
            def get_application(self, environ: Any) -> Any:
                # Called once the request has been read (gaps/request_bodies.py).
                return partial(kept._in_turn, super().get_application(environ))

        threaded_moto_server.DomainDispatcherApplication = Application

    def _keep(self, bucket: str, key: str) -> None:
        place = [bucket, key]
        with self._database.writing(durably=True) as tables:
            # Who adds a version meanwhile, without its bytes kept, keeps the key again.
            kept = [v for v in _versions(bucket, key) if getattr(v, "kept_as", None) is not None]
            before = tables.execute("SELECT bytes FROM versions WHERE bucket=? AND key=?", place)
            gone = {name for (name,) in before} - {version.kept_as for version in kept}
            tables.execute("DELETE FROM versions WHERE bucket = ? AND key = ?", place)
            tables.executemany(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?)",
                [(*place, n, v.kept_as, fields_of(v)) for n, v in enumerate(kept)],
            )
            self._show(bucket, key, kept)
        for name in gone - {""}:
            (self._bytes / name).unlink(missing_ok=True)

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
            versions.append(restored_version(bucket, key, path, fields, before))
        _VersionedKeyStore.setlist(bucket.keys, key, versions)
        self._show(bucket_name, key, versions)
        return {row[3] for row in rows}


class _Keys(_VersionedKeyStore):  # type: ignore[misc]
    """A bucket's objects; tells which keys are changed."""

    def __init__(self, touch: Callable[[str], None]) -> None:
        super().__init__()
        self._touch = touch

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._touch(key)

    def setlist(self, key: str, list_: Any) -> None:
        super().setlist(key, list_)
        self._touch(key)

    def pop(self, key: str) -> None:
        super().pop(key)
        self._touch(key)


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


def _versions(bucket: str, key: str) -> Iterator[Any]:
    if bucket in s3_backends.bucket_accounts:
        yield from list(bucket_named(bucket).keys.getlist(key, []))
