"""What ``codefree run`` says before anything is started, and in whose words."""

import json
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner

from codefree.cli import app
from local import run as local_run
from local import run_command
from local.aws import REGION
from local.run import _told_here
from local.stack import Stack
from operate.run_view import paths_shown
from operate.terminal import console
from tests.lambdas.check.made_pairs import csv, frame


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good pair, where whoever starts local mode fails."""

    def started(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("local mode is started")

    monkeypatch.setattr(run_command, "local_aws", started)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a_train.csv").write_bytes(csv(frame(90)))
    (tmp_path / "a_test.csv").write_bytes(csv(frame(40, 1)))
    return tmp_path


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["run", *words], env={"COLUMNS": "200"})
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--metric", "nonsense"], "--metric: metric is 'nonsense', and one of auto, f1, "),
        (["--preset", "best"], "--preset: preset is 'best', and one of best_quality, "),
        (["--preset", "extreme_quality"], "--preset: preset is 'extreme_quality', and one of "),
        (["--problem-type", "yes/no"], "--problem-type: problem type is 'yes/no', and one of "),
        (["--minutes", "0"], "--minutes: minutes is '0', and a number from 0.1 to 2880 is exp"),
        (["--minutes", "nan"], "--minutes: minutes is 'nan', and a number from 0.1 to 2880 is"),
        (["--cost", "-1"], "--cost: cost is '-1', and a number from 0.01 to 100000 is expect"),
        (["--target", ""], "--target: target is '', and a value is expected."),
        (["--cost", "0.01"], "--cost is 0.01 USD, but with these files and 1 minute of tr"),
    ],
)
def test_an_option_is_refused_by_its_name_before_anything_is_started(
    words: list[str], answer: str
) -> None:
    code, told = said("a_train.csv", "a_test.csv", *words)
    assert code == 1
    assert answer in told
    assert not re.search("TrainingCost|TrainingMinutes|EvalMetric|AutoML|ProblemType", told)


def test_an_old_name_of_a_preset_is_still_taken() -> None:
    with pytest.raises(AssertionError, match="local mode is started"):
        said("a_train.csv", "a_test.csv", "--preset", "medium_quality_faster_train")


def test_files_that_are_no_pair_are_refused_before_they_are_read() -> None:
    assert "in the other order: a_train.csv a_test.csv" in said("a_test.csv", "a_train.csv")[1]
    assert "a_train.csv are the same file." in said("a_train.csv", "./a_train.csv")[1]


@pytest.mark.parametrize("options", [[], ["--out", "there/out"]])
def test_bad_files_are_told_at_once_and_on_a_page(here: Path, options: list[str]) -> None:
    code, told = said("a_train.csv", "a_test.csv", "--target", "lable", *options)
    assert code == 1
    assert "✗ a_train.csv, column lable: There is no column named 'lable'" in told
    assert "Did you mean 'label'?" in told and "set --target to the name" in told
    assert "nothing was started" in told and "run the command again" in told
    out = options[-1] if options else "results"
    [page] = (here / out / "a").glob("*/check.html")
    assert told.endswith(f"The findings on a page: {page.relative_to(here)}")
    shown = page.read_text(encoding="utf-8")
    assert "Nothing was started. Repair what is listed first and run the command again." in shown
    for words in (told, shown):
        assert not re.search(r"upload|stack|by itself|s3://|TargetVariable", words)


def test_the_same_rows_in_two_files_are_rejected_however_they_are_written(here: Path) -> None:
    (here / "b.csv").write_bytes(csv(frame(90).sample(frac=1, random_state=1), sep=";"))
    code, told = said("a_train.csv", "b.csv")
    assert code == 1
    assert "b.csv: It holds the same 90 rows as a_train.csv." in told


def test_a_workbook_gets_its_page_in_the_folder_of_its_name(here: Path) -> None:
    (here / "titanic_train.xlsx").write_bytes(b"PK\x03\x04" + bytes(600))
    told = said("titanic_train.xlsx", "a_test.csv")[1]
    assert "titanic_train.xlsx: The file is an Excel workbook" in told
    assert re.search(r"results/titanic/\d{8}-\d{6}/check\.html$", told)


def test_a_folder_that_takes_no_page_is_named(here: Path) -> None:
    (here / "out").write_text("a file")
    code, told = said("a_train.csv", "a_test.csv", "--target", "lable", "--out", "out")
    assert code == 1
    assert "nothing was started" in told and "choose another folder with --out" in told


def test_that_the_files_are_checked_is_told_before_what_checks_is_loaded(here: Path) -> None:
    script = """
