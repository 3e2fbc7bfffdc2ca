"""Answers that are files: to be saved, or somebody else's page to be read in a frame."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.guard.frame import FRAMED

Limits = tuple[int, int]
Open = Callable[[Limits | None], Iterator[bytes] | None]

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


def saved_as(name: str, content: Iterator[bytes] | bytes, size: int | None = None) -> Response:
    """What the browser saves under that name, whatever it holds."""
    headers = {"Content-Disposition": _disposition(name)}
    if isinstance(content, bytes):
        return Response(content, headers=headers, media_type="application/octet-stream")
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, headers=headers, media_type="application/octet-stream")


def file_answer(request: Request, name: str, size: int, opened: Open) -> Response:
    """A file of that ``size``: a page to be read in a frame, all else to be saved.

    A part of it, where the browser wants one to go on with a download (RFC 9110, 14).
    """
    headers = {"Accept-Ranges": "bytes"}
    is_page = name.lower().endswith(".html")
    media_type = "text/html; charset=utf-8" if is_page else "application/octet-stream"
    headers |= FRAMED if is_page else {"Content-Disposition": _disposition(name)}
    limits = _limits(request.headers.get("range", ""), size)
    first, last = limits or (0, size - 1)
    if limits and first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(last - first + 1)
    if limits:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    status = 206 if limits else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    content = opened(limits)
    if content is None:
        raise HTTPException(404)
    return StreamingResponse(content, status, headers, media_type)


def _limits(wanted: str, size: int) -> Limits | None:
    """The first and the last byte of what is wanted; None for all, and for what is not known."""
    found = _RANGE.fullmatch(wanted)
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


def _disposition(name: str) -> str:
    """The header that has a file saved under its name, in any letters (RFC 6266)."""
    last = name.rpartition("/")[2]
    return f"attachment; filename*=UTF-8''{quote(last, safe='')}"
