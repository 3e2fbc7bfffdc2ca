"""The e-mail about a finished run: its result, its cost, and where everything is.

No value of a row is in it. The report's first sentence has names from the files in it, the column's
and those of classes: where one of them could pass for a link or a sentence, the mail does without.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken, to_speak, translated
from lambdas.pages.daily_mails import MOST_A_DAY
from lambdas.pages.failure_mail import PLAIN_NAME
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
        names = [self.summary["Configuration"]["Target"], *map(str, self.classes)]
        return all(PLAIN_NAME.fullmatch(name) for name in names)


def success_subject(success: Success) -> str:
    """The mail's subject, which may have 100 characters of ASCII (SNS, Publish)."""
    name = success.summary["Dataset"]
    is_told = name.isascii() and PLAIN_NAME.fullmatch(name)
    return f"Codefree: {name} is done" if is_told else "Codefree: a run is done"


def success_mail(success: Success, bucket: Bucket, *, is_last: bool) -> str:
    """The mail's text; ``is_last`` says that no other follows on this day."""
    summary = success.summary
    folder, metrics = bucket.key(summary["Results"]), summary["Metrics"]
    region = success.execution.split(":")[3]
    console = f"https://{region}.console.aws.amazon.com"

    def link(key: str) -> str:
        return f"  {console}/s3/object/{bucket.name}?region={region}&prefix={quote(key, safe='')}"

    parts = [_title(summary), _headline(success), _score(summary), _approval(summary)]
    parts.append(summary["Cost"]["Text"])
    if "report" in metrics:
        parts += [spoken("The report:"), link(f"{folder}{metrics['report']}")]
    predictions = f"{folder}{summary['Dataset']}_test_prediction.csv"
    parts += [spoken("The predictions for the test rows:"), link(predictions)]
    parts.append(
        spoken(
            "What to do next: download the report and open it in a browser. It says how far the "
            "result can be trusted, which columns matter, and how to use the model. To train with "
            "other settings, upload a file of settings."
        )
    )
    address = f"{console}/states/home?region={region}#/v2/executions/details/{success.execution}"
    parts.append(spoken("The execution: {address}", address=address))
    if is_last:
        parts.append(
            spoken(
                "This is the last of {most} mails about finished runs and predictions of this day "
                "(UTC). Later ones are not mailed: codefree status lists all of them.",
                most=MOST_A_DAY,
            )
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(summary: Summary) -> str:
    run, name = summary["Run"], summary["Dataset"]
    if PLAIN_NAME.fullmatch(name):
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
