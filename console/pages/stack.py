"""The stack: what needs a person, what it spends and holds, and how other clients get there."""

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.live.events import live_events
from console.page import fragment, page
from console.run_words import usd
from operate.place import Place
from operate.stack.bucket_size import BucketSize, measure_bucket
from operate.stack.client_lines import client_lines
from operate.stack.dead_letters import remove_dead_letter, start_dead_letters
from operate.stack.stack_now import SeenStack, StackNow, leave, start_lost

_EVERY_SECONDS = 5.0
_MEASURED_EVERY_SECONDS = 300.0
_PARTS = ("stack_trouble", "stack_spent", "stack_line", "stack_endpoints")


def stack(request: Request) -> Response:
    """The stack as it is."""
    place: Place = request.app.state.place
    now = _seen_stack(request).seen()
    is_measured = "measured" in request.query_params
    return page(
        request,
        "stack.html",
        now=now,
        usd=usd,
        size=measure_bucket(place) if is_measured else None,
        lines=client_lines(place, now.bucket),
        is_local=place.account.is_local,
    )


def stack_events(request: Request) -> Response:
    """What changes on that page."""
    place: Place = request.app.state.place

    def parts(now: StackNow) -> Mapping[str, str]:
        facts = {"now": now, "usd": usd, "place": place, "is_local": place.account.is_local}
        return {name.replace("_", "-"): fragment(f"{name}.html", **facts) for name in _PARTS}

    return live_events(request, "stack", _seen_stack(request).read, parts, _EVERY_SECONDS)


def size_events(request: Request) -> Response:
    """What the bucket holds: that takes a request for every thousand objects."""
    place: Place = request.app.state.place

    def parts(size: BucketSize) -> Mapping[str, str]:
        return {"stack-size": fragment("stack_size.html", size=size)}

    return live_events(
        request, "bucket size", lambda: measure_bucket(place), parts, _MEASURED_EVERY_SECONDS
    )


async def fix(request: Request) -> Response:
    """Starts what was uploaded and nothing has taken."""

    def fixed(place: Place, _form: Mapping[str, str]) -> None:
        start_lost(place)

    return await _done(request, fixed)


async def fix_letters(request: Request) -> Response:
    """Starts the uploads among the undelivered events."""

    def fixed(place: Place, _form: Mapping[str, str]) -> None:
        start_dead_letters(place, _seen_stack(request).seen().dead_letter_queue)

    return await _done(request, fixed)


async def remove_letter(request: Request) -> Response:
    """Removes an undelivered event that somebody has looked at."""

    def removed(place: Place, form: Mapping[str, str]) -> None:
        queue = _seen_stack(request).seen().dead_letter_queue
        remove_dead_letter(place.account, queue, form.get("letter", ""))

    return await _done(request, removed)


async def leave_line(request: Request) -> Response:
    """Removes a run from the waiting ones."""

    def left(place: Place, form: Mapping[str, str]) -> None:
        leave(place, form.get("place", ""))

    return await _done(request, left)


def _seen_stack(request: Request) -> SeenStack:
    seen: SeenStack = request.app.state.stack
    return seen


async def _done(request: Request, do: Callable[[Place, Mapping[str, str]], None]) -> Response:
    async with request.form() as form:
        said = {name: str(value) for name, value in form.items()}
    await run_in_threadpool(do, request.app.state.place, said)
    _seen_stack(request).forget()
    return RedirectResponse("/stack", 303)


ROUTES = [
    Route("/stack", stack),
    Route("/events/stack", stack_events),
    Route("/events/stack/size", size_events),
    Route("/stack/fix", fix, methods=["POST"]),
    Route("/stack/letters/fix", fix_letters, methods=["POST"]),
    Route("/stack/letters/remove", remove_letter, methods=["POST"]),
    Route("/stack/line/leave", leave_line, methods=["POST"]),
]
