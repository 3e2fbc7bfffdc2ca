"""A server that stops when it is told to: Python's own looks now and then whether it is, and when
somebody comes."""

import contextlib
import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer

from local.patches import wrap

_LOOK_SECONDS = 0.05


def patch() -> None:
    """Makes the server look more often, and at once when it is to stop."""

    def serve_forever(serve: Any, server: BaseWSGIServer, poll_interval: float = 0.5) -> None:
        serve(server, min(poll_interval, _LOOK_SECONDS))

    def shutdown(stop: Any, server: BaseWSGIServer) -> None:
        stopping = threading.Thread(target=stop, args=[server])
        stopping.start()
        with contextlib.suppress(OSError):  # it has stopped before somebody could come
            socket.create_connection(server.socket.getsockname()[:2], _LOOK_SECONDS).close()
        stopping.join()

    wrap(BaseWSGIServer, "serve_forever", serve_forever)
    wrap(BaseWSGIServer, "shutdown", shutdown)
