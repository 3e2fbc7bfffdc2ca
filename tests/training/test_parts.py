"""The parts of the evaluation, each against scikit-learn or what can be counted by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from tests.lambdas.check.reading import checked as check_of
from training.evaluation import importance
from training.evaluation.error_groups import ErrorGroups
from training.fitting.baselines import fitted_baselines
from training.fitting.kept_models import kept_models
from training.job.tables import batches_in, table_in
from training.model.baseline import save_baselines, saved_baselines
from training.model.files import BASELINES
from training.model.outcome import Array, Outcome, OutcomeParts
from training.plots.class_curves import class_curves
from training.report.plain_result import plain_result
from training.report.untrained_models import failure_in_words
from training.report.wording import number, shown
from training.scoring.calibration import calibration_error, calibration_table
from training.scoring.gains import gains
from training.scoring.intervals import interval
from training.scoring.scores import score_functions, score_table
from training.scoring.thresholds import threshold_table


def binary_outcome(rows: int, seed: int = 0) -> Outcome:
    random = np.random.default_rng(seed)
    positive = random.random(rows).astype(np.float32)
    truth = (random.random(rows) < positive).astype(np.int32)
    probabilities = np.column_stack([1 - positive, positive])
    return Outcome((positive > 0.5).astype(np.int32), truth, probabilities, ["no", "yes"])


def several_classes(rows: int, seed: int = 0) -> Outcome:
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(4), rows).astype(np.float32)
    truth = np.where(random.random(rows) < 0.6, probabilities.argmax(axis=1), 3).astype(np.int32)
    return Outcome(probabilities.argmax(axis=1).astype(np.int32), truth, probabilities, [*"abcd"])


@pytest.mark.parametrize("outcome", [binary_outcome(3000), several_classes(3000)])
def test_scores_of_classes_are_those_of_the_rows_one_by_one(outcome: Outcome) -> None:
    scores = score_table(outcome, score_functions(outcome)).scores
    truth, predicted = outcome.truth, outcome.predicted
    expected = {
        "accuracy": sk.accuracy_score(truth, predicted),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, predicted),
        "mcc": sk.matthews_corrcoef(truth, predicted),
    }
    if outcome.is_binary:
        expected |= {
            "f1": sk.f1_score(truth, predicted),
            "precision": sk.precision_score(truth, predicted),
            "recall": sk.recall_score(truth, predicted),
        }
    else:
        expected |= {
            "f1_macro": sk.f1_score(truth, predicted, average="macro"),
            "f1_weighted": sk.f1_score(truth, predicted, average="weighted"),
            "precision_macro": sk.precision_score(truth, predicted, average="macro"),
            "recall_macro": sk.recall_score(truth, predicted, average="macro"),
        }
    # Not a digit of metrics.json depends on how the rows are counted.
    assert {name: scores[name] for name in expected} == expected


@pytest.mark.parametrize("outcome", [binary_outcome(300), several_classes(300)])
def test_curves_are_those_of_the_rows_in_any_order(outcome: Outcome) -> None:
    assert outcome.probabilities is not None
    curves = class_curves(outcome)
    assert {curve.place for curve in curves} == ({1} if outcome.is_binary else {0, 1, 2, 3})
    for curve in curves:
        is_true, probability = outcome.truth == curve.place, outcome.probabilities[:, curve.place]
        false_rate, true_rate, _ = sk.roc_curve(is_true, probability)
        precision, recall, _ = sk.precision_recall_curve(is_true, probability)
        assert np.array_equal(curve.roc, [false_rate, true_rate])
        assert np.array_equal(curve.precision_recall, [recall, precision])
        assert curve.auroc == sk.roc_auc_score(is_true, probability)
        assert curve.auprc == sk.average_precision_score(is_true, probability)


def test_where_some_rows_have_a_class_that_the_model_does_not_know_there_is_no_curve() -> None:
    known = binary_outcome(50)
    truth = np.append(known.truth[1:], np.int32(2))
    unknown = Outcome(known.predicted, truth, known.probabilities, [*known.labels, "perhaps"])
    assert class_curves(unknown) == []
    one_class = Outcome(known.predicted, np.ones(50, np.int32), known.probabilities, known.labels)
    assert class_curves(one_class) == []


def test_labels_are_recognised_as_they_are_written() -> None:
    parts = OutcomeParts([0, 1])
    half = np.full((4, 2), 0.5)
    parts.add(np.array([0, 1, 1, 1]), half, pd.Series([0.0, 1.0, np.nan, 7.0]))
    parts.add(np.array([0, 1, 1, 1]), half, pd.Series(["0", "1", "7", None], dtype=object))
    outcome = parts.whole()
    assert outcome.truth.tolist() == [0, 1, -1, 2, 0, 1, 2, -1]
    assert outcome.unseen == [7]  # as it is written in the file
    assert len(outcome.scored()) == 6


def test_the_interval_holds_the_score_and_narrows_with_more_rows() -> None:
    widths = []
    for rows in (200, 1_000, 25_000):
        outcome = binary_outcome(rows)
        score = score_functions(outcome)["average_precision"]
        found = interval(outcome, "average_precision", score, float(score(outcome)))
        assert found and found.low < score(outcome) < found.high
        assert found == interval(outcome, "average_precision", score, float(score(outcome)))
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]
    # The large sample's interval, narrowed from smaller ones, is as wide as the theory says.
    assert widths[2] == pytest.approx(widths[0] * np.sqrt(200 / 25_000), rel=0.35)


def test_a_score_that_most_resamples_leave_undefined_has_no_interval() -> None:
    outcome = binary_outcome(6).at(np.array([0]))
    score = score_functions(outcome)["average_precision"]
    assert interval(outcome, "average_precision", score, 1.0) is None


def test_the_thresholds_are_scikit_learns() -> None:
    outcome = binary_outcome(500)
    table = {row.threshold: row for row in threshold_table(outcome, 0.37)}
    assert [row.threshold for row in table.values() if row.is_the_models] == [0.37]
    guess = outcome.positive_probability > 0.8
    assert table[0.8].precision == pytest.approx(sk.precision_score(outcome.is_positive, guess))
    assert table[0.8].recall == pytest.approx(sk.recall_score(outcome.is_positive, guess))
    assert table[0.8].f1 == pytest.approx(sk.f1_score(outcome.is_positive, guess))


def test_calibration_tells_honest_from_boastful_probabilities() -> None:
    honest = binary_outcome(5_000)
    assert calibration_error(calibration_table(honest)) < 0.03
    assert calibration_table(honest)["rows"].sum() == 5_000
    assert honest.probabilities is not None
    boasting = (honest.probabilities > 0.5).astype(np.float32)
    liar = Outcome(honest.predicted, honest.truth, boasting, honest.labels)
    assert calibration_error(calibration_table(liar)) > 0.2


def test_gains_end_at_everything_and_beat_a_random_order() -> None:
    found = gains(binary_outcome(1_000))
    assert found
    shares = dict(found.table())
    assert shares[1.0] == 1.0
    assert shares[0.2] > 0.3
    negative = Outcome(np.array([1.0, 2.0]), np.array([-1.0, 3.0]), None, [])
    assert gains(negative) is None


@pytest.mark.parametrize("first", [0, 1])
def test_rows_that_the_model_can_not_tell_apart_gain_nothing_by_their_place(first: int) -> None:
    truth = np.repeat([first, 1 - first], 50)
    same = np.full((100, 2), 0.5, np.float32)
    for outcome in (
        Outcome(np.zeros(100, int), truth, same, ["no", "yes"]),
        Outcome(np.full(100, 2.0), truth.astype(float), None, []),
    ):
        found = gains(outcome)
        assert found and np.allclose(found.gain, found.share)
    three = Outcome(np.zeros(100, int), truth, np.full((100, 3), 1 / 3), ["a", "b", "c"])
    found = gains(three)
    assert found and np.allclose(found.gain, 0.5)
    for alike in (outcome.at(truth == 1), outcome.at(truth == 0)):
        assert gains(alike) is None


def test_a_correlation_of_the_same_prediction_in_every_row_is_undefined() -> None:
    outcome = Outcome(np.full(3, 5.0), np.array([1.0, 2.0, 3.0]), None, [])
    found = score_table(outcome, score_functions(outcome))
    assert {found.scores["pearsonr"], found.scores["spearmanr"]} == {None}
    assert found.scores["r2"] == pytest.approx(sk.r2_score(outcome.truth, outcome.predicted))
    assert any("all predictions are the same" in note for note in found.notes)


def test_the_worst_group_is_large_enough_and_worse_by_more_than_chance() -> None:
    rows = 2_000
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "region": random.choice(["north", "south"], rows),
            "tiny": np.where(np.arange(rows) < 5, "rare", "usual"),
            "age": random.normal(40, 10, rows),
            "label": 1,
        }
    )
    wrong = (random.random(rows) < np.where(table["region"] == "south", 0.4, 0.1)).astype(np.int32)
    wrong[:5] = 1
    truth = np.ones(rows, np.int32)
    outcome = Outcome(1 - wrong, truth, np.full((rows, 2), 0.5), [0, 1])
    written = table.to_csv(index=False).encode()
    groups = ErrorGroups(check_of(written, written).as_json())
    for part in np.array_split(np.arange(rows), 3):
        groups.add(table.iloc[part.tolist()], outcome.at(part))
    worst = groups.worst()
    assert (worst.groups[0].column, worst.groups[0].value) == ("region", "south")
    south = (table["region"] == "south").to_numpy()
    assert worst.groups[0].rows == south.sum()
    assert worst.groups[0].error == pytest.approx(wrong[south].mean())
    assert len(worst.groups) == 1  # no other group is worse by more than chance


def test_batches_hold_what_the_whole_table_holds(tmp_path: Path) -> None:
    rows = 150_000
    table = pd.DataFrame({"label": np.arange(rows) % 3, "x": np.arange(rows) / 7})
    table["note"] = 'line one\nand ""two"" of a long text that fills the blocks, ' + table[
        "x"
    ].astype(str)
    written = table.to_csv(index=False).encode()
    (tmp_path / "test.csv").write_bytes(written)
    check = check_of(written, written).as_json()
    batches = list(batches_in(tmp_path, check, "test"))
    assert len(batches) > 1
    pd.testing.assert_frame_equal(
        pd.concat(batches, ignore_index=True), table_in(tmp_path, check, "test")
    )


def test_baselines_take_any_table_and_are_saved(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "x": [1.0, 2.0, np.nan, 4.0] * 20,
            "empty": np.nan,
            "word": ["a", None, "b", "c"] * 20,
            "label": ["yes", "no", "yes", "no"] * 20,
        }
    )
    save_baselines(fitted_baselines(table, "label", ["no", "yes"], "f1"), tmp_path)
    names = [baseline.name for baseline in saved_baselines(tmp_path)]
    assert names == ["always the most frequent class", "a linear model", "a small tree"]
    new = table.drop(columns=["label", "empty"]).assign(word="never seen")
    new.loc[0, "x"] = np.inf
    prepared: dict[int, Any] = {}
    for baseline in saved_baselines(tmp_path):
        predicted, probabilities = baseline.prediction(new, 2, prepared)
        assert probabilities is not None
        whole = baseline.estimator.predict_proba(new.reindex(columns=baseline.columns))
        assert np.array_equal(probabilities, whole.astype(np.float32))
        assert np.allclose(probabilities.sum(axis=1), 1)
        assert set(predicted) <= {0, 1}
    assert len(prepared) == 1  # both simple models begin with the same step
    (tmp_path / BASELINES).unlink()
    assert saved_baselines(tmp_path) == []


def test_an_undefined_score_says_why() -> None:
    outcome = binary_outcome(50)
    found = score_table(outcome.at(outcome.is_positive), score_functions(outcome))
    assert found.scores["roc_auc"] is None
    assert any("roc_auc" in note and "only one class" in note for note in found.notes)


def test_a_correlation_with_what_never_changes_is_undefined() -> None:
    outcome = Outcome(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0]), None, [])
    found = score_table(outcome, score_functions(outcome))
    assert {found.scores["r2"], found.scores["pearsonr"], found.scores["spearmanr"]} == {None}
    assert found.scores["root_mean_squared_error"] is not None
    assert any("all true values are the same" in note for note in found.notes)


def test_a_whole_number_is_shown_whole() -> None:
    assert [number(value) for value in (0.0, 1.0, 3.0, 2.5, 1200.0)] == [
        *("0", "1", "3", "2.500", "1,200"),
    ]


def test_a_library_that_is_missing_is_told_in_plain_words() -> None:
    failure = {"model": "TabM", "exc_type": "ImportError", "exc_str": "`pip install x` …"}
    assert failure_in_words(failure) == "TabM: not tried: its library is not installed here."
    other = {"model": "A", "exc_type": "ValueError", "exc_str": "too\nshort"}
    assert failure_in_words(other) == "A: failed (ValueError: too short)."


@pytest.mark.parametrize(
    ("truth", "predicted", "told"),
    [
        ([1, 1, 0], [1, 0, 0], "Of 2 “yes”, 1 was found; every row predicted as “yes” is right."),
        ([1, 1, 0], [1, 1, 1], "Of 2 “yes”, 2 were found; 1 of the 3 predicted as “yes” is wrong."),
        ([1, 1, 0], [0, 0, 0], "Of 2 “yes”, 0 were found; no row was predicted as “yes”."),
        (
            [0, 0],
            [0, 1],
            "There is no “yes” among 2 test rows; 1 of the 1 predicted as “yes” is wrong.",
        ),
    ],
)
def test_the_result_in_rows(truth: list[int], predicted: list[int], told: str) -> None:
    outcome = Outcome(
        np.array(predicted), np.array(truth), np.full((len(truth), 2), 0.5), ["no", "yes"]
    )
    assert plain_result("label", outcome) == told


def test_a_name_that_nobody_can_see_is_spelled() -> None:
    assert shown("\u200b") == "“\\u200b”"
    assert shown("a\u200bb") == "a\u200bb"
    assert shown("") == "“”"


class _Predictor:
    model_best = "big"

    def __init__(self, folder: Path) -> None:
        self.path = str(folder)
        for name, size in {"big": 900, "small": 10, "broken": 10}.items():
            (folder / "models" / name).mkdir(parents=True)
            (folder / "models" / name / "model.pkl").write_bytes(b"0" * size)

    def model_names(self, can_infer: bool | None = None) -> list[str]:
        return ["big", "small"] if can_infer else ["big", "small", "broken"]


def test_large_models_that_are_not_needed_are_dropped(tmp_path: Path) -> None:
    predictor = _Predictor(tmp_path)
    assert kept_models(predictor, most_bytes=1_000) == ["big", "small"]
    assert kept_models(predictor, most_bytes=900) == ["big"]


def test_a_number_equal_to_an_edge_is_in_the_quarter_below_it() -> None:
    numbers = [50.0 if 40 <= n <= 60 else float(n) for n in range(200)]
    table = pd.DataFrame({"x": [*numbers, *[np.nan] * 8] * 10})
    table["label"] = np.where(np.arange(len(table)) % 3, "yes", "no")
    wrong = ((table["x"] <= 50) | table["x"].isna()).to_numpy()
    truth = (table["label"] == "yes").to_numpy().astype(int)
    half = np.full((len(table), 2), 0.5)
    written = table.to_csv(index=False).encode()
    groups = ErrorGroups(check_of(written, written).as_json())
    groups.add(table, Outcome(truth ^ wrong, truth, half, ["no", "yes"]))
    found = {group.value: (group.rows, group.error) for group in groups.worst().groups}
    assert found == {"up to 50": (610, 1.0), "missing": (80, 1.0)}


@pytest.mark.parametrize(
    ("count", "seconds", "minutes", "measured", "shuffles"),
    [
        (900, 0.1, 1, 900, 3),
        (111, 30.0, 1, 111, 3),
        (2_000, 0.1, 1, 2_000, 3),
        (9_000, 0.1, 1, 5_000, 1),
        (9_000, 2.0, 1, 100, 1),
        (9_000, 2.0, 2, 432, 1),
        (9_000, 2.0, 4, 4_475, 1),
    ],
)
def test_the_importance_is_measured_on_the_rows_that_there_is_time_for(
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    seconds: float,
    minutes: int,
    measured: int,
    shuffles: int,
) -> None:
    """A call takes a tenth of a second whatever it predicts, and each row a little more. Of a small
    file no row and no shuffle is left out where all else on the machine makes that 30 seconds; of a
    large one more rows are measured instead of the same ones again."""
    clock = [0.0]

    def prediction(table: pd.DataFrame) -> tuple[Array, Array | None]:
        clock[0] += seconds + 1e-5 * len(table)
        return table["x0"].to_numpy(float), None

    predicted = np.arange(float(count))
    rows = pd.DataFrame({f"x{n}": predicted for n in range(30)})
    monkeypatch.setattr(importance, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(importance, "used_columns", lambda _: [*rows])
    model: Any = SimpleNamespace(
        prediction=prediction,
        predictor=None,
        metric="root_mean_squared_error",
        record={"time_limit_seconds": 60.0 * minutes},
    )
    found = importance.importance(model, rows, Outcome(predicted, predicted + 1, None, []))
    assert isinstance(found, importance.Importance)
    assert (found.rows, found.left_out) == (measured, 0)
    assert found.table["feature"][0] == "x0" and set(found.table["shuffles"]) == {shuffles}


def test_no_row_is_left_to_get_its_own_value_for_its_importance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a few rows are measured first, those that remain are enough to be shuffled."""
    columns, count = 120, 101
    predicted_at_once = []

    def prediction(table: pd.DataFrame) -> tuple[Array, Array | None]:
        predicted_at_once.append(len(table))
        return table["x0"].to_numpy(float), None

    rows = pd.DataFrame({f"x{column}": np.arange(float(count)) for column in range(columns)})
    monkeypatch.setattr(importance, "used_columns", lambda _: [*rows])
    model: Any = SimpleNamespace(
        prediction=prediction,
        predictor=None,
        metric="mean_absolute_error",
        record={"time_limit_seconds": 60.0},
    )
    truth = np.arange(float(count))
    importance.importance(model, rows, Outcome(truth, truth, None, []))
    assert set(predicted_at_once) == {columns * count}


@pytest.mark.parametrize("metric", ["mean_absolute_error", "root_mean_squared_error"])
def test_the_interval_of_an_importance_is_as_wide_as_it_varies(
    monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    """Other test rows of the same kind give another importance: by which rows lose their values,
    and by which values they get instead."""
    random = np.random.default_rng(0)
    monkeypatch.setattr(importance, "used_columns", lambda _: ["x"])
    model: Any = SimpleNamespace(
        prediction=lambda table: (table["x"].to_numpy(float), None), predictor=None, metric=metric
    )

    def measured() -> "pd.Series[Any]":
        values = random.standard_normal(200)
        truth = values + 0.3 * random.standard_normal(200)
        rows = pd.DataFrame({"x": values})
        found = importance.importance(model, rows, Outcome(values, truth, None, []))
        assert isinstance(found, importance.Importance)
        return found.table.iloc[0]

    drawn = pd.DataFrame([measured() for _ in range(400)])
    reach = (drawn["high"] - drawn["low"]) / 2
    assert set(drawn["shuffles"]) == {3}
    assert 0.9 < reach.mean() / (1.96 * drawn["importance"].std()) < 1.1
