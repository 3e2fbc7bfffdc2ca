"""How good a run's model is, by its main metric, and beside the strongest baseline."""

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
        """The score in what metrics.json, or a summary, holds; None where there is none."""
        value = _number(metrics.get("score"))
        if value is None:
            return None
        given = metrics.get("interval")
        interval = given if isinstance(given, dict) else {}
        comparisons = metrics.get("comparisons") or {}
        # A positive difference favours the model, whatever the score.
        strongest = min(comparisons, key=lambda name: comparisons[name]["difference"], default="")
        return cls(
            metric=str(metrics.get("eval_metric") or ""),
            value=value,
            low=_number(interval.get("low")),
            high=_number(interval.get("high")),
            confidence=_number(interval.get("confidence")),
            baseline_name=strongest,
            baseline=(metrics.get("baselines") or {}).get(strongest),
            verdict=comparisons[strongest]["verdict"] if strongest else "",
        )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
