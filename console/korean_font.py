"""The Korean letters of the pages, for browsers on a machine whose system has none."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_PACKAGE, _FILE = "pylopdf_fonts_ko", "NotoSansKR-Regular.otf"


def font(_request: Request) -> Response:
    """Noto Sans KR; a browser asks for it where a page has letters that no other font has."""
    return FileResponse(
        str(files(_PACKAGE) / _FILE),
        media_type="font/otf",
        headers={"Cache-Control": "private, max-age=86400"},
    )


ROUTES = [Route("/static/korean.otf", font)]
