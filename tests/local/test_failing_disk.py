"""An object that can't be kept was never there, whatever the disk fails with."""

import contextlib
import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend, s3_backends

from local.aws import LocalAws
from local.kept import objects
from local.kept.database import Database
from local.kept.due_events import DueEvents
from local.kept.executions import KeptExecutions
from local.kept.objects import KeptObjects

BUCKET = "on-a-failing-disk"


class Disk:
    """Fails as it is told, when bytes or the database are written."""

    def __init__(self) -> None:
        self.bytes_fail: Exception | None = None
        self.tables_fail: Exception | None = None
        self.is_full_until: Callable[[], bool] = lambda: False

    def fails(self, error: Exception | None) -> None:
        if error and not self.is_full_until():
            raise error


class Kept:
    """What keeps objects, and a bucket, asked as moto's server asks it."""

    def __init__(self, home: Path, disk: Disk) -> None:
        self.home, self.disk = home, disk
        self.database = Database(home)
        self.objects = KeptObjects(self.database, home)
        self.objects._touched.watch(self.s3.create_bucket(BUCKET, "us-east-1"))

    @property
    def s3(self) -> S3Backend:
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def asked(self, do: Callable[[S3Backend], object], method: str = "PUT", query: str = "") -> str:
        def serve(_environ: Any, start_response: Any) -> list[bytes]:
            do(self.s3)
            start_response("200 OK", [])
            return [b""]

        told: list[str] = []
        environ = {"REQUEST_METHOD": method, "QUERY_STRING": query, "PATH_INFO": f"/{BUCKET}/k"}
        body: bytes
        [body] = self.objects._in_turn(serve, environ, lambda status, _: told.append(status))
        return told[-1] + body.decode()

    def put(self, body: bytes) -> str:
        return self.asked(lambda s3: s3.put_object(BUCKET, "k", body))

    def bodies(self) -> list[bytes]:
        return [key.value for key in self.s3.buckets[BUCKET].keys.getlist("k", [])]

    def files(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.home / "objects").iterdir()]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk, write, writing = Disk(), objects._write, Database.writing

    def write_bytes(content: Any, path: Path) -> None:
        path.write_bytes(b"half of it")
        disk.fails(disk.bytes_fail)
        path.unlink()
        write(content, path)

    @contextmanager
    def write_tables(database: Database, *, durably: bool = False) -> Iterator[sqlite3.Connection]:
        with writing(database, durably=durably) as tables:
            yield tables
            disk.fails(disk.tables_fail)

    monkeypatch.setattr(objects, "_write", write_bytes)
    monkeypatch.setattr(Database, "writing", write_tables)
    return disk


@pytest.fixture
def kept(
    aws: LocalAws,  # noqa: ARG001 (has changed moto)
    tmp_path: Path,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Kept]:
    monkeypatch.setattr(FakeKey, "kept_as", None, raising=False)
    monkeypatch.setattr(FakeDeleteMarker, "kept_as", "", raising=False)
    for version in (FakeKey, FakeDeleteMarker):
        monkeypatch.setattr(version, "kept_at", None, raising=False)
    kept = Kept(tmp_path, disk)
    yield kept
    kept.s3.buckets.pop(BUCKET)
    s3_backends.bucket_accounts.pop(BUCKET)
    kept.database.close()


def io_error(number: int) -> OSError:
    return OSError(number, "Input/output error" if number == errno.EIO else "Read-only file system")


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        ("bytes_fail", io_error(errno.EIO)),
        ("bytes_fail", io_error(errno.EROFS)),
        ("tables_fail", sqlite_error(sqlite3.SQLITE_IOERR_FSYNC)),
    ],
)
def test_what_could_not_be_kept_is_undone_and_told(
    kept: Kept, disk: Disk, failing: str, error: Exception
) -> None:
    assert kept.put(b"kept") == "200 OK"
    setattr(disk, failing, error)
    answer = kept.put(b"lost")
    assert answer.startswith("500 ") and "<Code>InternalError</Code>" in answer
    assert f"{kept.home} can't be used (" in answer and str(error.args[-1]) in answer
    assert "Acknowledged uploads are kept" in str(kept.objects.room.trouble)
    assert kept.bodies() == kept.files() == [b"kept"]

    setattr(disk, failing, None)
    assert kept.put(b"kept now") == "200 OK"
    assert kept.bodies() == kept.files() == [b"kept now"]
    assert kept.objects.room.trouble is None


