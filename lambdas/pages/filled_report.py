"""What the evaluation can't know, in the report that it has written: the run, its files, its cost.

The evaluation leaves places for them between two comments, and its metrics.json names the file.
"""

import re
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from lambdas.state import Summary


def filled_report(page: str, summary: Summary) -> str:
    """``page`` with everything in its place; again, it is the same."""
    return _with(_with(page, "run", _run(summary)), "cost", _cost(summary))


def _with(page: str, place: str, content: str) -> str:
    pattern = re.compile(f"<!-- {place} -->.*?<!-- /{place} -->", re.DOTALL)
    return pattern.sub(lambda _: f"<!-- {place} -->{content}<!-- /{place} -->", page)


def _run(summary: Summary) -> str:
    """Files are named from the report's own folder, so that a copy of the folder has them, too."""
    model = summary["Model"].removeprefix(summary["Results"])
    links = {"the check of both files": "check.html", "the model": model}
    told = "".join(f' · <a href="{quote(href)}">{text}</a>' for text, href in links.items())
    return f"{told} · {_date(summary['Run'])}run {escape(summary['Run'])}"


def _date(run: str) -> str:
    """When the run began, which its name begins with; nothing where somebody named it otherwise."""
    try:
        began = datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return f"{began.day} {began:%B %Y, %H:%M} UTC, "


def _cost(summary: Summary) -> str:
    told = [summary["Cost"]["Text"], f"Chosen: {summary['Instance']['Why']}"]
    told += [
        f"{attempt['Step']} on {attempt['Type']} failed: {attempt['Why']}"
        for attempt in summary["Attempts"]
    ]
    return "".join(f"<p>{escape(text)}</p>" for text in told)
