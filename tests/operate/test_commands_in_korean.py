"""What the commands about a dataset print is in one language alone."""

import io
from pathlib import Path

import pytest
from rich.text import Text
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.check.findings.vocabulary import COMMAND_LINE, STACK
from lambdas.check_pair import REJECTED
from lambdas.jobs.recovery import SPEND_MORE, WAY_ON
from lambdas.language import spoken, spoken_in
from lambdas.runs.execution_story import TRY_AGAIN
from local.run import _told_here
from operate.run_view import _training_line, paths_shown, scores_table
from operate.runs.progress import Progress, Training
from operate.terminal import SafeConsole
from tests.korean import english_in, hangul_in, only_korean
from tests.operate.test_plan import FEWER_ROWS, ROWS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a_train.csv").write_text(f"label,size,kind\n{ROWS}")
    (tmp_path / "a_test.csv").write_text(f"label,size,kind\n{FEWER_ROWS}")
    (tmp_path / "again_test.csv").write_text(f"label,size,kind\n{ROWS}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> str:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"}).output


DATA = (
    "a_train.csv a_test.csv again_test.csv none.csv label size kind Label2 a b us-east-1 eu nowhere"
)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words",
    [
        ("a_train.csv", "a_test.csv"),
        ("a_train.csv", "a_test.csv", "--target", "Label2"),
        ("a_train.csv", "a_test.csv", "--cost", "0.02"),
        ("a_train.csv", "a_test.csv", "--region", "nowhere"),
        ("a_train.csv", "a_train.csv"),
        ("a_train.csv", "again_test.csv"),
        ("a_test.csv", "a_train.csv"),
        ("a_train.csv",),
        ("none.csv",),
        ("a_train.csv", "a_test.csv", "--minutes", "x"),
    ],
    ids=" ".join,
)
def test_a_plan_is_told_in_one_language(words: tuple[str, ...]) -> None:
    korean = said("plan", *words, "--language", "ko")
    types = [word for word in korean.split() if word.startswith("ml.")]
    assert hangul_in(korean) and english_in(korean, [DATA, *types, *regions_in(korean)]) == []
    assert hangul_in(said("plan", *words)) == []


def regions_in(text: str) -> list[str]:
    return [word for word in text.split() if word.count("-") == 2 and word.strip(",.").islower()]


def printed(what: object) -> str:
    console = SafeConsole(file=io.StringIO(), width=200)
    console.print(what)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_a_run_is_shown_in_one_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = Progress(None, None, "arn")  # type: ignore[arg-type]
    metrics = {"metrics": {"f1": 0.5, "roc_auc": None}, "eval_metric": "f1"}
    summary = {"Dataset": "a", "Run": "1", "Metrics": {"report": "a_report.html"}}
    files = [tmp_path / name for name in ("one", "two", "three")]
    with only_korean(monkeypatch):
        told = [_training_line(progress)]
        progress.training = Training(models=2, best_model="12", best_score=-1.0, metric="-rmse")
        told += [_training_line(progress), Text(printed(scores_table(metrics)))]
        told.append(paths_shown(summary, files, Path("out")))
    known = ["rmse", "f1 roc_auc", "out/a/1/a_report.html out/a/1/a_test_prediction.csv out/a/1"]
    assert [english_in(str(text), known) for text in told] == [[], [], [], []]
    assert "검증 rmse 1.0000" in str(told[1])


class Place:
    """Where a stack's results are."""

    bucket = "bucket"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_stack_s_words_are_those_of_the_command_line_here(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.run.Stack", Place)
    with spoken_in(language):  # type: ignore[arg-type]
        for sentence in (REJECTED, WAY_ON, SPEND_MORE, TRY_AGAIN):
            here = _told_here(f"1. {spoken(sentence)}", Place, Path("out"))  # type: ignore[arg-type]
            assert here != f"1. {spoken(sentence)}" and "Redrive" not in here, here
        for name, word in STACK.words.items():
            here = _told_here(f"1 {word}.", Place, Path("out"))  # type: ignore[arg-type]
            assert here == f"1 {COMMAND_LINE.words[name]}.", name
        assert "--cost" in _told_here("TrainingCost에서", Place, Path("out"))  # type: ignore[arg-type]
