"""A home whose parts do not fit together is told of in words, and nothing in it is touched."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from local import session
from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.jobs import Jobs
from local.hosting.host import ModelHost
from local.kept import Kept, together
from local.kept.damage import HomeDamaged
from local.kept.database import Database
from local.lambda_process import FunctionSettings, LambdaProcesses
from workflow import package
from workflow.package import lambdas_zip

NAME = "a" * 32
FIELDS = {
    "_version_id": "v",
    "last_modified": "2026-11-26T00:00:00",
    "contentsize": 5,
    "metadata": {},
    "tags": {},
}


@pytest.fixture(scope="module")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one object."""
    home = tmp_path_factory.mktemp("whole")
    database = Database(home)
    together.mark(home, database)
    (home / "objects" / NAME).write_bytes(b"12345")
    with database.writing(durably=True) as tables:
        tables.execute("INSERT INTO buckets VALUES ('b','1','aws','r','2026',NULL,0)")
        fields = json.dumps(FIELDS)
        tables.execute("INSERT INTO versions VALUES ('b','data/k',0,?,?)", [NAME, fields])
    database.close()
    return home


@pytest.fixture
def home(whole_home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole_home, tmp_path / "home")


def changed(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / "kept.sqlite", isolation_level=None)) as tables:
        tables.execute("PRAGMA synchronous = OFF")
        tables.execute(statement, values)


def started(home: Path) -> Kept:
    hosting = Hosting(ModelHost(home, home / "endpoints", None, None))  # type: ignore[arg-type]
    return Kept(home, Jobs(None, hosting.models), hosting)  # type: ignore[arg-type]


def emptied(home: Path) -> None:
    (home / "kept.sqlite").write_bytes(b"")


def gone(home: Path) -> None:
    (home / "kept.sqlite").unlink()


def garbage(home: Path) -> None:
    (home / "kept.sqlite").write_bytes(b"not a database, but long enough to look like one" * 100)


def garbled(home: Path) -> None:
    content = bytearray((home / "kept.sqlite").read_bytes())
    content[4096:8192] = b"\xff" * 4096
    (home / "kept.sqlite").write_bytes(content)


