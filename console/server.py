"""The console's server: uvicorn on a socket that is there already."""

import socket

import uvicorn

from console.app import console_app
from console.guard.access import Access
from console.listening import port_of
from operate.language import Language
from operate.place import Place

_GRACE_SECONDS = 1


class ConsoleServer:
    """The console of the stack at ``place``, for who has the ``token``."""

    def __init__(
        self, place: Place, listener: socket.socket, token: str, language: Language | None = None
    ) -> None:
        self._listener = listener
        self.access = Access(port_of(listener), token)
        config = uvicorn.Config(
            console_app(place, self.access, language),
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            # Pages that follow something have a connection open for ever.
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serves until a signal tells it to end, or :meth:`stop`."""
        self._server.run([self._listener])

    def stop(self) -> None:
        """Lets :meth:`run` end; from any thread."""
        self._server.should_exit = True
