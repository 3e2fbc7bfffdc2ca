"""The process that starts functions tells of every end, whenever it comes."""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.fork_server import ForkServer

# Far more than it takes: only a wait that never ends is meant.
_LONGEST_SECONDS = 120


@pytest.fixture
def server() -> Iterator[ForkServer]:
    made = ForkServer()
    yield made
    made.stop()


def test_ends_that_come_together_are_all_told(server: ForkServer, tmp_path: Path) -> None:
    """Two signals at once ended the server, and one just before it began to wait was not seen until
    another process was asked for: who waited for an end waited forever."""
    codes: list[int] = []

    def start_and_kill() -> None:
        for _ in range(40):
            together = [server.start(tmp_path, "none.handler", {}, None) for _ in range(16)]
            for process in together:
                process.kill()
            codes.extend(process.wait() for process in together)
            for process in together:
                process.close()

    # A daemon, so that a wait that never ends fails the test and not the whole run.
    thread = threading.Thread(target=start_and_kill, daemon=True)
    thread.start()
    thread.join(_LONGEST_SECONDS)
    assert codes == [-9] * 640
    assert server.is_alive


def test_a_server_whose_parent_was_killed_while_it_asked_ends(server: ForkServer) -> None:
    """Its end of the socket closes in the middle of what is wanted."""
    descriptors = [os.open(os.devnull, os.O_RDWR) for _ in range(4)]
    socket.send_fds(server._asked, [struct.pack("!I", 100)], descriptors)
    server._asked.sendall(b"only the beginning")
    server._asked.close()
    assert server._process.wait(_LONGEST_SECONDS) == 0
