"""Compares a run with others row by row, on the test rows that they have predicted, too.

Reads a JSON object from the standard input: ``one`` (the path of the run's
NAME_test_prediction.csv), ``others`` (those of the others), ``classes`` (in the order of the run's
metrics.json, None for numbers), ``metric``, and ``language``. Prints a list with an object for each
of the others: ``verdict``, ``rows``, ``scores`` of both, ``difference`` (positive favours the run),
``low``, ``high``, ``confidence``; or the verdict "not compared" with ``reason``, and ``why``, a
sentence, where the reason is "no score".
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.evaluation.kept_predictions import KeptPredictions, kept_predictions
from training.evaluation.verdict import why_no_verdict
from training.job.language import spoken_in
from training.model.outcome import Outcome
from training.scoring.comparison import CONFIDENCE, comparison
from training.scoring.scores import Undefined, score_functions, value_of

_FEWEST_ROWS = 10


def main() -> None:
    """Compares as the standard input says."""
    asked = json.load(sys.stdin)
    with spoken_in(asked["language"]):
        print(json.dumps(compared(asked)))


def compared(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """How the run compares with each of the others."""
    classes, metric = asked["classes"], asked["metric"]
    one = kept_predictions(Path(asked["one"]), classes)
    return [
        _beside(one, kept_predictions(Path(other), classes), metric) for other in asked["others"]
    ]


def _beside(
    one: KeptPredictions | None, other: KeptPredictions | None, metric: str
) -> dict[str, Any]:
    if one is None or other is None:
        return _not_compared("no values")
    if not one.is_about_the_rows_of(other):
        return _not_compared("other rows")
    return _by_score(one.outcome.scored(), other.outcome.scored(), metric)


def _by_score(one: Outcome, other: Outcome, metric: str) -> dict[str, Any]:
    if len(one) < _FEWEST_ROWS:
        return _not_compared("few rows")
    if why := why_no_verdict(one):
        return _not_compared("no score", why)
    score = _score(metric, one)
    try:
        values = value_of(score, one), value_of(score, other)
    except Undefined as undefined:
        return _not_compared("no score", str(undefined))
    result = comparison(one, other, metric, score, values)
    return {
        **asdict(result),
        "rows": len(one),
        "scores": values,
        "confidence": CONFIDENCE if result.low is not None else None,
    }


def _score(metric: str, outcome: Outcome) -> Callable[[Outcome], Any]:
    if (known := score_functions(outcome).get(metric)) is not None:
        return known
    # Takes longer to load than all else.
    from autogluon.core.metrics import get_metric

    from training.scoring.metric_score import score_by

    return score_by(get_metric(metric))


def _not_compared(reason: str, why: str = "") -> dict[str, Any]:
    return {"verdict": "not compared", "reason": reason, "why": why}


if __name__ == "__main__":
    main()
