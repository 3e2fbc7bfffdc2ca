"""Two runs compared by what their result files say, as if both models were still there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from training.compare import compared
from training.evaluation.kept_predictions import kept_predictions
from training.evaluation.prediction_table import prediction_table
from training.job.safe_csv import write_csv
from training.model.outcome import Array, Outcome, OutcomeParts
from training.scoring.comparison import comparison
from training.scoring.scores import score_functions, value_of

# As wild as classes may be: a formula, a number, a comma, a text that looks like a missing value.
CLASSES: list[Any] = ["=1+1", "NA", 'a, "b"']
ROWS = 120


def of_classes(seed: int, classes: list[Any], truth_seed: int = 0) -> Outcome:
    truth = np.random.default_rng(truth_seed).integers(0, len(classes), ROWS)
    random = np.random.default_rng(seed)
    given = random.dirichlet(np.ones(len(classes)), ROWS).astype(np.float32)
    given[np.arange(ROWS), truth] += random.random(ROWS).astype(np.float32)
    given = (given / given.sum(axis=1, keepdims=True)).astype(np.float32)
    labels = pd.Series(pd.Series(classes, dtype=object).to_numpy()[truth], dtype=object)
    labels.iloc[3] = None
    parts = OutcomeParts(classes)
    parts.add(given.argmax(axis=1), given, labels)
    return parts.whole()


def of_numbers(seed: int) -> Outcome:
    truth = pd.Series(np.random.default_rng(0).normal(size=ROWS) * 1e6)
    truth.iloc[5] = np.nan
    guess = truth.fillna(0).to_numpy() + np.random.default_rng(seed).normal(size=ROWS)
    parts = OutcomeParts(None)
    parts.add(guess, None, truth)
    return parts.whole()


def written(outcome: Outcome, path: Path, first: int = 0, *, has_target: bool = True) -> Path:
    ids = pd.Series([f"-{n}" for n in range(ROWS)], name="true")
    rows = pd.RangeIndex(first, first + ROWS)
    write_csv(prediction_table(outcome, rows, has_target, ids), path)
    return path


def same(one: Array | None, other: Array | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))


@pytest.mark.parametrize(
    ("outcome", "classes"),
    [
        (of_classes(1, CLASSES), CLASSES),
        (of_classes(1, [0, 1]), [0, 1]),
        (of_classes(1, [True, False]), [True, False]),
        (of_numbers(1), None),
    ],
)
def test_predictions_are_read_back_to_the_last_digit(
    outcome: Outcome, classes: list[Any] | None, tmp_path: Path
) -> None:
    # Through JSON, as metrics.json has the classes.
    known = json.loads(json.dumps(classes))
    kept = kept_predictions(written(outcome, tmp_path / "a.csv"), known)
    assert kept is not None
    assert same(kept.outcome.predicted, outcome.predicted)
    assert same(kept.outcome.truth, outcome.truth)
    assert same(kept.outcome.probabilities, outcome.probabilities)


@pytest.mark.parametrize(
    ("pair", "classes", "metric"),
    [
        ((of_classes(1, CLASSES), of_classes(2, CLASSES)), CLASSES, "accuracy"),
        ((of_classes(1, CLASSES), of_classes(2, CLASSES)), CLASSES, "log_loss"),
        ((of_classes(1, [0, 1]), of_classes(2, [0, 1])), [0, 1], "roc_auc"),
        ((of_classes(1, [0, 1]), of_classes(2, [0, 1])), [0, 1], "f1"),
        ((of_numbers(1), of_numbers(2)), None, "root_mean_squared_error"),
    ],
)
def test_the_comparison_is_the_one_of_the_predictions_themselves(
    pair: tuple[Outcome, Outcome], classes: list[Any] | None, metric: str, tmp_path: Path
) -> None:
    one, other = (outcome.scored() for outcome in pair)
    score = score_functions(one)[metric]
    values = value_of(score, one), value_of(score, other)
    truly = comparison(one, other, metric, score, values)
    paths = [str(written(o, tmp_path / f"{n}.csv")) for n, o in enumerate(pair)]
    asked = {"one": paths[0], "others": paths[1:], "classes": classes, "metric": metric}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "training.compare"],
        input=json.dumps(asked | {"language": "en"}),
        capture_output=True,
        text=True,
        check=True,
    )
    [found] = json.loads(done.stdout)
    assert found["rows"] == ROWS - 1 and tuple(found["scores"]) == values
    assert (found["verdict"], found["difference"]) == (truly.verdict, truly.difference)
    assert (found["low"], found["high"]) == (truly.low, truly.high)


def test_a_metric_that_only_autogluon_knows(tmp_path: Path) -> None:
    paths = [str(written(of_classes(n, [0, 1, 2]), tmp_path / f"{n}.csv")) for n in (1, 2)]
    asked = {
        "one": paths[0],
        "others": paths[1:],
        "classes": [0, 1, 2],
        "metric": "quadratic_kappa",
    }
    [found] = compared(asked)
    assert found["rows"] == ROWS - 1 and found["difference"] != 0


def test_other_rows_other_values_and_other_classes_are_not_compared(tmp_path: Path) -> None:
    first = str(written(of_classes(1, CLASSES), tmp_path / "first.csv"))
    others = {
        "other rows": written(of_classes(2, CLASSES), tmp_path / "shifted.csv", first=7),
        "no values": written(of_classes(2, CLASSES), tmp_path / "n.csv", has_target=False),
    }
    for reason, path in others.items():
        asked = {"one": first, "others": [str(path)], "classes": CLASSES, "metric": "accuracy"}
        assert compared(asked)[0]["reason"] == reason
    other_truth = written(of_classes(2, CLASSES, truth_seed=1), tmp_path / "truth.csv")
    asked = {"one": first, "others": [str(other_truth)], "classes": CLASSES, "metric": "accuracy"}
    assert compared(asked)[0]["reason"] == "other rows"
    asked = {"one": first, "others": [first], "classes": ["=1+1", "NA", "c"], "metric": "accuracy"}
    assert compared(asked)[0]["reason"] == "no values"


def test_rows_of_one_class_have_no_verdict(tmp_path: Path) -> None:
    outcome = of_classes(1, [0, 1])
    one_class = Outcome(
        outcome.predicted, np.zeros(ROWS, np.int32), outcome.probabilities, outcome.labels
    )
    path = str(written(one_class, tmp_path / "a.csv"))
    [found] = compared({"one": path, "others": [path], "classes": [0, 1], "metric": "accuracy"})
    assert found["reason"] == "no score" and "same class" in found["why"]
