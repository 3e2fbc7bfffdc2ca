"""The e-mail about a finished run: its result, its cost, and where everything is.

No value of a row is in it. The report's first sentence has names from the files in it, the column's
and those of classes: where one of them could pass for a link or a sentence, the mail does without.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken, to_speak, translated
from lambdas.pages.mail_parts import are_plain, mail_of_success, object_link, subject_about
from lambdas.state import Summary

_BASELINES = (
    to_speak("a linear model"),
    to_speak("a small tree"),
    to_speak("always the most frequent class"),
    to_speak("always the mean of the train file"),
    to_speak("always the median of the train file"),
)


@dataclass(frozen=True)
class Success:
    """A finished run, the classes of its rows, also those that its model does not know, and the ARN
    of its execution."""

    summary: Summary
    classes: list[object]
    execution: str

    @classmethod
    def of(cls, summary: Summary, metrics: Mapping[str, Any], execution: str) -> Self:
        """The run whose metrics.json holds these ``metrics``."""
        classes = [*(metrics.get("classes") or []), *(metrics.get("unknown_classes") or [])]
        return cls(summary, classes, execution)

    @property
    def has_plain_names(self) -> bool:
        """Whether nothing that people have named can pass for a link or a sentence."""
        return are_plain(self.summary["Configuration"]["Target"], *map(str, self.classes))


def success_subject(success: Success) -> str:
    """The mail's subject."""
    name = success.summary["Dataset"]
    return subject_about(name, f"Codefree: {name} is done", "Codefree: a run is done")


def success_mail(success: Success, bucket: Bucket, *, is_last: bool) -> str:
    """The mail's text; ``is_last`` says that no other follows on this day."""
    summary, execution = success.summary, success.execution
    folder, metrics = bucket.key(summary["Results"]), summary["Metrics"]
    parts = [_title(summary), _headline(success), _score(summary), _approval(summary)]
    parts.append(summary["Cost"]["Text"])
    if "report" in metrics:
        report = object_link(bucket, f"{folder}{metrics['report']}", execution)
        parts += [spoken("The report:"), report]
    predictions = f"{folder}{summary['Dataset']}_test_prediction.csv"
    parts += [
        spoken("The predictions for the test rows:"),
        object_link(bucket, predictions, execution),
        spoken(
            "What to do next: download the report and open it in a browser. It says how far the "
            "result can be trusted, which columns matter, and how to use the model. To train with "
            "other settings, upload a file of settings."
        ),
    ]
    return mail_of_success(parts, execution, is_last=is_last)


def _title(summary: Summary) -> str:
    run, name = summary["Run"], summary["Dataset"]
    if are_plain(name):
        return spoken("{name}: the run {run} is done.", name=name, run=run)
    return spoken("The run {run} is done.", run=run)


def _headline(success: Success) -> str:
    """The report's first sentence, if all names in it are plain ones."""
    headline = success.summary["Metrics"].get("headline", "")
    return str(headline) if success.has_plain_names else ""


def _approval(summary: Summary) -> str:
    """Whether its model takes over; empty for a run of before there was a registry."""
    return summary["Approval"]["Text"] if "Approval" in summary else ""


def _score(summary: Summary) -> str:
    """The score, its interval, and what it is compared with; empty where there is none."""
    metrics = summary["Metrics"]
    score, interval = metrics.get("score"), metrics.get("interval")
    if score is None:
        return ""
    told = spoken("{metric}: {score:.4g}", metric=metrics["eval_metric"], score=score)
    if interval:
        told = spoken(
            "{metric}: {score:.4g} ({confidence:.0%} confidence interval {low:.4g} to {high:.4g})",
            metric=metrics["eval_metric"],
            score=score,
            confidence=interval["confidence"],
            low=interval["low"],
            high=interval["high"],
        )
    lines = [told]
    for name, value in metrics.get("baselines", {}).items():
        if value is not None and name in _BASELINES:
            lines.append(
                spoken("  {baseline}: {score:.4g}", baseline=translated(name), score=value)
            )
    return "\n".join(lines)