import sys
from codefree.cli import app
from operate import terminal
def told(text):
    print(text, [name for name in ("boto3", "pandas", "pyarrow", "moto") if name in sys.modules])
    sys.exit()
terminal.console.print = lambda text, **_: told(text)
app(["run", "a_train.csv", "a_test.csv"])
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=here, check=True)
    assert done.stdout == "  Checking a_train.csv and a_test.csv ... []\n"


def test_warnings_are_told_before_the_start(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a_train.csv").write_bytes(csv(frame(30)))
    printed: list[str] = []
    monkeypatch.setattr(console, "print", lambda what, **_: printed.append(plain(what)))
    with pytest.raises(AssertionError, match="local mode is started"):
        said("a_train.csv", "a_test.csv")
    assert printed[0] == "  Checking a_train.csv and a_test.csv ..."
    assert "perhaps the two were swapped. If so, give them in the other order." in printed[1]
    assert printed[2] == "  Starting the local imitation of AWS ..."


def test_a_run_whose_result_nobody_has_read_is_no_success(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = {
        "Dataset": "a",
        "Run": "1",
        "Metrics": {"notes": [], "metrics": {}, "headline": "Of 4 rows, 3 were right."},
        "Cost": {"Text": "It cost nothing."},
    }
    monkeypatch.setattr(run_command, "local_aws", lambda *_, **__: nullcontext((None, None)))
    for name, answer in (("upload", None), ("watched_output", json.dumps(summary))):
        monkeypatch.setattr(local_run, name, lambda *_, answer=answer: answer)
    copied = here / "results" / "a" / "1"
    monkeypatch.setattr(local_run, "copied_results", lambda *_: [copied / "a.txt"] * 3)
    code, told = said("a_train.csv", "a_test.csv")
    assert code == 0
    assert "Of 4 rows, 3 were right. Predictions: results/a/1/a_test_prediction.csv" in told
    assert "run the command again" not in (copied / "check.html").read_text(encoding="utf-8")
    monkeypatch.setattr(console, "is_gone", True)
    assert said("a_train.csv", "a_test.csv")[0] == 1


def plain(what: Any) -> str:
    return what if isinstance(what, str) else "\n".join(map(str, what.renderables))


class SlowCheck:
    """Step Functions where CheckPair is under way for some looks, and then goes on, or is none."""

    def __init__(self, looks: int | None) -> None:
        self.looks = looks

    @property
    def states(self) -> "SlowCheck":
        return self

    def list_executions(self, **_: Any) -> dict[str, Any]:
        running = {"executionArn": "arn", "status": "RUNNING"}
        return {"executions": [] if self.looks is None else [running]}

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        assert self.looks is not None
        self.looks -= 1
        name = "CheckPair" if self.looks > 0 else "PickInstance"
        entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}}
        return {"events": [entered]}


def test_a_check_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    clock = SimpleNamespace(
        monotonic=lambda: now[0], sleep=lambda seconds: now.append(now.pop() + seconds)
    )
    monkeypatch.setattr(local_run, "time", clock)
    looks = 2 * round(local_run._START_SECONDS / local_run._POLL_SECONDS)
    slow, stack = SlowCheck(looks), Stack("codefree", "arn")
    assert local_run._working_execution(slow, stack) == "arn"  # type: ignore[arg-type]
    with pytest.raises(local_run.NotStarted):
        local_run._working_execution(SlowCheck(None), stack)  # type: ignore[arg-type]


def test_the_prices_are_those_of_the_region_that_is_imitated() -> None:
    assert run_command._REGION == REGION


def test_what_a_step_says_is_told_in_the_words_of_here() -> None:
    stack = Stack("codefree", "arn")
    text = "Set TrainingCost or EvalMetric, not MyEvalMetric. See s3://codefree/results/a/1/c.html"
    assert _told_here(text, stack, Path("out")) == (
        "Set --cost or --metric, not MyEvalMetric. See out/a/1/c.html"
    )


def test_the_end_names_two_files_and_where_the_rest_is() -> None:
    folder = Path("out", "a", "1")
    names = ["a_report.html", "a_test_prediction.csv", "check.html", "x/output/model.tar.gz"]
    summary = {"Dataset": "a", "Run": "1", "Metrics": {"report": "a_report.html"}}
    told = paths_shown(summary, [folder / name for name in names], Path("out")).plain
    assert told.splitlines() == [
        "  Report:      out/a/1/a_report.html",
        "  Predictions: out/a/1/a_test_prediction.csv",
        "  2 more files in out/a/1",
    ]
