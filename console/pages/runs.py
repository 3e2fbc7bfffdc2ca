"""The first page: the runs of the stack."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.page import page


def runs(request: Request) -> Response:
    """The runs, newest first."""
    return page(request, "runs.html")


ROUTES = [Route("/", runs)]
