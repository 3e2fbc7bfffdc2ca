"""``codefree plan``: what would be found, where it would run, and what that would cost."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.testing import CliRunner

from codefree.cli import app
from lambdas.errors import PairRejected
from lambdas.settings.chosen import Allowed, chosen
from lambdas.settings.setting import METRICS, MOST_COST, MOST_MINUTES, PRESETS
from lambdas.settings.settings_text import Written
from lambdas.wish import PRESET_ALIASES, WantedType, Wish
from operate.regions import REGIONS
from operate.terminal import console
from workflow.package import _region_accounts

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
    assert told.count("--cost is 0.02 USD") == 1 and "TrainingCost" not in told
    budget = re.search(r"Set --cost to ([\d.]+)", told)
    assert budget
    assert planned(*pair, "--cost", budget.group(1))[0] == 0


def test_a_shorter_time_is_told_by_the_option(pair: list[str]) -> None:
    _, told = planned(*pair, "--cost", "0.3", "--minutes", "600")
    minutes = re.search(r"or --minutes to (\d+) or less", told)
    assert minutes
    assert planned(*pair, "--cost", "0.3", "--minutes", minutes.group(1))[0] == 0


def test_a_wait_for_spot_capacity_that_the_budget_forbids_is_told_by_the_option(
    pair: list[str],
) -> None:
    _, told = planned(*pair, "--cost", "0.02")
    least = re.findall(r"Set --cost to ([\d.]+)", told)[0]
    code, told = planned(*pair, "--cost", least, "--spot")
    assert code == 0
    assert "A higher --cost gives it that time." in told


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--preset", "best-quality"], "--preset: preset is 'best-quality', and one of best_quali"),
        (["--problem-type", "classes"], "--problem-type: problem type is 'classes', and one of "),
        (["--minutes", "inf"], "a number from 0.1 to 2880 is expected."),
        (["--minutes", "5000"], "a number from 0.1 to 2880 is expected."),
        (["--cost", "nan"], "cost is 'nan', and a number from 0.01"),
        (["--cost", "inf"], "cost is 'inf', and a number from 0.01"),
        (["--target", ""], "--target: target is '', and a value is expected."),
        (["--region", "moon-1"], "--region can't be 'moon-1'. Choose one of af-south-1, "),
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


def test_swapped_files_and_one_file_twice_are_no_pair(pair: list[str]) -> None:
    train, test = pair
    for given, answer in (([test, train], "in the other order"), ([train, train], "same file")):
        code, told = planned(*given)
        assert code == 1 and answer in told


def test_findings_name_what_can_be_done_here(pair: list[str]) -> None:
    _, told = planned(*pair, "--target", "Label2")
    assert "set --target to the name" in told and "TargetVariable" not in told


def test_a_plan_that_nobody_has_read_is_no_success(
    pair: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "is_gone", True)
    assert planned(*pair)[0] == 1


def template_parameters() -> dict[str, Any]:
    text = TEMPLATE.read_text()
    text = text[text.index("\nParameters:") : text.index("\nRules:")]
    return dict(yaml.safe_load(text)["Parameters"])


def test_what_may_be_chosen_is_what_the_template_takes() -> None:
    parameters = template_parameters()
    allowed = {name: parameters[name].get("AllowedValues") for name in parameters}
    assert {*PRESETS, *PRESET_ALIASES} == set(allowed["AutoMLPresets"])
    assert list(METRICS) == allowed["EvalMetric"]
    assert list(get_args(WantedType)) == allowed["ProblemType"]
    least, most = (
        parameters["TrainingMinutes"]["MinValue"],
        parameters["TrainingMinutes"]["MaxValue"],
    )
    assert parameters["MostMinutes"]["MaxValue"] == most == MOST_MINUTES
    longest = parameters["TargetVariable"]["MaxLength"]
    edges = [
        ("minutes", least, True),
        ("minutes", least * 0.99, False),
        ("minutes", most, True),
        ("minutes", most * 1.01, False),
        ("cost", parameters["TrainingCost"]["MinValue"], True),
        ("cost", parameters["TrainingCost"]["MinValue"] * 0.99, False),
        ("target", "x" * longest, True),
        ("target", "x" * (longest + 1), False),
    ]
    for name, value, is_right in edges:
        assert is_taken(name, str(value)) == is_right, (name, value)


def is_taken(name: str, value: str) -> bool:
    stack = Wish("label", "auto", "auto", PRESETS[0], 0.1, 0.01, spot=False)
    try:
        chosen(stack, Allowed(MOST_COST, MOST_MINUTES), [Written(name, value, "here")])
    except PairRejected:
        return False
    return True


def test_the_regions_are_those_of_the_template() -> None:
    assert list(REGIONS) == list(_region_accounts())