def test_what_is_not_the_disks_fault_is_undone_and_not_called_so(kept: Kept, disk: Disk) -> None:
    def from_nowhere(_: S3Backend) -> None:
        raise KeyError("xx-nowhere-1")

    assert kept.put(b"kept") == "200 OK"
    disk.tables_fail = ValueError("not foreseen")
    for answer, words in (
        (kept.put(b"lost"), "ValueError: not foreseen"),
        (kept.asked(from_nowhere), "KeyError: 'xx-nowhere-1'"),
    ):
        assert answer.startswith("500 ") and "<Code>InternalError</Code>" in answer
        assert words in answer and "disk" not in answer
    assert kept.objects.room.trouble is None
    assert kept.bodies() == kept.files() == [b"kept"]


def test_a_key_whose_first_object_could_not_be_kept_is_as_if_it_had_never_been(
    kept: Kept, disk: Disk
) -> None:
    disk.bytes_fail = io_error(errno.EIO)
    assert kept.put(b"lost").startswith("500 ")
    disk.bytes_fail = None
    assert "k" not in kept.s3.buckets[BUCKET].keys
    assert kept.s3.get_object(BUCKET, "k") is None
    assert kept.put(b"kept now") == "200 OK"


def test_an_object_that_could_not_be_kept_is_not_read_although_the_database_fails_too(
    kept: Kept, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise sqlite_error(sqlite3.SQLITE_IOERR_READ)

    disk.bytes_fail = io_error(errno.EIO)
    monkeypatch.setattr(Database, "rows", fail)
    assert kept.put(b"lost").startswith("500 ")
    assert kept.bodies() == []


@pytest.mark.parametrize(
    ("method", "query"), [("DELETE", ""), ("POST", "delete"), ("POST", "delete=")]
)
def test_who_deletes_on_a_full_disk_uses_what_was_set_aside(
    kept: Kept, disk: Disk, method: str, query: str
) -> None:
    kept.put(b"large")
    reserve = kept.home / ".reserve"
    disk.tables_fail = sqlite_error(sqlite3.SQLITE_FULL)
    disk.is_full_until = lambda: not reserve.exists()
    assert kept.put(b"more").startswith("507 ")
    assert kept.bodies() == [b"large"] and reserve.exists()
    assert kept.asked(lambda s3: s3.delete_object(BUCKET, "k"), method, query) == "200 OK"
    assert kept.bodies() == kept.files() == []


def test_an_object_whose_event_can_not_be_kept_is_not_kept_either(kept: Kept) -> None:
    events = DueEvents(kept.database, kept.objects, KeptExecutions(kept.database))

    def put_and_tell(s3: S3Backend) -> None:
        s3.put_object(BUCKET, "k", b"new")
        with contextlib.suppress(TypeError):  # moto answers all by itself what is raised inside
            events._deliver_surely(DEFAULT_ACCOUNT_ID, "us-east-1", {"id": "1", "not": object()})

    assert kept.put(b"old") == "200 OK"
    assert kept.asked(put_and_tell).startswith("500 ")
    assert kept.bodies() == kept.files() == [b"old"]


def test_bytes_that_no_row_knows_of_are_put_aside_and_counted(kept: Kept) -> None:
    kept.put(b"kept")
    (kept.home / "objects" / ("f" * 32)).write_bytes(b"cut off")
    kept.objects.restore()
    assert kept.objects.unclaimed == 1
    assert (kept.home / "unclaimed" / ("f" * 32)).read_bytes() == b"cut off"
    assert kept.bodies() == kept.files() == [b"kept"]
