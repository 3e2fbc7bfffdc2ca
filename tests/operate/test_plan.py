"""``codefree plan``: what would be found, where it would run, and what that would cost."""

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.wish import PRESET_ALIASES
from operate.plan import PRESETS

TEMPLATE = Path(__file__).resolve().parent.parent.parent / "infra" / "template.yaml"
ROWS = "".join(f"{i % 2},{i * 7 % 50},{'ab'[i % 3 == 0]}\n" for i in range(200))
FEWER_ROWS = "".join(ROWS.splitlines(keepends=True)[:100])


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "a_train.csv", tmp_path / "a_test.csv"]
    for path, rows in zip(paths, (ROWS, FEWER_ROWS), strict=True):
        path.write_text(f"label,size,kind\n{rows}")
    return [str(path) for path in paths]


def planned(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["plan", *words], env={"COLUMNS": "200"})
    return done.exit_code, " ".join(done.output.split())


def test_a_good_pair_gets_its_findings_and_its_candidates(pair: list[str]) -> None:
    code, told = planned(*pair, "--minutes", "10", "--cost", "1")
    assert code == 0
    assert "a_train.csv: 200 rows of 3 columns" in told
    assert "The best within the budget." in told
    assert re.search(r"at most [\d.]+ of 1\.00 USD", told)
    assert "The evaluation runs on ml." in told


def test_a_pair_that_would_be_rejected_is_told_what_to_repair(pair: list[str]) -> None:
    code, told = planned(*pair, "--target", "Label2")
    assert code == 1
    assert "Did you mean 'label'?" in told and "Fix the findings marked" in told


def test_a_budget_that_is_too_small_is_told_with_one_that_would_do(pair: list[str]) -> None:
    code, told = planned(*pair, "--cost", "0.02")
    assert code == 1
    budget = re.search(r"Set TrainingCost to ([\d.]+)", told)
    assert budget
    assert planned(*pair, "--cost", budget.group(1))[0] == 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--preset", "best-quality"], "There is no preset 'best-quality'."),
        (["--problem-type", "classes"], "There is no problem type 'classes'."),
        (["--minutes", "inf"], "--minutes must be at least 0.1 and at most 2880."),
        (["--minutes", "5000"], "--minutes must be at least 0.1 and at most 2880."),
        (["--cost", "nan"], "--cost must be an amount in USD"),
        (["--cost", "inf"], "--cost must be an amount in USD"),
        (["--preset", "extreme_quality", "--region", "eu-west-1"], "no instance type with a GPU"),
        (["--profile", "nobody-has-it"], "can't be read with the AWS profile"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(
    pair: list[str], words: list[str], answer: str
) -> None:
    code, told = planned(*pair, *words)
    assert code == 1
    assert answer in told and "Traceback" not in told


def test_the_presets_are_those_of_the_template_and_the_one_it_does_not_offer() -> None:
    text = re.search(r"  AutoMLPresets:\n(?:    .*\n|      .*\n)+", TEMPLATE.read_text())
    assert text
    offered = yaml.safe_load(text.group())["AutoMLPresets"]["AllowedValues"]
    assert {*PRESETS, *PRESET_ALIASES} - set(offered) == {"extreme_quality"}
    assert set(offered) <= {*PRESETS, *PRESET_ALIASES}
