"""A score in words, as all pages tell it."""

from console.language import spoken
from operate.runs.score import Score


def words_of_score(score: Score | None) -> str:
    """The score with its interval; empty where there is none."""
    if score is None:
        return ""
    if score.low is None or score.high is None or score.confidence is None:
        return spoken("{metric}: {score:.4g}", metric=score.metric, score=score.value)
    return spoken(
        "{metric}: {score:.4g} ({confidence:.0%} confidence interval {low:.4g} to {high:.4g})",
        metric=score.metric,
        score=score.value,
        confidence=score.confidence,
        low=score.low,
        high=score.high,
    )
