"""The process that starts functions tells of every end, whenever it comes."""

import json
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.fork_server import ForkServer, ForkServers
from tests.local.processes import is_alive

# Far more than it takes: only a wait that never ends is meant.
_LONGEST_SECONDS = 120


@pytest.fixture
def server() -> Iterator[ForkServer]:
    made = ForkServer.started()
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


def test_a_server_with_modules_is_a_fork_that_has_loaded_them(
    server: ForkServer, tmp_path: Path
) -> None:
    (tmp_path / "loaded_once.py").write_text(
        "import os\nloader, seen = os.getpid(), os.environ['SEEN']\n"
        "def handler(event, context): return [loader, seen, os.getpid()]\n"
    )
    environment = {
        "SEEN": "as the function's",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "CODEFREE_LOCAL_FUNCTION_ARN": "arn",
    }
    loaded = server.with_modules(["loaded_once", "is_not_there"], tmp_path, environment)
    processes = [loaded.start(tmp_path, "loaded_once.handler", environment, None) for _ in "ab"]
    answers = []
    for process in processes:
        process.stdin.write(b'{"event": null, "deadline": 0}\n')
        process.stdin.flush()
        answers.append(json.loads(json.loads(process.stdout.readline())["payload"]))
        process.kill()
        process.wait()
        process.close()
    loaders = {loader for loader, _, _ in answers}
    assert loaders == {loaded._process.pid}
    assert [pid for _, _, pid in answers] == [process.pid for process in processes]
    assert {seen for _, seen, _ in answers} == {"as the function's"}
    loaded.stop()
    assert not loaded.is_alive
    assert server.is_alive


def test_what_functions_make_is_nobody_else_s_to_read(server: ForkServer, tmp_path: Path) -> None:
    (tmp_path / "writes.py").write_text("open('made', 'w').close()\n")
    process = server.start(tmp_path, "writes.handler", {}, None)
    process.stdin.close()
    process.wait()
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600


def test_servers_are_started_anew_where_one_has_ended() -> None:
    servers = ForkServers()
    first = servers.server(has_layer=True)
    assert servers.server(has_layer=True) is first
    first._process.kill()
    first._process.wait()
    second = servers.server(has_layer=True)
    assert second is not first
    servers.stop()
    assert not second.is_alive


def test_all_servers_have_ended_once_they_are_stopped() -> None:
    """The first one was stopped first, and can't tell any more that the other one has ended."""
    servers = ForkServers()
    made = [servers.server(has_layer=has_layer) for has_layer in (True, False)]
    processes = [psutil.Process(server._process.pid) for server in made]
    loaded = made[0].with_modules(["numpy"])
    processes.append(psutil.Process(loaded._process.pid))  # the other one has loaded all by then
    loaded.stop()
    servers.stop()
    assert not [process for process in processes if is_alive(process)]
