"""A failure as a page for people."""

from dataclasses import dataclass
from html import escape

from lambdas.bucket.layout import failure_page_key, predictions_failure_key
from lambdas.errors import UploadMisnamed
from lambdas.jobs.cost import JobCost
from lambdas.language import spoken, spoken_as, to_speak
from lambdas.pages.page import page, scrollable, table_head
from lambdas.state import AttemptState

_UNUSED = to_speak("A file in data/ was not used")
_UNUSED_ROWS = to_speak("A file in predict/ was not used")
# How an execution has ended: at a step, or before the first one.
_FAILED = (
    to_speak("the run {run} failed at {step}."),
    to_speak("the run {run} failed at its start."),
)
_ENDINGS = {
    "ABORTED": (
        to_speak("the run {run} was stopped at {step}."),
        to_speak("the run {run} was stopped at its start."),
    ),
    "TIMED_OUT": (
        to_speak("the run {run} ran out of time at {step}."),
        to_speak("the run {run} ran out of time at its start."),
    ),
}


@dataclass(frozen=True)
class Failure:
    """What is to be told of a failed run; ``log`` are the last lines of its last job.

    ``file`` is that of the new rows, without ``.csv``, where a prediction has failed.
    ``is_superseded`` says that a newer upload of that file was predicted or has failed, too, so
    that no page tells of this one.
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
    file: str | None = None
    is_superseded: bool = False

    @property
    def page_key(self) -> str:
        """Where the page lies in the bucket."""
        if self.file is None:
            return failure_page_key(self.dataset, self.run)
        return predictions_failure_key(self.dataset, self.file)

    @property
    def is_about_a_name(self) -> bool:
        """Whether there was nothing to run: one file has a name that can't be used."""
        return self.error == UploadMisnamed.__name__

    @property
    def title(self) -> str:
        """What the page is about."""
        if self.is_about_a_name:
            return spoken(_UNUSED_ROWS if self.file is not None else _UNUSED)
        if self.file is not None:
            return spoken(
                "{dataset}, {file}: why nothing was predicted", dataset=self.dataset, file=self.file
            )
        return spoken("{dataset}: why the run failed", dataset=self.dataset)

    @property
    def headline(self) -> str:
        """Which run failed where, in one sentence."""
        if self.is_about_a_name and self.file is not None:
            return spoken("A file in predict/ was not used (run {run}).", run=self.run)
        if self.is_about_a_name:
            return spoken("A file in data/ was not used (run {run}).", run=self.run)
        named = self.dataset if self.file is None else f"{self.dataset}, {self.file}"
        return f"{named}: {self.ending}"

    @property
    def ending(self) -> str:
        """How and where it ended, as a sentence without the dataset's name."""
        at_a_step, at_its_start = _ENDINGS.get(self.status, _FAILED)
        return spoken(at_a_step if self.step else at_its_start, run=self.run, step=self.step)

    @property
    def cost(self) -> str:
        """What the run cost until it failed."""
        if not self.costs and self.file is not None:
            return spoken("No job was started, so nothing was charged for a prediction.")
        if not self.costs:
            return spoken("No job was started, so nothing was charged for training.")
        return spoken(
            "So far it has cost about {usd:.2f} USD for {jobs:,} {jobs:job|jobs}.",
            usd=sum(cost.usd for cost in self.costs),
            jobs=len(self.costs),
        )

    @property
    def what_to_do(self) -> str:
        """How to go on."""
        if self.file is not None and (self.is_about_a_name or not self.is_redrivable):
            return spoken(
                "Fix what the reason names and upload the file again: it is predicted by itself. "
                "Delete a file with a wrong name."
            )
        if self.is_about_a_name:
            return spoken(
                "Upload the file again under the right name, and delete the one with the wrong "
                "name. A run starts by itself when both files of a pair are there."
            )
        if not self.redrive:
            return spoken("Fix what the reason names and run the command again.")
        if not self.is_redrivable:
            return spoken(
                "Fix what the reason names, in the files, their settings or the stack's "
                "parameters, and upload a file of the dataset again: a new run starts by itself."
            )
        return spoken(
            "Once the cause is fixed, go on from the step that failed; finished steps are kept. "
            "In the console, open the execution and choose Redrive, or on the command line:"
        )


def failure_page(failure: Failure) -> str:
    """The failure as one page that needs no other file and no network."""
    parts = [
        f'<h1>{escape(failure.headline)}</h1><p class="bad">{escape(failure.reason)}</p>',
        _section(spoken("What to do"), _way_on(failure)),
    ]
    if failure.console:
        cost = f"<p>{escape(failure.cost)}</p>{_jobs(failure.costs)}"
        parts.append(_section(spoken("Cost"), cost))
    if failure.attempts:
        tried = "".join(f"<li>{escape(_tried(attempt))}</li>" for attempt in failure.attempts)
        parts.append(_section(spoken("What was tried"), f"<ul>{tried}</ul>"))
    if failure.log:
        title = spoken("The last lines of the job’s log")
        parts.append(_section(title, _preformatted(title, "\n".join(failure.log))))
    return page(failure.title, "".join(parts))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _way_on(failure: Failure) -> str:
    """What to do, the command that goes on from the failed step, and the way to the console."""
    told = f"<p>{escape(failure.what_to_do)}</p>"
    if failure.redrive and failure.is_redrivable:
        told += _preformatted(spoken("The command"), failure.redrive)
    if failure.console:
        where = escape(spoken("The execution in the console"))
        told += f'<p><a href="{escape(failure.console)}">{where}</a></p>'
    return told


def _preformatted(label: str, text: str) -> str:
    return f'<pre tabindex="0" role="region" aria-label="{escape(label)}">{escape(text)}</pre>'


def _jobs(costs: list[JobCost]) -> str:
    if not costs:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(c.job)}</th><td>{escape(c.type)}</td>'
        f'<td>{escape(c.status)}</td><td class="n">{c.billed_seconds:,}</td>'
        f'<td class="n">{c.usd:.2f}</td></tr>'
        for c in costs
    )
    head = table_head(
        spoken_as("heading", "job"),
        spoken_as("heading", "instance type"),
        spoken_as("heading", "ended as"),
        numbers=(spoken_as("heading", "seconds"), "USD"),
    )
    return scrollable(spoken("The jobs"), f"{head}<tbody>{rows}</tbody>")


def _tried(attempt: AttemptState) -> str:
    return spoken(
        "{step} on {type}: {why}", step=attempt["Step"], type=attempt["Type"], why=attempt["Why"]
    )
