"""The language of the pages, as somebody chooses it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.speaking import COOKIE, language_named

_YEAR = 365 * 24 * 3600


async def choose_language(request: Request) -> Response:
    """Keeps the choice, and leads back to the page."""
    form = await request.form()
    back = "/" + str(form.get("back", "")).lstrip("/\\")
    answer = RedirectResponse(back, 303)
    if chosen := language_named(str(form.get("language", ""))):
        answer.set_cookie(COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="strict")
    return answer


ROUTES = [Route("/language", choose_language, methods=["POST"])]
