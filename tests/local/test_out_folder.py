"""Where the results of `codefree run` can't be copied to, it is that folder that is named."""

import errno
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from local import aws, run, session, stack
from tests.lambdas.check.made_pairs import csv, frame


class NoAws:
    """Nothing of local mode: only what becomes of the results is looked at."""

    kept = None

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def start(self, **_: Any) -> None: ...

    def stop(self) -> None: ...


@pytest.mark.parametrize("run_fails", [False, True])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk of somewhere is full. Free some space, or choose another"),
        (errno.EROFS, "somewhere is not writable (no). Fix that, or choose another"),
    ],
)
def test_the_folder_that_can_not_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, run_fails: bool
) -> None:
    def watched(*_: Any) -> str:
        if run_fails:
            raise run.RunFailed("arn")
        return '{"Run": "1"}'

    def copied(*_: Any) -> list[Path]:
        raise OSError(number, "no")

    monkeypatch.setattr(aws, "LocalAws", NoAws)
    monkeypatch.setattr(stack, "deploy", lambda *_: None)
    monkeypatch.setattr(stack, "declared_parameters", lambda _: [])
    monkeypatch.setattr(session, "cached_template", lambda _: "")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(run, "upload", lambda *_: None)
    monkeypatch.setattr(run, "watched_output", watched)
    monkeypatch.setattr(run, "copied_results", copied)
    monkeypatch.setattr(run, "reason_here", lambda *_: "Train: out of memory")
    pair = [tmp_path / "a_train.csv", tmp_path / "a_test.csv"]
    for path, table in zip(pair, (frame(90), frame(40, 1)), strict=True):
        path.write_bytes(csv(table))
    words_given = ["run", *map(str, pair), "--home", str(tmp_path), "--out", "somewhere"]
    done = CliRunner().invoke(app, words_given)
    assert done.exit_code == 1
    said = " ".join(done.output.split())
    assert f"The results could not be copied. {words} folder with --out, and run again" in said
    assert ("Train: out of memory" in said) == run_fails
    assert str(tmp_path) not in said
