"""Where the pages of a run are."""

from urllib.parse import quote

from starlette.requests import Request


def run_address(request: Request) -> str:
    """The address of the run that is asked for, which those of its other pages begin with."""
    return f"/runs/{quote(request.path_params['execution'], safe='')}"
