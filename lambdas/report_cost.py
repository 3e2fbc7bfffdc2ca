"""The cost and the instance in the report that the evaluation has written.

The evaluation knows neither: it leaves a place for them between two comments, and its metrics.json
names the file.
"""

import re
from html import escape
from typing import Any

_PLACE = re.compile(r"<!-- cost -->.*?<!-- /cost -->", re.DOTALL)


def with_cost(page: str, summary: dict[str, Any]) -> str:
    """``page`` with the run's instance, attempts and cost in their place; again, it is the same."""
    told = [summary["Cost"]["Text"], f"Chosen: {summary['Instance']['Why']}"]
    told += [
        f"{attempt['Step']} on {attempt['Type']} was tried in vain: {attempt['Why']}"
        for attempt in summary["Attempts"]
    ]
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in told)
    return _PLACE.sub(lambda _: f"<!-- cost -->{paragraphs}<!-- /cost -->", page)
