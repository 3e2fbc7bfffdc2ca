"""A run: its state machine in live colours, its states, its training, its log and its events."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console import run_words, state_words
from console.download import saved_as
from console.graph.svg import Picture
from console.live.events import live_events
from console.page import fragment, page
from console.run_address import run_address
from operate.place import Place
from operate.runs.followed_run import FollowedRun, Snapshot, definition_of, followed
from operate.runs.job_log import log_lines
from operate.runs.story import FIELDS, Job, details_of, newest_events, text_of

_EVERY_SECONDS = 2.0
_EVERY_SECONDS_HERE = 1.0
_EVENTS_A_PAGE = 100
_LOG_LINES = 5000


def run(request: Request) -> Response:
    """The run as it is now."""
    found = _found(request)
    picture, snapshot = _picture(request, found), found.refresh()
    facts = _facts(request, snapshot, picture)
    return page(request, "run.html", legend=state_words.LEGEND, **facts)


def run_live(request: Request) -> Response:
    """What changes on that page."""
    found = _found(request)
    picture = _picture(request, found)
    every = _EVERY_SECONDS_HERE if _place(request).account.is_local else _EVERY_SECONDS

    def parts(snapshot: Snapshot) -> Mapping[str, str]:
        return _parts(_facts(request, snapshot, picture))

    return live_events(request, f"run {found.arn}", found.refresh, parts, every)


def events(request: Request) -> Response:
    """The history's events, the newest first."""
    found = _found(request)
    asked = request.query_params.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    states = _place(request).account.states
    first = (number - 1) * _EVENTS_A_PAGE
    # One more tells whether there are older ones.
    read = newest_events(states, found.arn, first, _EVENTS_A_PAGE + 1)
    told = [_event(event) for event in read[:_EVENTS_A_PAGE]]
    return page(
        request,
        "run_events.html",
        run=found.run(),
        events=told,
        number=number,
        has_older=len(read) > _EVENTS_A_PAGE,
        here=run_address(request),
    )


def payload(request: Request) -> Response:
    """A text of the history as a whole."""
    found = _found(request)
    number, wanted = request.path_params["number"], request.path_params["field"]
    if wanted not in FIELDS:
        raise HTTPException(404)
    text = text_of(_place(request).account.states, found.arn, number, wanted)
    if text is None:
        raise HTTPException(404)
    return saved_as(f"event-{number}-{wanted}.json", text.encode("utf-8", "replace"))


def log(request: Request) -> Response:
    """The end of a job's log, of the newest job where none is named."""
    found = _found(request)
    snapshot = found.refresh()
    job = _job(request, snapshot)
    lines: deque[str] = deque(maxlen=_LOG_LINES)
    count = 0
    if job:
        for line in log_lines(_place(request).account.client("logs"), job):
            lines.append(line.text)
            count += 1
    return page(
        request,
        "run_log_page.html",
        run=snapshot.run,
        jobs=snapshot.jobs,
        job=job,
        lines=lines,
        count=count,
        here=run_address(request),
    )


def log_file(request: Request) -> Response:
    """A job's log as a whole."""
    found = _found(request)
    job = _job(request, found.refresh())
    if job is None:
        raise HTTPException(404)
    lines = log_lines(_place(request).account.client("logs"), job)
    return saved_as(f"{job.name}.log", _encoded(lines))


def _encoded(lines: Iterator[Any]) -> Iterator[bytes]:
    for line in lines:
        yield f"{line.text}\n".encode("utf-8", "replace")


def _job(request: Request, snapshot: Snapshot) -> Job | None:
    """The run's job that is asked for; none but its own.

    Raises:
        HTTPException: it has no such job.
    """
    wanted = request.query_params.get("job", "")
    jobs = snapshot.jobs
    if not wanted:
        return jobs[-1] if jobs else None
    job = next((job for job in jobs if job.name == wanted), None)
    if job is None:
        raise HTTPException(404)
    return job


def _found(request: Request) -> FollowedRun:
    found = followed(_place(request), request.path_params["execution"])
    if found is None:
        raise HTTPException(404)
    return found


def _picture(request: Request, found: FollowedRun) -> Picture:
    return state_words.picture(definition_of(_place(request).account, found.arn))


def _place(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


def _facts(request: Request, snapshot: Snapshot, picture: Picture) -> dict[str, Any]:
    states = state_words.told_states(picture.machine, snapshot.visits)
    return {
        "run": snapshot.run,
        "snapshot": snapshot,
        "states": states,
        "graph": state_words.graph(snapshot, picture, states),
        "words": run_words,
        "state_words": state_words,
        "now": snapshot.now or run_words.now(),
        "is_local": _place(request).account.is_local,
        "here": run_address(request),
    }


def _parts(facts: dict[str, Any]) -> dict[str, str]:
    names = ("mark", "now", "actions", "budget", "board", "log")
    parts = {f"run-{name}": fragment(f"run_{name}.html", **facts) for name in names}
    parts["graph"] = facts["graph"]
    for state in facts["states"]:
        if state.visits:
            parts[f"state-{state.number}"] = fragment("run_state.html", state=state, **facts)
    return parts


def _event(event: Any) -> dict[str, Any]:
    details = details_of(event)
    return {
        "number": event["id"],
        "type": event["type"],
        "at": event["timestamp"],
        "name": details.get("name", ""),
        "resource": details.get("resource", ""),
        "error": details.get("error", ""),
        "fields": [name for name in FIELDS if details.get(name) is not None],
    }


ROUTES = [
    Route("/runs/{execution}", run),
    Route("/runs/{execution}/live", run_live),
    Route("/runs/{execution}/events", events),
    Route("/runs/{execution}/events/{number:int}/{field}", payload),
    Route("/runs/{execution}/log", log),
    Route("/runs/{execution}/log.txt", log_file),
]
