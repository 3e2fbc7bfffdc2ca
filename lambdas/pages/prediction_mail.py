"""The e-mail about a finished prediction: how many rows, by which model, the cost, and where it is.

No value of a row is in it, and no name that could pass for a link or a sentence.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken
from lambdas.pages.daily_mails import MOST_A_DAY
from lambdas.pages.failure_mail import PLAIN_NAME
from lambdas.state import PredictionSummary


def prediction_subject(summary: PredictionSummary) -> str:
    """The mail's subject, which may have 100 characters of ASCII (SNS, Publish)."""
    name = summary["Dataset"]
    is_told = name.isascii() and PLAIN_NAME.fullmatch(name)
    return f"Codefree: predictions for {name} are done" if is_told else "Codefree: predictions"


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
    region = execution.split(":")[3]
    console = f"https://{region}.console.aws.amazon.com"

    def link(uri: str) -> str:
        key = quote(bucket.key(uri), safe="")
        return f"  {console}/s3/object/{bucket.name}?region={region}&prefix={key}"

    parts = [
        _title(summary, told),
        _headline(summary, told),
        _drift(told),
        summary["Cost"]["Text"],
        spoken("The predictions:"),
        link(summary["Predictions"]),
        spoken("The page about them:"),
        link(summary["Page"]),
        spoken(
            "The execution: {address}",
            address=f"{console}/states/home?region={region}#/v2/executions/details/{execution}",
        ),
    ]
    if is_last:
        parts.append(
            spoken(
                "This is the last of {most} mails about finished runs and predictions of this day "
                "(UTC). Later ones are not mailed: codefree status lists all of them.",
                most=MOST_A_DAY,
            )
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(summary: PredictionSummary, told: Mapping[str, Any]) -> str:
    names = (summary["Dataset"], summary["File"])
    rows, run = told.get("rows", summary["Rows"]["Rows"]), summary["Model"]["Run"]
    if all(PLAIN_NAME.fullmatch(name) for name in names):
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
    is_plain = all(PLAIN_NAME.fullmatch(name) for name in names)
    return str(told.get("headline", "")) if is_plain else ""


def _drift(told: Mapping[str, Any]) -> str:
    warnings = len(told.get("warnings", []))
    if not warnings:
        return ""
    return spoken(
        "{warnings:,} {warnings:thing is|things are} worth a look; the page says which.",
        warnings=warnings,
    )
