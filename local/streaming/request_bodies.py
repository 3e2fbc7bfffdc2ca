"""A request is read to its end before anything is done about it: one that stalls holds nobody up.

What is uploaded goes to the disk and is verified on the way (``upload_bodies.py``); any other body
is small, and stays in memory. Who sends nothing for a while is cut off, as by S3.
"""

import io
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
from moto.s3.exceptions import S3ClientError
from werkzeug import Request

from local.door.bodies import read_whole
from local.patches import replace, wrap
from local.streaming.object_bytes import Incoming
from local.streaming.s3_places import place_of
from local.streaming.upload_bodies import received

# Where a request's environment holds the Upload, or what was wrong with it, for S3 to tell.
UPLOAD = "codefree.upload"
IDLE_SECONDS = 60
# What a PUT to a key may be for beside the object itself (Amazon S3 API Reference).
_OTHER_PUTS = {"acl", "tagging", "legal-hold", "retention"}


def patch(folder: Path) -> None:
    """Makes the server read bodies first; those of uploads into ``folder``."""
    incoming = Incoming(folder)

    def serve_once_read(
        serve: Any,
        server: DomainDispatcherApplication,
        environ: dict[str, Any],
        start_response: Any,
    ) -> Any:
        _read(environ, incoming)
        # Who takes an answer may take their time.
        if connection := environ.get("werkzeug.socket"):
            connection.settimeout(None)
        try:
            return serve(server, environ, start_response)
        finally:
            # A request of Flask's refers to itself: what it holds stays until garbage is collected,
            # and the upload's file with it.
            environ.pop(UPLOAD, None)

    wrap(DomainDispatcherApplication, "__call__", serve_once_read)
    replace(MotoRequestHandler, "timeout", IDLE_SECONDS)


def _read(environ: dict[str, Any], incoming: Incoming) -> None:
    """Takes the body of an object, or a part of one, out of the request; reads any other."""
    request = Request(environ)
    if not _brings_bytes(request):
        read_whole(environ)
        return
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        environ[UPLOAD] = received(request.stream, headers, incoming)
    except TimeoutError:
        raise
    except (S3ClientError, OSError) as error:
        environ[UPLOAD] = error
    # For moto nothing is left of it to read, whatever length the headers tell.
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.input_terminated": True}


def _brings_bytes(request: Request) -> bool:
    if request.method != "PUT" or not place_of(request.environ)[1]:
        return False
    return not (_OTHER_PUTS & request.args.keys() or "x-amz-copy-source" in request.headers)
