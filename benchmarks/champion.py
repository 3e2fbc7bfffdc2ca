"""How often a model takes over from the approved one, where the truth is known.

Two models predict the same rows. Each sees what there is to see with a noise of its own: of equal
models the noise is equally large, and of a better one it is smaller. What is shown is the share of
repetitions in which the first is called clearly better.
"""

from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from training.evaluation.champion import CONFIDENCE
from training.model.outcome import Array, Outcome
from training.scoring.comparison import comparison
from training.scoring.scores import score_functions, value_of

# Predictions of two models for so many rows, with these noises.
Made = Callable[[int, tuple[float, float], np.random.Generator], tuple[Outcome, Outcome]]

_REPETITIONS = 2000
# Scores without a formula are resampled in every repetition.
_REPETITIONS_OF_SLOW_ONES = 400
_SLOW = {"roc_auc", "average_precision", "r2"}
_ROWS = (50, 200, 1000)
_PAIRS = {"equal": (0.8, 0.8), "better": (0.4, 1.2), "much better": (0.2, 1.5)}
_SHARE, _DISTANCE = 0.4, 1.5


def two_classes(
    rows: int, noises: tuple[float, float], random: np.random.Generator
) -> tuple[Outcome, Outcome]:
    """Two classes; each model knows the odds of what it sees."""
    truth = (random.random(rows) < _SHARE).astype(np.int32)
    seen = random.normal(size=rows) + _DISTANCE * truth

    def model(noise: float) -> Outcome:
        x = seen + noise * random.normal(size=rows)
        odds = (_DISTANCE * x - _DISTANCE**2 / 2) / (1 + noise**2) + np.log(_SHARE / (1 - _SHARE))
        yes = 1 / (1 + np.exp(-odds))
        probabilities: Array = np.column_stack([1 - yes, yes]).astype(np.float32)
        predicted = probabilities.argmax(axis=1).astype(np.int32)
        return Outcome(predicted, truth, probabilities, [0, 1])

    return model(noises[0]), model(noises[1])


def numbers(
    rows: int, noises: tuple[float, float], random: np.random.Generator
) -> tuple[Outcome, Outcome]:
    """Numbers, with errors of long tails, a part of which both models make."""
    truth, shared = 3 * random.normal(size=rows), random.laplace(size=rows)

    def model(noise: float) -> Outcome:
        return Outcome(truth + shared + noise * random.laplace(size=rows), truth, None, [])

    return model(noises[0]), model(noises[1])


def takeovers(
    made: Made, metric: str, *, rows: int, noises: tuple[float, float], repetitions: int
) -> float:
    """The share of repetitions in which the first model is clearly better than the second."""
    random, taken = np.random.default_rng(0), 0
    for _ in range(repetitions):
        one, other = made(rows, noises, random)
        score = score_functions(one)[metric]
        values = value_of(score, one), value_of(score, other)
        found = comparison(one, other, metric, score, values, CONFIDENCE)
        taken += found.verdict == "better"
    return taken / repetitions


_METRICS: dict[str, Made] = {
    "accuracy": two_classes,
    "balanced_accuracy": two_classes,
    "f1": two_classes,
    "mcc": two_classes,
    "log_loss": two_classes,
    "roc_auc": two_classes,
    "average_precision": two_classes,
    "root_mean_squared_error": numbers,
    "mean_absolute_error": numbers,
    "r2": numbers,
}


def main() -> None:
    table = Table(title=f"A model takes over ({CONFIDENCE:.0%} interval above zero)")
    table.add_column("metric")
    table.add_column("test rows", justify="right")
    for pair in _PAIRS:
        table.add_column(pair, justify="right")
    for metric, made in _METRICS.items():
        times = _REPETITIONS_OF_SLOW_ONES if metric in _SLOW else _REPETITIONS
        for rows in _ROWS:
            shares = [
                takeovers(made, metric, rows=rows, noises=noises, repetitions=times)
                for noises in _PAIRS.values()
            ]
            table.add_row(metric, f"{rows:,}", *(f"{share:.1%}" for share in shares))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
