"""In which language a request is answered: what was chosen on a page, else what was started with,
else what the browser asks for."""

from typing import cast, get_args

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from operate.language import Language, spoken_in

COOKIE = "codefree-language"


class Speaking:
    """Has everything below it told in the language of the request (ASGI)."""

    def __init__(self, app: ASGIApp, language: Language | None) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with spoken_in(self._language_of(Request(scope))):
            await self._app(scope, receive, send)

    def _language_of(self, request: Request) -> Language:
        if chosen := language_named(request.cookies.get(COOKIE, "")):
            return chosen
        if self._language:
            return self._language
        asked = request.headers.get("accept-language", "")
        wanted = (language_named(one.strip()[:2].lower()) for one in asked.split(","))
        return next(filter(None, wanted), "en")


def language_named(name: str) -> Language | None:
    """The language that ``name`` is; None for any other text."""
    return cast("Language", name) if name in get_args(Language) else None
