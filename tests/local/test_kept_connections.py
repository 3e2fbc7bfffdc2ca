"""Connections to local mode stay open where nothing of a request is left to be read."""

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from local.aws import LocalAws

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
Served = tuple[BaseWSGIServer, http.client.HTTPConnection]

pytestmark = pytest.mark.usefixtures("aws")


@contextmanager
def served(app: App) -> Iterator[Served]:
    """A server as local mode's is, and one connection to it."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        yield server, connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()


def asked(
    connection: http.client.HTTPConnection, method: str = "GET", body: bytes | None = None
) -> tuple[int, bytes, str | None]:
    connection.request(method, "/", body)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers["Connection"]


def who_asks(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with the client's port, once the body is read; without a length, so in chunks."""
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b"port ", str(environ["REMOTE_PORT"]).encode()]


def test_one_connection_serves_one_request_after_the_other() -> None:
    with served(who_asks) as (_, connection):
        answers = [asked(connection, "POST", b"x" * length) for length in (0, 1, 1_000_000)]
        answers += [asked(connection)]
    assert len(set(answers)) == 1
    assert answers[0][2] is None


def test_an_answer_without_a_body_leaves_the_connection_to_the_next() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        status = "204 No Content" if environ["REQUEST_METHOD"] == "DELETE" else "200 OK"
        start_response(status, [("Content-Length", "4")] if status == "200 OK" else [])
        return [b"body"]

    with served(app) as (_, connection):
        told = [asked(connection, method)[:2] for method in ("HEAD", "DELETE", "GET")]
    assert told == [(200, b""), (204, b""), (200, b"body")]


def test_a_body_that_nobody_has_read_ends_the_connection() -> None:
    def refusing(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("403 Forbidden", [("Content-Length", "2")])
        return [b"no"]

    with served(refusing) as (_, connection):
        assert asked(connection, "POST", b"GET / HTTP/1.1\r\n\r\n" * 400_000) == (
            403,
            b"no",
            "close",
        )
        assert asked(connection) == (403, b"no", None)


def test_an_answer_shorter_than_it_says_ends_the_connection() -> None:
    def short(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "9")])
        return [b"part"]

    with served(short) as (_, connection), pytest.raises(http.client.IncompleteRead):
        asked(connection)


def test_a_request_that_fails_inside_is_answered() -> None:
    def failing(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "9")])
        raise ValueError

    with served(failing) as (_, connection):
        assert [asked(connection)[0] for _ in range(2)] == [500, 500]


def test_a_stopped_server_answers_nobody() -> None:
    with served(who_asks) as (server, connection):
        assert asked(connection)[0] == 200
        server.shutdown()
        server.server_close()
        with pytest.raises(http.client.RemoteDisconnected):
            asked(connection)


def test_clients_of_local_mode_go_on_over_their_connection(aws: LocalAws) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=20)
    first = asked(connection, "HEAD")
    kept = connection.sock
    assert asked(connection)[0] == first[0] == 403
    assert connection.sock is kept
    connection.close()
