"""A home whose parts do not fit together is told of in words, and nothing in it is touched."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.cli import app
from local.kept.damage import HomeDamaged
from local.kept.database import Database
from local.kept.together import keep_together
from local.lambda_process import FunctionSettings, LambdaProcesses
from workflow import package
from workflow.package import lambdas_zip

NAME = "a" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one object."""
    database = Database(tmp_path)
    keep_together(tmp_path, database, is_new=True)
    (tmp_path / "objects" / NAME).write_bytes(b"12345")
    with database.writing(durably=True) as tables:
        tables.execute("INSERT INTO buckets VALUES ('b','1','aws','r','2026',NULL,0)")
        fields = json.dumps({"contentsize": 5})
        tables.execute("INSERT INTO versions VALUES ('b','data/k',0,?,?)", [NAME, fields])
    database.close()
    return tmp_path


def look(home: Path) -> None:
    is_new = not (home / "kept.sqlite").exists()
    database = Database(home)
    try:
        keep_together(home, database, is_new)
    finally:
        database.close()


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
    with sqlite3.connect(home / "kept.sqlite") as tables:
        tables.execute("PRAGMA user_version = 999")
    tables.close()


def other_tables(home: Path) -> None:
    with sqlite3.connect(home / "kept.sqlite") as tables:
        tables.execute("ALTER TABLE versions RENAME COLUMN bytes TO content")
    tables.close()


def of_another_home(home: Path) -> None:
    with sqlite3.connect(home / "kept.sqlite") as tables:
        tables.execute("UPDATE home SET id = 'another'")
    tables.close()


def without_bytes(home: Path) -> None:
    (home / "objects" / NAME).unlink()


def with_cut_off_bytes(home: Path) -> None:
    (home / "objects" / NAME).write_bytes(b"123")


WORDS: dict[Callable[[Path], None], str] = {
    emptied: "is empty, and the objects whose list it was are still in",
    gone: "is gone, and the objects whose list it was are still in",
    garbage: "can't be read as what local mode has kept",
    garbled: "can't be read|is damaged",
    cut_off: "can't be read|is damaged",
    newer: "was written by a newer version of Codefree",
    other_tables: "has another table versions",
    of_another_home: "belongs to another home",
    without_bytes: "The bytes of 1 objects are gone from .* or have another length: b/data/k",
    with_cut_off_bytes: "The bytes of 1 objects are gone from .* or have another length: b/data/k",
}


@pytest.mark.parametrize("damage", WORDS, ids=lambda damage: damage.__name__)
def test_a_damaged_home_is_told_of_and_its_objects_are_left_alone(
    home: Path, damage: Callable[[Path], None]
) -> None:
    look(home)
    damage(home)
    before = {path.name for path in (home / "objects").iterdir()}
    with pytest.raises(HomeDamaged, match=WORDS[damage]) as told:
        look(home)
    assert "Nothing was changed. Put back what is missing from a copy" in str(told.value)
    assert {path.name for path in (home / "objects").iterdir()} == before


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
