"""The layer in front of the pages: hosts, origins, the token and its cookie, and the headers.

A browser sends requests to this machine for any page that asks for it, also under a name that the
page's owner lets point here (DNS rebinding). It tells by Origin and Sec-Fetch-Site whose page it
is (Fetch Metadata Request Headers, W3C).
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.guard.access import Access
from console.language import spoken

_SAFE_METHODS = {"GET", "HEAD"}
_OWN_SITES = {"same-origin", "none"}
_OPEN = "/static/"
# "same-origin" and not "no-referrer": with that, browsers send the Origin "null" with a form.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Lets in what comes from this machine's own browser with the token, or its cookie (ASGI)."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or hands it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        answer = self._turned_away(Request(scope)) or self._app
        await answer(scope, receive, _with_headers(send))

    def _turned_away(self, request: Request) -> Response | None:
        """What is answered instead of the page; None for who may see it."""
        host = request.headers.get("host", "").lower()
        if host not in self._access.hosts:
            told = spoken("The console only answers at 127.0.0.1:{port}.", port=self._access.port)
            return PlainTextResponse(told, 421)
        if not _is_own(request, host):
            told = spoken("The console does not accept requests from other web pages.")
            return PlainTextResponse(told, 403)
        is_safe = request.method in _SAFE_METHODS
        if is_safe and "token" in request.query_params:
            return self._opened(request)
        is_open = is_safe and request.url.path.startswith(_OPEN)
        if is_open or self._access.is_cookie(request.cookies.get(self._access.cookie_name, "")):
            return None
        told = spoken(
            "Open the console with the address that codefree up, or codefree console, has printed: "
            "it ends in a token."
        )
        return PlainTextResponse(told, 401)

    def _opened(self, request: Request) -> Response:
        """The same page without the token in its address, if it is the right one."""
        if not self._access.is_token(request.query_params["token"]):
            told = spoken(
                "This token is not the console's: it may be from an earlier start. Open the "
                "address that was printed last."
            )
            return PlainTextResponse(told, 403)
        # The path alone: a second slash would make a host of what follows.
        opened = RedirectResponse("/" + request.url.path.lstrip("/"), 303)
        opened.set_cookie(
            self._access.cookie_name,
            self._access.cookie,
            httponly=True,
            samesite="strict",
        )
        return opened


def _is_own(request: Request, host: str) -> bool:
    """Whether no other page has sent it: one may only lead here, by a link."""
    site = request.headers.get("sec-fetch-site", "none")
    if request.method not in _SAFE_METHODS:
        return request.headers.get("origin") == f"http://{host}" and site in _OWN_SITES
    return site in _OWN_SITES or request.headers.get("sec-fetch-mode") == "navigate"


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
