"""The way in for local mode's own parts: no connection, no thread, no signature.

Jobs and the interpreter make a third of all requests. Theirs come from within this process, which
gave their roles the credentials; a connection and a signature would cost more than most of the
answers. All else is as for a request from outside: what the role may do, what goes wrong as
planned, what is kept before it is answered.
"""

import io
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from werkzeug.exceptions import InternalServerError

from local.door.door import Door
from local.door.signature import Signature

_LOG = logging.getLogger(__name__)


class Inside:
    """Leads the requests of botocore's clients through the door without a look at them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def lead(self, client: Any, access_key: str) -> None:
        """Makes an unsigned client's requests those of the access key's owner."""
        model = client.meta.service_model
        authorization = Signature(
            version=4,
            access_key=access_key,
            signature="",
            region=client.meta.region_name,
            service=model.signing_name,
        ).as_header

        def answered(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
            return self._answered(request, authorization)

        client.meta.events.register("before-send", answered)

    def _answered(self, request: AWSPreparedRequest, authorization: str) -> AWSResponse:
        if not self._door.is_open:
            raise EndpointConnectionError(endpoint_url=request.url, error="local mode has ended")
        environ = _environ(request) | {"HTTP_AUTHORIZATION": authorization}
        started: list[Any] = []

        def start(*how: Any) -> Any:
            started.append(how)

        try:
            parts = self._door.pass_on(environ, start)
        except Exception:  # noqa: BLE001 (who asked is told)
            _LOG.exception("Error on request %s %s", request.method, request.url)
            parts = InternalServerError()(environ, start)  # as over a connection
        status, headers, *_ = started[-1]
        raw = _Answer(_Blocks(parts, is_empty=request.method == "HEAD"))
        names: Any = dict(headers)
        response = AWSResponse(request.url, int(status.partition(" ")[0]), names, raw)
        if not request.stream_output:
            response.content  # noqa: B018 (read to its end, and kept)
        return response


class _Answer(io.BufferedReader):
    """The body of an answer as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """What is left, as urllib3's answers give it."""
        yield self.read()
        self.close()


class _Blocks(io.RawIOBase):
    """What the server answers with, block by block."""

    def __init__(self, parts: Any, *, is_empty: bool) -> None:
        super().__init__()
        self._parts = parts
        self._blocks = iter(()) if is_empty else iter(parts)
        self._rest = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads on."""
        while not self._rest:
            if (block := next(self._blocks, None)) is None:
                return 0
            self._rest = block
        length = min(len(buffer), len(self._rest))
        buffer[:length], self._rest = self._rest[:length], self._rest[length:]
        return length

    def close(self) -> None:
        """Lets go of what is answered."""
        if not self.closed and hasattr(self._parts, "close"):
            self._parts.close()
        super().close()


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    """The request as the server's own would hand it on (WSGI)."""
    url = urlsplit(request.url)
    target = url.path + (f"?{url.query}" if url.query else "")
    headers = {name: _text(value) for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    environ = {
        environ_key_for_header(name): value
        for name, value in headers.items()
        if "_" not in name or should_preserve_original_header_name(name)
    }
    return environ | {
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: {
            environ_key_for_header(name): name
            for name in headers
            if should_preserve_original_header_name(name)
        },
        "HTTP_HOST": url.netloc,
        "PATH_INFO": unquote(url.path).encode().decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": target,
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": request.method,
        "REQUEST_URI": target,
        "SCRIPT_NAME": "",
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": body if hasattr(body, "read") else io.BytesIO(body),
        "wsgi.url_scheme": url.scheme,
        "wsgi.version": (1, 0),
    }


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
