"""How the training ends, and what it leaves."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression, Ridge

from tests.training.jobs import FEW_TREES, Trained, evaluated, train, trained
from training.fitting.fit_options import fit_options
from training.job.machine import seconds_since_start
from training.train import _labelled, seconds_to_fit


def small_table(labels: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"label": labels * 20, "x": range(len(labels) * 20), "word": "a"})


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"other": [1, 2, 3], "more": 4}), "has no column 'label'"),
        (small_table(["yes"]), "fewer than two different values"),
        (small_table(["a", "b", "c"]), "'label' has 3 different values: it can't be binary"),
    ],
)
def test_what_people_can_repair_is_one_sentence_without_a_traceback(
    tmp_path: Path, table: pd.DataFrame, words: str
) -> None:
    done = train(tmp_path / "job", table, problem_type="binary")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert words in (tmp_path / "job" / "output" / "failure").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["label", "self"])
def test_labels_beside_a_missing_one_are_whole_again(target: str) -> None:
    table = pd.DataFrame({target: [1.0, 2.0, np.nan], "x": 1})
    labelled = _labelled(table, target)
    assert list(labelled[target].map(str)) == ["1", "2"]
    assert table[target].isna().sum() == 1


def test_too_little_time_for_any_model_is_explained(tmp_path: Path) -> None:
    done = train(tmp_path / "job", small_table([0, 1]), time_limit="0.01")
    assert done.returncode == 1
    failure = (tmp_path / "job" / "output" / "failure").read_text(encoding="utf-8")
    assert "TrainingMinutes" in failure


@pytest.mark.parametrize(
    ("time_limit", "spent", "left"),
    [(60, 2, 55), (3600, 10, 3587), (8, 0.1, 7.5), (60, 70, 30)],
)
def test_the_minutes_are_those_of_the_whole_program(
    time_limit: float, spent: float, left: float
) -> None:
    assert seconds_to_fit(time_limit, spent) == pytest.approx(left)


def test_a_program_knows_how_long_it_has_been_running() -> None:
    age = seconds_since_start()
    time.sleep(0.05)
    assert 0 < age < seconds_since_start()


@pytest.mark.parametrize("labels", [["yes", "no"], [True, False], [1.0, 0.0]])
def test_labels_of_any_kind_are_learned_and_recognised_in_the_test_file(
    tmp_path: Path, labels: list[object]
) -> None:
    table = small_table(labels)
    model = trained(tmp_path / "job", table, table, program=FEW_TREES)
    results = evaluated(tmp_path / "evaluation", model, table)
    assert results.metrics["problem_type"] == "binary"
    assert results.metrics["rows_scored"] == len(table)
    assert len(results.metrics["classes"]) == 2


@pytest.mark.parametrize(
    ("labels", "wanted", "used"),
    [
        ([1, 2, 3, 4], "regression", "regression"),
        ([0.5, 1.0, 1.5], "multiclass", "multiclass"),
        ([0, 1], "multiclass", "binary"),
    ],
)
def test_the_problem_type_that_is_asked_for_is_the_one_that_is_trained(
    tmp_path: Path, labels: list[object], wanted: str, used: str
) -> None:
    table = small_table(labels)
    model = trained(tmp_path / "job", table, table, problem_type=wanted, program=FEW_TREES)
    results = evaluated(tmp_path / "evaluation", model, table)
    assert results.metrics["problem_type"] == used
    assert results.metrics["rows_scored"] == len(table)
    assert len(results.predictions) == len(table)


def test_rows_without_a_label_are_left_out_and_counted(tmp_path: Path) -> None:
    table = small_table(["yes", "no"])
    table.loc[:4, "label"] = None
    trained(tmp_path / "job", table, table, program=FEW_TREES)
    record = json.loads((tmp_path / "job" / "model" / "training.json").read_text())
    assert (record["rows"], record["rows_without_label"]) == (40, 5)


def test_small_models_are_all_kept_and_the_training_is_told(binary: Trained) -> None:
    folder = binary.archive.parent / "model"
    record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    models = {path.name for path in (folder / "predictor" / "models").iterdir() if path.is_dir()}
    board = pd.read_csv(folder / "leaderboard.csv")
    assert record["best_model"] in set(board["model"])
    assert models == set(board["model"])
    assert (board["size_bytes"] > 0).all()
    assert record["eval_metric"] == record["eval_metric_asked"] == "f1"


def test_bagging_presets_work_without_ray(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["a", "b"] * 60, "x": range(120), "y": [1, 2, 3] * 40})
    model = trained(tmp_path / "job", table, table, presets="best_quality", program=FEW_TREES)
    record = json.loads((tmp_path / "job" / "model" / "training.json").read_text())
    assert record["folds"] > 1 and record["validation_rows"] == len(table)
    assert evaluated(tmp_path / "evaluation", model, table).metrics["rows_scored"] == 120


@pytest.mark.long
def test_a_small_table_is_cross_validated_where_there_is_time_for_it(tmp_path: Path) -> None:
    table = small_table(["yes", "no"])
    trained(tmp_path / "job", table, table, time_limit="35")
    record = json.loads((tmp_path / "job" / "model" / "training.json").read_text())
    assert record["folds"] == 5
    assert record["validation_rows"] == len(table)


@pytest.mark.parametrize(
    ("presets", "rows", "columns", "seconds", "folds", "levels"),
    [
        ("medium_quality", 668, 14, 60, True, 0),
        ("medium_quality", 668, 14, 30, None, None),
        ("medium_quality", 4_999, 100, 120, None, None),
        ("medium_quality", 4_999, 100, 130, True, 0),
        ("medium_quality", 5_000, 14, 3_600, None, None),
        ("best_quality", 668, 14, 60, None, 0),
        ("good_quality", 4_999, 100, 60, None, 0),
        ("best_quality", 5_000, 14, 3_600, None, None),
    ],
)
def test_autogluon_is_told_of_small_tables(
    presets: str, rows: int, columns: int, seconds: float, folds: bool | None, levels: int | None
) -> None:
    options = fit_options(presets, "binary", rows, columns, seconds)
    assert (options.get("auto_stack"), options.get("num_stack_levels")) == (folds, levels)


@pytest.mark.parametrize(
    "presets",
    [
        *("best_quality", "best_quality_v150", "high_quality", "high_quality_v150"),
        *("good_quality", "medium_quality", "optimize_for_deployment"),
    ],
)
def test_a_linear_model_is_among_the_presets_own_unless_the_table_is_large(presets: str) -> None:
    small = fit_options(presets, "binary", 50_000, 40, 60)["hyperparameters"]
    assert {"LR", "GBM", "CAT"} <= small.keys()
    assert "hyperparameters" not in fit_options(presets, "binary", 50_000, 41, 60)


@pytest.mark.parametrize(
    ("problem_type", "stopping"),
    [("binary", "log_loss"), ("multiclass", "log_loss"), ("regression", None)],
)
def test_trees_stop_by_log_loss_where_there_are_classes(
    problem_type: str, stopping: str | None
) -> None:
    told = fit_options("medium_quality", problem_type, 500, 10, 60)["ag_args_fit"]
    assert told.get("stopping_metric") == stopping


@pytest.mark.parametrize("is_number", [True, False])
def test_what_is_linear_is_predicted_about_as_well_as_by_a_linear_model(
    tmp_path: Path, is_number: bool
) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 8)).round(4)
    signal = x[:, :4] @ [2.0, -1.5, 1.0, 0.5] + 0.5 * random.normal(size=400)
    table = pd.DataFrame(x).add_prefix("x").assign(label=signal if is_number else signal > 0)
    train_rows, test_rows = table[:300], table[300:]
    metric = "root_mean_squared_error" if is_number else "accuracy"
    model = trained(tmp_path / "job", train_rows, test_rows, eval_metric=metric, time_limit="8")
    metrics = evaluated(tmp_path / "evaluation", model, test_rows).metrics["metrics"]
    features, labels = train_rows.drop(columns="label"), train_rows["label"]
    if is_number:
        predicted = Ridge().fit(features, labels).predict(test_rows.drop(columns="label"))
        off = sk.root_mean_squared_error(test_rows["label"], predicted)
        assert metrics["root_mean_squared_error"] < 1.25 * off
    else:
        linear = LogisticRegression().fit(features, labels)
        by_linear = linear.predict_proba(test_rows.drop(columns="label"))
        assert metrics["log_loss"] < sk.log_loss(test_rows["label"], by_linear) + 0.1


def test_the_threshold_is_calibrated_on_validation_rows_and_reaches_the_predictions(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(0)
    signal, noise = random.normal(size=3000), random.normal(size=3000)
    table = pd.DataFrame({"x": signal.round(3), "z": noise.round(3)})
    table["label"] = np.where(signal + 1.5 * random.normal(size=3000) > 2.6, "rare", "common")
    train_rows, test_rows = table[:2000], table[2000:]
    model = trained(tmp_path / "job", train_rows, test_rows, time_limit="8")
    record = json.loads((tmp_path / "job" / "model" / "training.json").read_text())
    assert record["decision_threshold"] != 0.5
    assert "models that had not been trained on it" in record["decision_threshold_why"]

    results = evaluated(tmp_path / "evaluation", model, test_rows)
    metrics = results.metrics
    assert metrics["decision_threshold"] == pytest.approx(record["decision_threshold"])
    positive = metrics["positive_class"]
    above = results.predictions[f"probability of {positive}"] > metrics["decision_threshold"]
    assert (above == (results.predictions["prediction"] == positive)).all()
