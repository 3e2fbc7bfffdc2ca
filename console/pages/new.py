"""A new run: files are brought, checked, and started."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.form_files import read_form
from console.language import spoken
from console.live.events import live_events
from console.page import fragment, page
from console.pages.new_parts import ROUTES as PARTS
from operate.account import CannotDo
from operate.drafts.draft import DraftFile
from operate.drafts.drafts import DraftGone, Drafts
from operate.drafts.settings import column_as_text, known_texts, setting_fields
from operate.drafts.streamed_file import StreamedFile
from operate.drafts.view import DraftView

_MOST_IN_LISTS = 1000
_POLL_SECONDS = 0.5
_SHOWN_FIRST = ("target", "minutes", "cost", "presets", "language")


def new(request: Request) -> Response:
    """Where files are brought."""
    drafts = _drafts(request)
    dataset = request.query_params.get("dataset", "")
    return page(request, "new.html", dataset=dataset, drafts=drafts.listed())


async def bring(request: Request) -> Response:
    """Takes the files of a form, and leads to what is found in them."""
    drafts = _drafts(request)
    draft = await asyncio.to_thread(drafts.new, [], request.query_params.get("dataset", ""))
    files, _ = await _streamed(request, draft)
    await asyncio.to_thread(drafts.keep_streamed, draft, files)
    return _to(f"/new/{draft.id}")


async def bring_another(request: Request) -> Response:
    """Takes a file of a form that comes to others, or in place of one."""
    drafts, draft_id = _drafts(request), request.path_params["id"]
    draft = (await asyncio.to_thread(drafts.view, draft_id)).draft
    files, fields = await _streamed(request, draft)
    await asyncio.to_thread(drafts.keep_streamed, draft, files[:1], fields.get("part", ""))
    return _to(f"/new/{draft_id}")


def bring_sample(request: Request) -> Response:
    """Takes sample data, so that somebody without data sees a whole run."""
    return _to(f"/new/{_drafts(request).sample().id}")


def draft(request: Request) -> Response:
    """The files of a draft, what was found in them, the settings, and the way to start."""
    try:
        view = _drafts(request).view(request.path_params["id"])
    except DraftGone as reason:
        return page(request, "trouble.html", status=404, told=str(reason))
    return page(request, "draft.html", **_facts(request, view))


def draft_events(request: Request) -> Response:
    """The same, as soon as its check has ended."""
    drafts, draft_id = _drafts(request), request.path_params["id"]

    def fragments(_is_checking: bool) -> Mapping[str, str]:
        try:
            view = drafts.view(draft_id)
        except CannotDo as reason:
            return {"draft": fragment("draft_gone.html", told=str(reason))}
        return {"draft": fragment("draft_parts.html", **_facts(request, view))}

    return live_events(
        request,
        f"draft {draft_id}",
        lambda: drafts.is_checking(draft_id),
        fragments,
        _POLL_SECONDS,
    )


async def choose(request: Request) -> Response:
    """Takes the name and the settings; what can't be used is said, and stays in the form."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    return await asyncio.to_thread(_chosen, request, form)


async def choose_part(request: Request) -> Response:
    """Takes which part a file plays."""
    draft_id, form = request.path_params["id"], await request.form()
    file, part = str(form.get("file", "")), str(form.get("part", ""))
    await asyncio.to_thread(_drafts(request).set_part, draft_id, file, part)
    return _to(f"/new/{draft_id}")


def cancel(request: Request) -> Response:
    """Removes the files again."""
    _drafts(request).cancel(request.path_params["id"])
    return _to("/new")


async def start(request: Request) -> Response:
    """Starts the run, once however often it is told to."""
    draft_id, form = request.path_params["id"], await request.form()
    try:
        await asyncio.to_thread(_drafts(request).start, draft_id, str(form.get("seen", "")))
    except DraftGone as reason:
        return page(request, "trouble.html", status=404, told=str(reason))
    except CannotDo as reason:
        return await asyncio.to_thread(_refused, request, str(reason))
    return _to("/")


def _chosen(request: Request, form: Mapping[str, str]) -> Response:
    drafts, draft_id = _drafts(request), request.path_params["id"]
    texts, name = known_texts(form), form.get("dataset", "").strip()
    try:
        drafts.choose(draft_id, name, texts)
    except DraftGone as reason:
        return page(request, "trouble.html", status=404, told=str(reason))
    except CannotDo as reason:
        return _refused(request, str(reason), {"name": name, "texts": texts})
    return _to(f"/new/{draft_id}")


def _refused(request: Request, told: str, typed: Mapping[str, Any] | None = None) -> Response:
    view = _drafts(request).view(request.path_params["id"])
    facts = _facts(request, view) | {"refused": told}
    if typed:
        fields = setting_fields(view.stack, typed["texts"])
        facts |= {"name": typed["name"], "fields": fields, "is_as_shown": False}
    return page(request, "draft.html", status=400, **facts)


def _facts(request: Request, view: DraftView) -> dict[str, Any]:
    """What the page of a draft is made of."""
    header = view.checked.header if view.checked else ()
    return {
        "view": view,
        "draft": view.draft,
        "is_local": request.app.state.place.account.is_local,
        "name": view.draft.dataset,
        "fields": view.fields,
        "first": _SHOWN_FIRST,
        "columns": [(column, column_as_text(column)) for column in header[:_MOST_IN_LISTS]],
        "has_all_columns": 0 < len(header) <= _MOST_IN_LISTS,
        "refused": "",
        # Whether the form shows the settings that a run would have.
        "is_as_shown": True,
        "parts": {
            "train": spoken("to train on"),
            "test": spoken("to test with"),
            "whole": spoken("the only one, to be split"),
        },
    }


async def _streamed(request: Request, draft: Any) -> tuple[list[DraftFile], dict[str, str]]:
    """The files of a form, in the bucket, and its other fields."""
    drafts, sinks = _drafts(request), list[StreamedFile]()
    most = int(request.headers.get("content-length", "0") or 0)

    def opened(_field: str, name: str, _fields: dict[str, str]) -> StreamedFile:
        sinks.append(drafts.stream(draft, name, most))
        return sinks[-1]

    try:
        fields = await read_form(request, opened)
    except BaseException:
        whole = [sink.file for sink in sinks if sink.file]
        await asyncio.shield(asyncio.to_thread(drafts.discard, draft, whole))
        raise
    return [sink.file for sink in sinks if sink.file], fields


def _drafts(request: Request) -> Drafts:
    drafts: Drafts = request.app.state.drafts
    return drafts


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


ROUTES = [
    Route("/new", new, methods=["GET"]),
    Route("/new", bring, methods=["POST"]),
    Route("/new/sample", bring_sample, methods=["POST"]),
    *PARTS,
    Route("/new/{id}", draft, methods=["GET"]),
    Route("/new/{id}/events", draft_events, methods=["GET"]),
    Route("/new/{id}/files", bring_another, methods=["POST"]),
    Route("/new/{id}/part", choose_part, methods=["POST"]),
    Route("/new/{id}/choose", choose, methods=["POST"]),
    Route("/new/{id}/cancel", cancel, methods=["POST"]),
    Route("/new/{id}/start", start, methods=["POST"]),
]
