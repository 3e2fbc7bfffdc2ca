"""What a run has left: its report, read in a frame, and all its files."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console import run_words
from console.download import Limits, file_answer, saved_as
from console.live.events import live_events
from console.page import fragment, page
from console.run_address import run_address
from operate.place import Place
from operate.runs.followed_run import run_called
from operate.runs.run_files import RunFile, RunFiles, files_of, open_file
from operate.runs.seen_run import SeenRun
from operate.runs.zipped import Entry, zipped

_EVERY_SECONDS = 3.0


def report(request: Request) -> Response:
    """The report, or what there is instead, beside the files."""
    run, files = _found(request)
    return page(request, "run_report.html", **_facts(request, run, files))


def report_live(request: Request) -> Response:
    """What changes on that page."""
    run, _ = _found(request)

    def parts(found: tuple[SeenRun, RunFiles]) -> Mapping[str, str]:
        facts = _facts(request, *found)
        return {name: fragment(f"run_{name}.html", **facts) for name in ("frame", "files")}

    read = partial(_found, request)
    return live_events(request, f"files {run.execution}", read, parts, _EVERY_SECONDS)


def file(request: Request) -> Response:
    """One file of the run, and of no other."""
    _, files = _found(request)
    found = files.named(request.path_params["path"])
    if found is None:
        raise HTTPException(404)
    opened = partial(_opened, request, found)
    return file_answer(request, found.name, found.size, opened)


def archive(request: Request) -> Response:
    """All files as one."""
    run, files = _found(request)
    entries = (
        Entry(each.name, each.written, partial(_content, request, each)) for each in files.files
    )
    name = f"{run.dataset.replace('/', '-')}-{run.run}.zip"
    return saved_as(name, zipped(entries))


def _place(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


def _found(request: Request) -> tuple[SeenRun, RunFiles]:
    place = _place(request)
    run = run_called(place, request.path_params["execution"])
    if run is None:
        raise HTTPException(404)
    return run, files_of(place, run)


def _opened(request: Request, found: RunFile, limits: Limits | None) -> Iterator[bytes] | None:
    return open_file(_place(request), found, limits)


def _content(request: Request, found: RunFile) -> Iterator[bytes]:
    """What is gone since it was listed leaves the archive unfinished, which is seen."""
    content = open_file(_place(request), found)
    if content is None:
        raise FileNotFoundError(found.key)
    return content


def _facts(request: Request, run: SeenRun, files: RunFiles) -> dict[str, Any]:
    asked = request.query_params.get("read", "")
    return {
        "run": run,
        "files": files,
        "asked": asked,
        "reading": asked if asked in files.pages else next(iter(files.pages), None),
        "words": run_words,
        "now": run_words.now(),
        "here": run_address(request),
    }


ROUTES = [
    Route("/runs/{execution}/report", report),
    Route("/runs/{execution}/report/live", report_live),
    Route("/runs/{execution}/files.zip", archive),
    Route("/runs/{execution}/files/{path:path}", file),
]
