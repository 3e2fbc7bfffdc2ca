"""How the script of the page brings files: in parts, which can be gone on with."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.form_files import read_body
from console.language import spoken
from console.words import words_for
from operate.account import CannotDo
from operate.drafts.drafts import Drafts
from operate.drafts.parts import Announced
from operate.error_answer import error_answer

_MOST_TOLD = 64 * 1024
# The largest whole number that a browser knows exactly: bytes and milliseconds are within it.
_LARGEST = 2**53
# S3's answers that are others a little later (Amazon S3 API reference, "Error responses").
_PASSING = {500, 502, 503, 504}

Endpoint = Callable[[Request], Awaitable[Response]]


def _told_to_script(endpoint: Endpoint) -> Endpoint:
    """What can't be done is no page, but a sentence that the script shows."""

    @wraps(endpoint)
    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except CannotDo as reason:
            return JSONResponse({"told": str(reason)}, 409)
        except ClientError as error:
            if error_answer(error).status in _PASSING:
                raise  # the script tries again, as it does where nothing answers
            why = words_for(error, request.app.state.place.account)
            return JSONResponse({"told": why}, 409)

    return told


@_told_to_script
async def announce(request: Request) -> Response:
    """Begins a draft for the files that the person has chosen."""
    asked = await _json(request)
    files = [_announced(file) for file in asked["files"]]
    draft = await asyncio.to_thread(_drafts(request).begin, files, str(asked.get("dataset", "")))
    ids = [file.id for file in draft.files]
    return JSONResponse({"address": f"/new/{draft.id}", "files": ids})


@_told_to_script
async def announce_another(request: Request) -> Response:
    """Begins a further file of a draft, or one in place of another."""
    asked, draft_id = await _json(request), request.path_params["id"]
    if not asked["files"]:
        raise _unreadable()
    told = asked["files"][0]
    add = _drafts(request).add
    file = await asyncio.to_thread(add, draft_id, _announced(told), str(asked.get("part", "")))
    return JSONResponse({"address": f"/new/{draft_id}", "files": [file.id]})


@_told_to_script
async def arrived(request: Request) -> Response:
    """How large the parts are, and which of them are there."""
    file, parts = await asyncio.to_thread(_drafts(request).arrived, *_ids(request))
    return JSONResponse({"size": file.size, "part_bytes": file.part_bytes, "parts": parts})


@_told_to_script
async def put_part(request: Request) -> Response:
    """Takes one part."""
    file, upload = await asyncio.to_thread(_drafts(request).upload, *_ids(request))
    async with request.app.state.parts_at_once:
        body = await read_body(request, file.part_bytes)
        await asyncio.to_thread(upload.put_part, int(request.path_params["number"]), body)
    return JSONResponse({})


@_told_to_script
async def complete(request: Request) -> Response:
    """Makes the file of its parts."""
    await asyncio.to_thread(_drafts(request).complete, *_ids(request))
    return JSONResponse({})


async def _json(request: Request) -> Mapping[str, Any]:
    try:
        asked: dict[str, Any] = dict(json.loads(await read_body(request, _MOST_TOLD)))
        asked["files"] = [dict(file) for file in asked["files"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _unreadable() from error
    return asked


def _announced(told: Mapping[str, Any]) -> Announced:
    try:
        size, modified = int(told["size"]), int(told.get("modified", 0))
        name = str(told["name"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _unreadable() from error
    if not (0 <= size <= _LARGEST and abs(modified) <= _LARGEST):
        raise _unreadable()
    return Announced(name, size, modified)


def _unreadable() -> CannotDo:
    return CannotDo(spoken("The browser has sent something that can't be read."))


def _ids(request: Request) -> tuple[str, str]:
    return request.path_params["id"], request.path_params["file"]


def _drafts(request: Request) -> Drafts:
    drafts: Drafts = request.app.state.drafts
    return drafts


ROUTES = [
    Route("/new/announce", announce, methods=["POST"]),
    Route("/new/{id}/announce", announce_another, methods=["POST"]),
    Route("/new/{id}/files/{file}", arrived, methods=["GET"]),
    Route("/new/{id}/files/{file}/complete", complete, methods=["POST"]),
    Route("/new/{id}/files/{file}/{number:int}", put_part, methods=["PUT"]),
]
