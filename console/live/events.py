"""Server-sent events that bring a page's parts anew (HTML Living Standard, 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from console.live.hub import Hub, Read, Trouble
from console.words import words_for

_BEAT_SECONDS = 10.0
Fragments = Callable[[Any], Mapping[str, str]]


def live_events(
    request: Request, subject: str, read: Read, fragments: Fragments, every: float = 1.0
) -> StreamingResponse:
    """The parts of a page, by the ids of their elements, whenever what they show has changed.

    ``read`` is called for all who look at ``subject``, ``fragments`` for each of them, in their own
    language: the HTML of each part is the whole element with that id.
    """
    hub: Hub = request.app.state.hub
    events = _events(hub.snapshots(subject, read, every), fragments, request)
    return StreamingResponse(events, media_type="text/event-stream")


async def _events(
    snapshots: AsyncIterator[Any], fragments: Fragments, request: Request
) -> AsyncIterator[str]:
    sent: dict[str, str] = {}
    coming = asyncio.ensure_future(anext(snapshots))
    try:
        while True:
            await asyncio.wait([coming], timeout=_BEAT_SECONDS)
            if not coming.done():
                yield ": still here\n\n"  # and the connection is seen to be gone if it is
                continue
            snapshot = coming.result()
            coming = asyncio.ensure_future(anext(snapshots))
            if isinstance(snapshot, Trouble):
                yield _event("trouble", words_for(snapshot.error, request.app.state.place.account))
                continue
            made = await asyncio.to_thread(fragments, snapshot)
            changed = {name: html for name, html in made.items() if sent.get(name) != html}
            sent |= changed
            yield _event("parts", changed)
    finally:
        coming.cancel()
        await asyncio.wait([coming])
        await snapshots.aclose()  # type: ignore[attr-defined]


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
