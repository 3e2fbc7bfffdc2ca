"""What the evaluation can't know, in the report that it has written: the run, its files, its cost,
and whether its model was approved.

The evaluation leaves places for them between two comments, and its metrics.json names the file.
"""

import re
from html import escape
from urllib.parse import quote

from lambdas.bucket.run_name import began
from lambdas.language import spoken, spoken_day
from lambdas.state import PredictionSummary, Summary


def filled_report(page: str, summary: Summary) -> str:
    """``page`` with everything in its place; again, it is the same."""
    page = with_content(with_content(page, "run", _run(summary)), "cost", cost_told(summary))
    if "Approval" not in summary:
        return page
    return with_content(page, "approval", escape(summary["Approval"]["Text"]))


def with_content(page: str, place: str, content: str) -> str:
    """The ``page`` with the ``content``, which is HTML, in its ``place``."""
    pattern = re.compile(f"<!-- {place} -->.*?<!-- /{place} -->", re.DOTALL)
    return pattern.sub(lambda _: f"<!-- {place} -->{content}<!-- /{place} -->", page)


def _run(summary: Summary) -> str:
    """Files are named from the report's own folder, so that a copy of the folder has them, too."""
    model = summary["Model"].removeprefix(summary["Results"])
    links = {spoken("the check of the data"): "check.html", spoken("the model"): model}
    told = "".join(f' · <a href="{quote(href)}">{escape(text)}</a>' for text, href in links.items())
    return f"{told} · {escape(named_run(summary['Run']))}"


def named_run(run: str) -> str:
    """The run and when it began, which its name begins with unless somebody named it otherwise."""
    try:
        at = began(run)
    except ValueError:
        return spoken("run {run}", run=run)
    return spoken(
        "{day}, {time} UTC, run {run}",
        day=spoken_day(at.day, at.month, at.year),
        time=f"{at:%H:%M}",
        run=run,
    )


def cost_told(summary: Summary | PredictionSummary) -> str:
    """What it cost, why there, and what was tried, as HTML."""
    told = [summary["Cost"]["Text"], spoken("Chosen: {why}", why=summary["Instance"]["Why"])]
    told += [
        spoken(
            "{step} on {type} failed: {why}",
            step=attempt["Step"],
            type=attempt["Type"],
            why=attempt["Why"],
        )
        for attempt in summary["Attempts"]
    ]
    return "".join(f"<p>{escape(text)}</p>" for text in told)
