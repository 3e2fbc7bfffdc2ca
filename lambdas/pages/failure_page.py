"""A failure as a page for people."""

from dataclasses import dataclass
from html import escape

from lambdas.errors import UploadMisnamed
from lambdas.jobs.cost import JobCost
from lambdas.pages.page import page, scrollable
from lambdas.plural import counted
from lambdas.state import AttemptState


@dataclass(frozen=True)
class Failure:
    """What is to be told of a failed run; ``log`` are the last lines of its last job.

    ``console`` and ``redrive`` are empty where nothing of the run is left to look at or to go on
    with: on one's own machine, where it has not cost anything either.
    """

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
    attempts: list[AttemptState]
    log: list[str]

    @property
    def is_about_a_name(self) -> bool:
        """Whether there was nothing to run: one file has a name that can't be used."""
        return self.error == UploadMisnamed.__name__

    @property
    def title(self) -> str:
        """What the page is about."""
        if self.is_about_a_name:
            return "A file in data/ was not used"
        return f"{self.dataset}: why the run failed"

    @property
    def headline(self) -> str:
        """Which run failed where, in one sentence."""
        if self.is_about_a_name:
            return f"{self.title} (run {self.run})."
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
        return f"So far it has cost about {total:.2f} USD for {counted(len(self.costs), 'job')}."

    @property
    def what_to_do(self) -> str:
        """How to go on."""
        if self.is_about_a_name:
            return (
                "Upload the file again under the right name, and delete the one with the wrong "
                "name. A run starts by itself when both files of a pair are there."
            )
        if not self.redrive:
            return "Fix what the reason names and run the command again."
        if not self.is_redrivable:
            return (
                "Fix what the reason names, in the files or in the stack's parameters, and upload "
                "one of the two files again: a new run starts by itself."
            )
        return (
            "Once the cause is fixed, go on from the step that failed; finished steps are kept. "
            "In the console, open the execution and choose Redrive, or on the command line:"
        )


def failure_page(failure: Failure) -> str:
    """The failure as one page that needs no other file and no network."""
    parts = [
        f'<h1>{escape(failure.headline)}</h1><p class="bad">{escape(failure.reason)}</p>',
        f"<section><h2>What to do</h2>{_way_on(failure)}</section>",
    ]
    if failure.console:
        cost = f"<p>{escape(failure.cost)}</p>{_jobs(failure.costs)}"
        parts.append(f"<section><h2>Cost</h2>{cost}</section>")
    if failure.attempts:
        tried = "".join(f"<li>{escape(_tried(attempt))}</li>" for attempt in failure.attempts)
        parts.append(f"<section><h2>What was tried</h2><ul>{tried}</ul></section>")
    if failure.log:
        title = "The last lines of the job’s log"
        log = _preformatted(title, "\n".join(failure.log))
        parts.append(f"<section><h2>{title}</h2>{log}</section>")
    return page(failure.title, "".join(parts))


def _way_on(failure: Failure) -> str:
    """What to do, the command that goes on from the failed step, and the way to the console."""
    told = f"<p>{escape(failure.what_to_do)}</p>"
    if failure.redrive and failure.is_redrivable:
        told += _preformatted("The command", failure.redrive)
    if failure.console:
        link = f'<a href="{escape(failure.console)}">The execution in the console</a>'
        told += f"<p>{link}</p>"
    return told


def _preformatted(label: str, text: str) -> str:
    return f'<pre tabindex="0" role="region" aria-label="{label}">{escape(text)}</pre>'


def _jobs(costs: list[JobCost]) -> str:
    if not costs:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(c.job)}</th><td>{escape(c.type)}</td>'
        f'<td>{escape(c.status)}</td><td class="n">{c.billed_seconds:,}</td>'
        f'<td class="n">{c.usd:.2f}</td></tr>'
        for c in costs
    )
    head = (
        '<thead><tr><th scope="col">job</th><th scope="col">instance type</th>'
        '<th scope="col">ended as</th><th scope="col" class="n">seconds</th>'
        '<th scope="col" class="n">USD</th></tr></thead>'
    )
    return scrollable("The jobs", f"{head}<tbody>{rows}</tbody>")


def _tried(attempt: AttemptState) -> str:
    return f"{attempt['Step']} on {attempt['Type']}: {attempt['Why']}"
