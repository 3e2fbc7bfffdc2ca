"""The e-mail about a finished prediction: how many rows, by which model, the cost, and where it is.

No value of a row is in it, and no name that could pass for a link or a sentence.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken
from lambdas.pages.mail_parts import are_plain, mail_of_success, object_link, subject_about
from lambdas.state import PredictionSummary


def prediction_subject(summary: PredictionSummary) -> str:
    """The mail's subject."""
    name = summary["Dataset"]
    named = f"Codefree: predictions for {name} are done"
    return subject_about(name, named, "Codefree: predictions")


def prediction_mail(
    summary: PredictionSummary,
    told: Mapping[str, Any],
    bucket: Bucket,
    execution: str,
    *,
    is_last: bool,
) -> str:
    """The mail's text; ``told`` is prediction.json, ``is_last`` says that no other follows on this
    day."""
    parts = [
        _title(summary, told),
        _headline(summary, told),
        _drift(told),
        summary["Cost"]["Text"],
        spoken("The predictions:"),
        object_link(bucket, bucket.key(summary["Predictions"]), execution),
        spoken("The page about them:"),
        object_link(bucket, bucket.key(summary["Page"]), execution),
    ]
    return mail_of_success(parts, execution, is_last=is_last)


def _title(summary: PredictionSummary, told: Mapping[str, Any]) -> str:
    names = (summary["Dataset"], summary["File"])
    rows, run = told.get("rows", summary["Rows"]["Rows"]), summary["Model"]["Run"]
    if are_plain(*names):
        return spoken(
            "{name}: {rows:,} {rows:row|rows} of {file} are predicted with the model of the run "
            "{run}.",
            name=names[0],
            file=names[1],
            rows=rows,
            run=run,
        )
    return spoken(
        "{rows:,} {rows:row|rows} are predicted with the model of the run {run}.",
        rows=rows,
        run=run,
    )


def _headline(summary: PredictionSummary, told: Mapping[str, Any]) -> str:
    """The page's first sentence, if all names that may be in it are plain ones."""
    counted = told.get("predictions")
    classes = counted if isinstance(counted, dict) else {}
    names = [summary["Dataset"], summary["File"], str(told.get("target", "")), *map(str, classes)]
    return str(told.get("headline", "")) if are_plain(*names) else ""


def _drift(told: Mapping[str, Any]) -> str:
    warnings = len(told.get("warnings", []))
    if not warnings:
        return ""
    return spoken(
        "{warnings:,} {warnings:thing is|things are} worth a look; the page says which.",
        warnings=warnings,
    )
