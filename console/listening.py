"""The console's port: on this machine's loopback address alone."""

import errno
import socket

from console.language import spoken
from operate.account import CannotDo

USUAL_PORT = 8321
_HOST = "127.0.0.1"


def listening(asked: int | None, usual: int = USUAL_PORT) -> socket.socket:
    """A socket that takes connections at the port that was ``asked`` for, of which 0 is any free
    one; without one at the ``usual`` port, or any other where that is taken.

    Raises:
        CannotDo: the port that was asked for can't be had.
    """
    if asked is not None:
        return _bound(asked)
    try:
        return _bound(usual)
    except CannotDo:
        return _bound(0)


def port_of(listener: socket.socket) -> int:
    """The port that the socket is bound to."""
    port: int = listener.getsockname()[1]
    return port


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Else a port whose connections were just closed can't be had for a minute.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((_HOST, port))
        bound.listen()
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
    except OverflowError as error:
        bound.close()
        raise CannotDo(
            spoken("--console-port can't be {port}: ports go up to 65535.", port=port)
        ) from error
    return bound
