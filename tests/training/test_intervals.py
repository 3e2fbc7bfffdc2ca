"""Whether the intervals hold what they promise: simulated tests whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest

from training.model.outcome import Array, Outcome
from training.scoring.comparison import comparison
from training.scoring.intervals import interval
from training.scoring.scores import score_functions, value_of
from training.scoring.shares import Share, share_interval, wilson

TRIALS = 200
MANY = 200_000
Make = Callable[[int, np.random.Generator], Outcome]


def _of_classes(scores: Array, truth: Array) -> Outcome:
    """What a model says that knows the classes' shares given ``scores``, their log odds (n, k)."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    return Outcome(predicted, truth, probabilities, list(range(scores.shape[1])))


def two_classes(distance: float, share: float = 0.4) -> Make:
    def made(rows: int, random: np.random.Generator) -> Outcome:
        truth = (random.random(rows) < share).astype(np.int32)
        x = random.normal(size=rows) + distance * truth
        odds = distance * x - distance**2 / 2 + np.log(share / (1 - share))
        return _of_classes(np.column_stack([np.zeros(rows), odds]), truth)

    return made


def three_classes(distance: float) -> Make:
    def made(rows: int, random: np.random.Generator) -> Outcome:
        shares = np.array([0.5, 0.3, 0.2])
        truth = random.choice(3, rows, p=shares).astype(np.int32)
        x = random.normal(size=(rows, 3)) + distance * np.eye(3)[truth]
        return _of_classes(x * distance + np.log(shares), truth)

    return made


def numbers(kind: str) -> Make:
    def made(rows: int, random: np.random.Generator) -> Outcome:
        truth = 3 * random.normal(size=rows)
        return Outcome(truth + getattr(random, kind)(size=rows), truth, None, [])

    return made


@pytest.mark.parametrize(
    ("make", "metrics", "least"),
    [
        (two_classes(1.5), ("accuracy", "f1", "roc_auc", "log_loss"), 0.9),
        (two_classes(3.5), ("accuracy", "f1", "roc_auc", "balanced_accuracy", "mcc"), 0.9),
        (three_classes(1.6), ("f1_macro",), 0.9),
        (three_classes(4), ("f1_macro",), 0.9),  # most tests have no mistake at all
        (numbers("normal"), ("root_mean_squared_error", "mean_absolute_error"), 0.9),
        (numbers("laplace"), ("root_mean_squared_error", "mean_absolute_error"), 0.88),
    ],
)
def test_a_95_percent_interval_holds_the_true_score_that_often(
    make: Make, metrics: tuple[str, ...], least: float
) -> None:
    random = np.random.default_rng(0)
    functions = score_functions(population := make(MANY, random))
    for metric in metrics:
        score = functions[metric]
        true = value_of(score, population)
        for rows in (50, 200):
            held = 0
            for _ in range(TRIALS):
                outcome = make(rows, random)
                found = interval(outcome, metric, score, value_of(score, outcome))
                held += found is not None and found.low <= true <= found.high
            assert held / TRIALS >= least, f"{metric} of {rows} rows: {held / TRIALS:.3f}"


@pytest.mark.parametrize("metric", ["accuracy", "f1", "roc_auc", "balanced_accuracy", "mcc"])
def test_a_perfect_score_of_few_rows_is_not_certain(metric: str) -> None:
    outcome = two_classes(60)(54, np.random.default_rng(0))
    score = score_functions(outcome)[metric]
    found = interval(outcome, metric, score, value_of(score, outcome))
    assert found and found.high == 1 and 0.8 < found.low < 0.96


def test_a_share_has_wilsons_interval() -> None:
    # Brown, Cai and DasGupta, and any table of it: 54 of 54, and 5 of 10.
    assert share_interval("accuracy", Share(54, 54)) == pytest.approx((0.9336, 1.0), abs=1e-4)
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    low, high = share_interval("f1", Share(52, 54))
    ends = wilson(52 / 54, 54)
    assert (low / (2 - low), high / (2 - high)) == pytest.approx(ends)


def two_views(distance: float, random: np.random.Generator, rows: int) -> list[Outcome]:
    """Two equally good models: each sees the same rows with a noise of its own."""
    truth = (random.random(rows) < 0.4).astype(np.int32)
    seen = random.normal(size=rows) + distance * truth
    views = []
    for _ in range(2):
        x = seen + 0.8 * random.normal(size=rows)
        odds = (distance * x - distance**2 / 2) / 1.64 + np.log(0.4 / 0.6)
        views.append(_of_classes(np.column_stack([np.zeros(rows), odds]), truth))
    return views


@pytest.mark.parametrize("metric", ["accuracy", "f1", "balanced_accuracy", "log_loss"])
def test_equal_models_are_rarely_told_apart(metric: str) -> None:
    random = np.random.default_rng(0)
    for distance, rows in ((1.5, 50), (3.5, 100)):
        apart = 0
        for _ in range(TRIALS):
            one, other = two_views(distance, random, rows)
            apart += verdict(one, other, metric) != "no clear difference"
        assert apart / TRIALS <= 0.09, f"{metric} of {rows} rows: {apart / TRIALS:.3f}"


@pytest.mark.parametrize("metric", ["root_mean_squared_error", "mean_absolute_error"])
def test_equal_models_of_numbers_are_rarely_told_apart(metric: str) -> None:
    random = np.random.default_rng(0)
    apart = 0
    for _ in range(TRIALS):
        truth, shared = random.normal(size=50), random.laplace(size=50)
        one, other = (
            Outcome(truth + shared + 0.5 * random.laplace(size=50), truth, None, [])
            for _ in range(2)
        )
        apart += verdict(one, other, metric) != "no clear difference"
    assert apart / TRIALS <= 0.09


def verdict(one: Outcome, other: Outcome, metric: str) -> str:
    score = score_functions(one)[metric]
    values = value_of(score, one), value_of(score, other)
    return comparison(one, other, metric, score, values).verdict


@pytest.mark.parametrize("metric", ["accuracy", "f1", "mcc"])
def test_54_right_rows_beside_53_are_no_clear_difference(metric: str) -> None:
    one = two_classes(60)(54, np.random.default_rng(0))
    said = one.predicted.copy()
    said[0] = 1 - said[0]
    other = Outcome(said, one.truth, one.probabilities, one.labels)
    assert verdict(one, other, metric) == "no clear difference"
    said = np.where(np.arange(54) < 8, 1 - one.predicted, one.predicted)
    other = Outcome(said, one.truth, one.probabilities, one.labels)
    assert verdict(one, other, metric) == "better"
    assert verdict(other, one, metric) == "worse"


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "root_mean_squared_error", "r2"])
def test_a_much_better_model_is_called_better_and_the_other_one_worse(metric: str) -> None:
    random = np.random.default_rng(0)
    if metric in {"roc_auc", "log_loss"}:
        good, bad = (two_classes(d)(200, np.random.default_rng(1)) for d in (3, 0.5))
    else:
        truth = random.normal(size=200)
        good, bad = (Outcome(truth + e * random.normal(size=200), truth, None, []) for e in (1, 2))
    assert verdict(good, bad, metric) == "better"
    assert verdict(bad, good, metric) == "worse"


def test_a_million_rows_have_their_intervals_within_seconds() -> None:
    outcome = three_classes(1.6)(1_000_000, np.random.default_rng(0))
    for metric in ("accuracy", "f1_macro", "log_loss"):
        score = score_functions(outcome)[metric]
        value = value_of(score, outcome)
        found = interval(outcome, metric, score, value)
        assert found and found.low < value < found.high and found.high - found.low < 0.01
