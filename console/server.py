"""The console's server: uvicorn on this machine's loopback address alone."""

import errno
import socket
from collections.abc import Callable

import uvicorn

from console.app import console_app
from console.guard.access import Access
from console.language import spoken
from operate.account import CannotDo
from operate.language import Language
from operate.place import Place

_HOST = "127.0.0.1"
_GRACE_SECONDS = 1


class ConsoleServer:
    """The console of the stack at ``place``, at a port of 127.0.0.1; port 0 is any free one.

    Raises:
        CannotDo: the port is in use, or may not be used.
    """

    def __init__(
        self, place: Place, port: int, token: str, language: Language | None = None
    ) -> None:
        self._socket = _bound(port)
        self._access = Access(self._socket.getsockname()[1], token)
        config = uvicorn.Config(
            console_app(place, self._access, language),
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = uvicorn.Server(config)

    @property
    def address(self) -> str:
        """What to open in a browser, with the token."""
        return self._access.address

    def run(self) -> None:
        """Serves until it is told to stop, by a signal or :attr:`stop`."""
        self._server.run([self._socket])

    @property
    def stop(self) -> Callable[[], None]:
        """Lets :meth:`run` end, from any thread."""

        def stop() -> None:
            self._server.should_exit = True

        return stop


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((_HOST, port))
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotDo(
                spoken(
                    "Port {port} is in use, maybe by another console. Choose another one with "
                    "--console-port.",
                    port=port,
                )
            ) from error
        raise CannotDo(
            spoken(
                "Port {port} can't be used ({why}). Choose another one with --console-port.",
                port=port,
                why=error.strerror,
            )
        ) from error
    return bound
