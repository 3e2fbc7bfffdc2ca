"""The console as one web application (ASGI)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from console import korean_font
from console.guard.access import Access
from console.guard.guard import Guard
from console.language import spoken
from console.live.hub import Hub
from console.page import page
from console.pages import (
    compare,
    language,
    models,
    new,
    predict,
    predict_row,
    run,
    run_report,
    runs,
    stack,
)
from console.speaking import Speaking
from console.words import words_for
from operate.account import CannotDo
from operate.drafts.drafts import Drafts
from operate.language import Language
from operate.models.row_model import RowModels
from operate.place import Place
from operate.runs.seen_runs import SeenRuns
from operate.stack.stack_now import SeenStack

# So many parts of files are in memory at once, however many tabs send.
_PARTS_AT_ONCE = 4
_STATIC = Path(__file__).with_name("static")
_PAGES = (runs, stack, new, run, run_report, models, compare, predict, predict_row, language)


def console_app(place: Place, access: Access, language: Language | None = None) -> ASGIApp:
    """The console of the stack at ``place`` for who has what opens it.

    ``language`` is spoken unless another was chosen on a page; without it, the browser's.
    """
    app = Starlette(
        routes=[
            *korean_font.ROUTES,
            Mount("/static", StaticFiles(directory=_STATIC)),
            *(route for module in _PAGES for route in module.ROUTES),
        ],
        exception_handlers={
            HTTPException: _not_found,
            CannotDo: _cannot_do,
            BotoCoreError: _cannot_do,
            ClientError: _cannot_do,
            Exception: _cannot_do,
        },
        lifespan=_lifespan,
    )
    app.state.place = place
    app.state.runs = SeenRuns(place)
    app.state.row_models = RowModels()
    app.state.stack = SeenStack(place)
    app.state.hub = Hub()
    app.state.drafts = Drafts(place)
    app.state.parts_at_once = asyncio.Semaphore(_PARTS_AT_ONCE)
    # Around all of it, so that what is said of a failure has its language and headers, too.
    return Speaking(Guard(app, access), language)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    await app.state.hub.stop()
    app.state.drafts.stop()
    await run_in_threadpool(app.state.row_models.close)


def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = spoken("There is no such page.") if error.status_code == 404 else error.detail
    return page(request, "trouble.html", status=error.status_code, told=told)


def _cannot_do(request: Request, error: Exception) -> Response:
    told = words_for(error, request.app.state.place.account)
    return page(request, "trouble.html", status=502, told=told)
