"""A failure as a page for people."""

from dataclasses import dataclass
from html import escape
from typing import Any

from lambdas.cost import JobCost

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 52rem; padding: 0 1rem;
       overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
.why { padding: .8rem 1rem; border-left: .3rem solid #c62828; background: #c6282818; }
pre { overflow-x: auto; padding: .8rem 1rem; background: #8881; border-radius: .4rem;
      font-size: .85rem; white-space: pre-wrap; }
table { border-collapse: collapse; } th, td { padding: .2rem 1rem .2rem 0; text-align: left; }
"""


@dataclass(frozen=True)
class Failure:
    """What is to be told of a failed run; ``log`` are the last lines of its last job."""

    dataset: str
    run: str
    status: str
    step: str
    error: str
    reason: str
    execution: str
    console: str
    redrive: str
    is_redrivable: bool
    costs: list[JobCost]
    attempts: list[dict[str, Any]]
    log: list[str]

    @property
    def headline(self) -> str:
        """Which run failed where, in one sentence."""
        return f"{self.dataset}: the run {self.run} {self.ended_at}."

    @property
    def ended_at(self) -> str:
        """How and where it ended, as the end of a sentence."""
        how = {"ABORTED": "was stopped", "TIMED_OUT": "ran out of time"}.get(self.status, "failed")
        return f"{how} at {self.step or 'its start'}"

    @property
    def cost(self) -> str:
        """What the run cost until it failed."""
        if not self.costs:
            return "No job was started, so nothing was charged for training."
        total = sum(cost.usd for cost in self.costs)
        return f"So far its {len(self.costs)} job(s) cost about {total:.2f} USD."

    @property
    def what_to_do(self) -> str:
        """How to go on."""
        if not self.is_redrivable:
            return (
                "Mend what the reason names, in the files or in the stack's parameters, and upload "
                "one of the two files again: a new run starts by itself."
            )
        return (
            "Once the reason is mended, go on from the step that failed; finished steps are kept. "
            "In the console, open the execution and choose Redrive, or on the command line:"
        )


def failure_page(failure: Failure) -> str:
    """The failure as one page that needs no other file and no network."""
    command = f"<pre>{escape(failure.redrive)}</pre>" if failure.is_redrivable else ""
    parts = [
        f"<h1>{escape(failure.headline)}</h1>",
        f'<p class="why">{escape(failure.reason)}</p>',
        f"<h2>What to do</h2><p>{escape(failure.what_to_do)}</p>{command}",
        f'<p><a href="{escape(failure.console)}">The execution in the console</a></p>',
        f"<h2>Cost</h2><p>{escape(failure.cost)}</p>{_jobs(failure.costs)}",
    ]
    if failure.attempts:
        tried = "".join(f"<li>{escape(_tried(attempt))}</li>" for attempt in failure.attempts)
        parts.append(f"<h2>What was tried</h2><ul>{tried}</ul>")
    if failure.log:
        lines = escape("\n".join(failure.log))
        parts.append(f"<h2>The last lines of the job’s log</h2><pre>{lines}</pre>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(failure.dataset)}: why the run failed</title><style>{_STYLE}</style>"
        f"</head><body>{''.join(parts)}</body></html>\n"
    )


def _jobs(costs: list[JobCost]) -> str:
    if not costs:
        return ""
    rows = "".join(
        f"<tr><td>{escape(c.job)}</td><td>{escape(c.type)}</td><td>{escape(c.status)}</td>"
        f"<td>{c.billed_seconds:,}</td><td>{c.usd:.2f}</td></tr>"
        for c in costs
    )
    head = (
        "<tr><th>job</th><th>instance type</th><th>ended as</th><th>seconds</th><th>USD</th></tr>"
    )
    return f"<table>{head}{rows}</table>"


def _tried(attempt: dict[str, Any]) -> str:
    return f"{attempt['Step']} on {attempt['Type']}: {attempt['Why']}"
