"""The first page: the runs of the stack, as cards, and what is done to a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console import run_words
from console.language import spoken
from console.live.events import live_events
from console.page import fragment, page
from console.paging import page_asked, whole_number
from operate.runs import steering
from operate.runs.seen_runs import RunsPage, SeenRuns

_EVERY_SECONDS = 2.0
_LAST_PAGE = 10_000


def runs(request: Request) -> Response:
    """The runs, newest first."""
    asked = _Asked.of(request)
    found = _seen_runs(request).page(asked.number, asked.name)
    return page(request, "runs.html", asked=asked, **_facts(request, found))


def runs_events(request: Request) -> Response:
    """What changes on that page."""
    asked, seen = _Asked.of(request), _seen_runs(request)
    return live_events(
        request,
        f"runs {asked.number} {asked.name}",
        lambda: seen.page(asked.number, asked.name),
        _Parts(request, asked),
        _EVERY_SECONDS,
    )


async def stop(request: Request) -> Response:
    """Stops a run."""
    return await _steered(request, is_rerun=False)


async def rerun(request: Request) -> Response:
    """Reruns a run from the step that has failed."""
    return await _steered(request, is_rerun=True)


@dataclass(frozen=True)
class _Asked:
    """Which page of runs somebody wants, and of datasets called how."""

    number: int = 1
    name: str = ""

    @classmethod
    def of(cls, request: Request) -> "_Asked":
        number = min(page_asked(request), _LAST_PAGE)
        return cls(number, request.query_params.get("name", "").strip())

    def address(self, path: str = "/", **changed: object) -> str:
        """Where that page is, or another with something ``changed``."""
        asked = {"page": self.number, "name": self.name} | changed
        said = {key: value for key, value in asked.items() if value not in ("", 1)}
        return path + (f"?{urlencode(said)}" if said else "")


@dataclass
class _Parts:
    """The parts of the page for one viewer: the cards, or all of them where others are shown."""

    request: Request
    asked: _Asked
    _shown: object = field(default=None, init=False)

    def __call__(self, found: RunsPage) -> Mapping[str, str]:
        facts = _facts(self.request, found)
        shown = ([run.name for run in found.runs], found.has_older, found.is_whole)
        if shown != self._shown:
            self._shown = shown
            return {"runs": fragment("run_list.html", asked=self.asked, **facts)}
        return {
            f"run-{run.name}": fragment("run_card.html", run=run, asked=self.asked, **facts)
            for run in found.runs
        }


def _facts(request: Request, found: RunsPage) -> dict[str, Any]:
    is_local = request.app.state.place.account.is_local
    return {"found": found, "words": run_words, "now": run_words.now(), "is_local": is_local}


def _seen_runs(request: Request) -> SeenRuns:
    seen: SeenRuns = request.app.state.runs
    return seen


async def _steered(request: Request, *, is_rerun: bool) -> Response:
    async with request.form() as form:
        redrives, back = whole_number(str(form.get("redrives", ""))), str(form.get("back", ""))
    if redrives is None:
        raise HTTPException(400, spoken("That is not a form of this console."))
    return await run_in_threadpool(_steer, request, is_rerun, redrives, back)


def _steer(request: Request, is_rerun: bool, redrives: int, back: str) -> Response:
    place, name = request.app.state.place, request.path_params["execution"]
    states = place.account.states
    run = steering.execution_called(states, place.state_machines, name)
    if run is None:
        raise HTTPException(404)
    (steering.rerun_once if is_rerun else steering.stop_once)(states, run, redrives)
    return RedirectResponse("/" + back.lstrip("/\\"), 303)


ROUTES = [
    Route("/", runs),
    Route("/events/runs", runs_events),
    Route("/runs/{execution}/stop", stop, methods=["POST"]),
    Route("/runs/{execution}/rerun", rerun, methods=["POST"]),
]
