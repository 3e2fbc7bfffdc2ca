"""How good a run's model is, by its main metric, and beside the strongest baseline."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lambdas.language import translated


@dataclass(frozen=True)
class Score:
    """The score on the test rows, with its interval, and the strongest baseline beside it.

    ``verdict`` is how the model compares with that: ``better``, ``no clear difference``, ``worse``.
    """

    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    baseline_name: str = ""
    baseline: float | None = None
    verdict: str = ""

    @property
    def baseline_words(self) -> str:
        """The baseline, in the language that is spoken."""
        return translated(self.baseline_name)

    @classmethod
    def of(cls, metrics: Any) -> Self | None:
        """The score in what metrics.json, or a summary, holds; None where there is none.

        The stack's own training code writes it, which may be anybody's: what is of another form
        than it should be is not told, and the other runs are.
        """
        value = finite(metrics.get("score"))
        if value is None:
            return None
        interval = _mapping(metrics.get("interval"))
        differences = {
            name: difference
            for name, told in _mapping(metrics.get("comparisons")).items()
            if (difference := finite(_mapping(told).get("difference"))) is not None
        }
        # A positive difference favours the model, whatever the score.
        strongest = min(differences, key=lambda name: differences[name], default="")
        compared = _mapping(_mapping(metrics.get("comparisons")).get(strongest))
        return cls(
            metric=str(metrics.get("eval_metric") or ""),
            value=value,
            low=finite(interval.get("low")),
            high=finite(interval.get("high")),
            confidence=finite(interval.get("confidence")),
            baseline_name=strongest,
            baseline=finite(_mapping(metrics.get("baselines")).get(strongest)),
            verdict=str(compared.get("verdict") or ""),
        )


def finite(value: object) -> float | None:
    """The value, if it is a number that can be calculated with."""
    if isinstance(value, int | float) and abs(value) <= sys.float_info.max:
        return float(value)
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
