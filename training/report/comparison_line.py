"""How the model compares with the approved one, in words."""

from training.evaluation.against_approved import AgainstApproved
from training.evaluation.evaluation import Evaluation
from training.job.language import spoken, to_speak
from training.report.wording import metric_title, percent, score

_VERDICTS = {
    "better": to_speak("It is clearly better than the approved model of run {run}."),
    "no clear difference": to_speak(
        "There is no clear difference from the approved model of run {run}."
    ),
    "worse": to_speak("It is clearly worse than the approved model of run {run}."),
}


def comparison_in_words(found: Evaluation) -> str | None:
    """The verdict with its numbers, or why there is none; None where no model was approved."""
    told = found.against
    if told is None:
        return None
    if told.verdict == "not compared":
        return spoken(
            "It was not compared with the approved model of run {run}. {why}",
            run=told.run,
            why=told.why,
        )
    verdict = spoken(_VERDICTS[told.verdict], run=told.run)
    parts = [verdict, _numbers(found.model.metric, told), _left_out(told), told.why]
    return " ".join(part for part in parts if part)


def _numbers(metric: str, told: AgainstApproved) -> str:
    facts = {
        "metric": metric_title(metric),
        "ours": score(told.score),
        "theirs": score(told.approved_score),
        "rows": told.rows,
    }
    if told.interval is None:
        return spoken(
            "{metric} is {ours}, and {theirs} for that one, on the same {rows:,} test rows.",
            **facts,
        )
    low, high = told.interval
    return spoken(
        "{metric} is {ours}, and {theirs} for that one, on the same {rows:,} test rows "
        "({confidence} confidence interval of the difference: {low} to {high}; above zero favours "
        "this model).",
        **facts,
        confidence=percent(told.confidence),
        low=score(low),
        high=score(high),
    )


def _left_out(told: AgainstApproved) -> str:
    if not told.left_out:
        return ""
    return spoken(
        "{left_out:,} test {left_out:row|rows} that one of the two may have been trained on "
        "{left_out:was|were} left out.",
        left_out=told.left_out,
    )