def cut_off(home: Path) -> None:
    content = (home / "kept.sqlite").read_bytes()
    (home / "kept.sqlite").write_bytes(content[: len(content) // 2])


def newer(home: Path) -> None:
    changed(home, "PRAGMA user_version = 999")


def other_tables(home: Path) -> None:
    changed(home, "ALTER TABLE versions RENAME COLUMN bytes TO content")


def of_another_home(home: Path) -> None:
    changed(home, "UPDATE home SET id = 'another'")


def with_garbled_fields(home: Path) -> None:
    changed(home, "UPDATE versions SET fields = '{\"_version'")


def with_other_fields(home: Path) -> None:
    changed(home, "UPDATE versions SET fields = '[1]'")


def with_fields_that_are_no_text(home: Path) -> None:
    changed(home, "UPDATE versions SET fields = CAST(? AS TEXT)", b"\xff\xfe")


def with_a_garbled_event(home: Path) -> None:
    changed(home, "INSERT INTO due_events VALUES ('1', '1', 'r', 'garbage')")


def with_a_garbled_job(home: Path) -> None:
    changed(home, "INSERT INTO jobs VALUES ('1', '2026', ?)", b"\xff")


def with_a_garbled_id(home: Path) -> None:
    (home / "objects" / ".home").write_bytes(b"\xff\xfe")


def with_a_garbled_log(home: Path) -> None:
    write_and_die(home, *WRITES)
    with (home / "kept.sqlite-wal").open("r+b") as file:
        file.seek(32 + 24 + 100)
        file.write(b"\xff" * 8)


def with_a_garbled_log_header(home: Path) -> None:
    write_and_die(home, *WRITES)
    with (home / "kept.sqlite-wal").open("r+b") as file:
        file.write(b"\xff" * 8)


def without_bytes(home: Path) -> None:
    (home / "objects" / NAME).unlink()


def with_cut_off_bytes(home: Path) -> None:
    (home / "objects" / NAME).write_bytes(b"123")


WORDS: dict[Callable[[Path], None], str] = {
    emptied: "is empty, but the objects that it listed are still in",
    gone: "is gone, but the objects that it listed are still in",
    garbage: "is not a readable database of local mode",
    garbled: "is not a readable database|is damaged",
    cut_off: "is not a readable database|is damaged",
    newer: "was written by a newer version of Codefree",
    other_tables: "has an unknown table versions",
    of_another_home: "belongs to another home",
    with_garbled_fields: r"is damaged in its table versions \(b/data/k\)",
    with_other_fields: r"is damaged in its table versions \(b/data/k\)",
    with_fields_that_are_no_text: "is not a readable database of local mode",
    with_a_garbled_event: "is damaged in its table due_events",
    with_a_garbled_job: "is damaged in its table jobs",
    with_a_garbled_id: ".home, which says whose objects these are, is damaged",
    with_a_garbled_log: "kept.sqlite-wal, which holds the last changes, is damaged",
    with_a_garbled_log_header: "kept.sqlite-wal, which holds the last changes, is damaged",
    without_bytes: "The data of 1 object is missing from .* or has the wrong size: b/data/k",
    with_cut_off_bytes: "The data of 1 object is missing from .* or has the wrong size: b/data/k",
}


@pytest.mark.parametrize("damage", WORDS, ids=lambda damage: damage.__name__)
def test_a_damaged_home_is_told_of_and_nothing_is_changed(
    home: Path, damage: Callable[[Path], None]
) -> None:
    damage(home)
    before = contents(home)
    for _ in range(2):
        with pytest.raises(HomeDamaged, match=WORDS[damage]) as told:
            started(home)
        assert "Nothing was changed. Restore what is missing from a backup" in str(told.value)
    assert contents(home) == before


def contents(home: Path) -> dict[str, bytes]:
    """What is in the home, but for what SQLite makes again whenever it looks."""
    files = {path for path in home.rglob("*") if path.is_file()}
    files -= {path for path in files if path.name.endswith("-shm")}
    return {str(path): content for path in files if (content := path.read_bytes())}


def write_and_die(home: Path, *statements: str) -> None:
    """Some changes, after which the process is killed: they are in the log alone."""
    program = """
import os, signal, sqlite3, sys
tables = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    tables.execute(statement)
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run(
        [sys.executable, "-c", program, str(home / "kept.sqlite"), *statements], check=False
    )


WRITES = [
    "PRAGMA synchronous = OFF",
    *(f"INSERT INTO parameters VALUES ('{n}', '{'x' * 500}')" for n in range(20)),
]


def parameters(home: Path) -> int:
    with closing(sqlite3.connect(home / "kept.sqlite")) as tables:
        [[count]] = tables.execute("SELECT count(*) FROM parameters").fetchall()
    return int(count)


@pytest.mark.parametrize(("cut", "left"), [(0, 20), (1, 19), (4096, 19)])
def test_a_log_that_ends_in_what_was_being_written_is_no_damage(
    home: Path, cut: int, left: int
) -> None:
    write_and_die(home, *WRITES)
    log = home / "kept.sqlite-wal"
    log.write_bytes(log.read_bytes()[: log.stat().st_size - cut])
    together.look_at(home)
    assert parameters(home) == left


def test_a_log_that_began_anew_over_older_changes_is_no_damage(home: Path) -> None:
    write_and_die(home, *WRITES)
    changed_and_died = (home / "kept.sqlite-wal").stat().st_size
    anew = ["PRAGMA wal_checkpoint(RESTART)", "INSERT INTO parameters VALUES ('new', '')"]
    write_and_die(home, *anew)
    assert (home / "kept.sqlite-wal").stat().st_size == changed_and_died
    together.look_at(home)
    assert parameters(home) == 21


@pytest.mark.parametrize("text", [None, "", "[1,]", '{"a": 1', '{"a": 1}\0{', "{'a': 1}", '"\t"'])
def test_a_text_that_the_start_could_not_read_is_told(home: Path, text: str | None) -> None:
    changed(home, "INSERT INTO history VALUES ('arn', 1, ?)", text)
    with pytest.raises(HomeDamaged, match="Nothing was changed"):
        together.look_at(home)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity, "b": "한글"}', " [1]\n"])
def test_a_text_as_python_writes_it_is_none_that_is_damaged(home: Path, text: str) -> None:
    changed(home, "INSERT INTO jobs VALUES ('arn', '2026', ?)", text)
    together.look_at(home)


def test_the_command_says_it_in_words(home: Path) -> None:
    emptied(home)
    done = CliRunner().invoke(app, ["up", "--home", str(home), "--port", "0"])
    assert done.exit_code == 1
    assert "Nothing was changed" in " ".join(done.output.split())
    assert (home / "objects" / NAME).read_bytes() == b"12345"


def test_a_template_that_was_cut_off_is_packed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "template", lambda: "Parameters: {}\n" * 1000)
    whole = package.cached_template(tmp_path)
    [path] = tmp_path.glob("codefree-*.yaml")
    path.write_text(whole[:100])
    assert package.cached_template(tmp_path) == whole
    assert len(list(tmp_path.iterdir())) == 1


def test_the_template_is_packed_once_for_all_homes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[str] = []

    def template() -> str:
        packed.append("Parameters: {}\n")
        return packed[-1]

    monkeypatch.setattr(package, "template", template)
    folder, home = tmp_path / "dist", tmp_path / "home"
    monkeypatch.setattr(session, "PACKED", folder)
    assert session._template(home) == session._template(tmp_path / "another home")
    assert (len(packed), home.exists()) == (1, False)
    shutil.rmtree(folder)
    folder.write_text("nobody can write here")
    assert session._template(home) == session._template(home) == "Parameters: {}\n"
    assert len(list((home / "packed").iterdir())) == 1


def test_code_that_was_unpacked_in_part_is_unpacked_again(tmp_path: Path) -> None:
    settings = FunctionSettings(
        "f", lambdas_zip(), "lambdas.sweep.handler", 3, 128, {}, "r", "", {}
    )
    folder = LambdaProcesses(tmp_path, "")._unpacked(settings)
    (folder / "lambdas" / "sweep.py").write_text("")
    (folder / "lambdas" / "errors.py").unlink()
    assert LambdaProcesses(tmp_path, "")._unpacked(settings) == folder
    assert "def handler" in (folder / "lambdas" / "sweep.py").read_text()
    assert (folder / "lambdas" / "errors.py").exists()
