"""What serves a model, as a program of its own: the contract of the server in AWS's image.

GET /ping and POST /invocations for ``code/inference.py`` of the archive in the folder that
``SAGEMAKER_BASE_DIR`` names. The image's server is no package that could be installed here; this
keeps to what it answers (aws/deep-learning-containers, pull request 6762): one request at a time,
text decoded as UTF-8, a ValueError is the request's fault and told with status 400, any other error
is logged and answered with 500, a request that takes longer than the server's time ends it.

Nothing of this project is imported, for what is served has the archive's code alone. Connections
come in one by one over standard input, a socket: nothing else on the machine can ask.
"""

import importlib.util
import json
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any

_JSON = "application/json"
# What reaches the handler as text; every other type reaches it as bytes.
_TEXT = {_JSON, "application/jsonl", "application/x-autogluon"}
_LOOK_SECONDS = 0.5
_PIPELINE = ("input_fn", "predict_fn", "output_fn")

Transform = Callable[[Any, Any, str, str], Any]


class Served:
    """The model, loaded once, and the functions that the archive has for it."""

    def __init__(self, base: Path) -> None:
        path = base / "model" / "code" / os.environ.get("SAGEMAKER_PROGRAM", "inference.py")
        if not path.is_file():
            raise SystemExit(f"The archive has no inference handler: {path} is not there.")
        sys.path.insert(0, str(path.parent))
        handler = _loaded(path)
        if not callable(getattr(handler, "model_fn", None)):
            raise SystemExit("The inference handler does not define model_fn.")
        self._transform = _transform(handler)
        self._accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _JSON)
        self._model = handler.model_fn(str(base / "model"))

    def answer(
        self, body: bytes, content_type: str | None, accept: str | None
    ) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer to one request; never an error."""
        sent, wanted = _media_type(content_type, _JSON), _media_type(accept, self._accept)
        try:
            content = body.decode() if sent.startswith("text/") or sent in _TEXT else body
            told = self._transform(self._model, content, sent, wanted)
        except ValueError as error:
            return 400, _JSON, _detail(str(error))
        except Exception:  # noqa: BLE001 (the next request is to be answered)
            traceback.print_exc()
            return 500, _JSON, _detail("inference failed")
        is_pair = isinstance(told, tuple) and len(told) == 2
        output, kind = told if is_pair else (told, wanted)
        if isinstance(output, str):
            output = output.encode()
        if not isinstance(output, bytes | bytearray | memoryview):
            return 500, _JSON, _detail(f"the handler gave back a {type(output).__name__}")
        return 200, _media_type(kind, wanted), bytes(output)


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("inference_handler", path)
    assert spec and spec.loader  # it is a Python file
    handler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handler)
    return handler


def _transform(handler: ModuleType) -> Transform:
    """``transform_fn``, or the three functions that stand for it."""
    whole = getattr(handler, "transform_fn", None)
    parts = [getattr(handler, name, None) for name in _PIPELINE]
    if callable(whole) and not any(parts):
        transform: Transform = whole
        return transform
    if whole is not None or not all(map(callable, parts)):
        raise SystemExit(
            "The inference handler must define either transform_fn or all of input_fn, predict_fn "
            "and output_fn."
        )
    read, predict, write = parts

    def pipeline(model: Any, body: Any, content_type: str, accept: str) -> Any:
        return write(predict(read(body, content_type), model), accept)  # type: ignore[misc]

    return pipeline


def _media_type(header: str | None, default: str) -> str:
    kind = (header or "").split(",")[0].split(";")[0].strip().lower()
    return kind if kind not in ("", "*/*") else default


def _detail(text: str) -> bytes:
    return json.dumps({"detail": text}, separators=(",", ":")).encode() + b"\n"


def _too_long(seconds: int) -> None:
    print(f"A request took more than {seconds} seconds: the server is started again.", flush=True)
    os._exit(1)


class _Request(BaseHTTPRequestHandler):
    """One request; ``server`` is what is served."""

    server: Any

    def do_GET(self) -> None:
        self._send(200 if self.path == "/ping" else 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/invocations":
            self._send(404)
            return
        asked = self.headers.get("Content-Type"), self.headers.get("Accept")
        self._send(*self.server.answer(body, *asked))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
        if self.path != "/ping":
            print(format % args, flush=True)

    def _send(self, status: int, kind: str = _JSON, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:
            self.wfile.write(body)


def serve(served: Served, connections: socket.socket, seconds: int) -> None:
    """Answers one connection after the other until there will be none; ``seconds`` for each."""
    while True:
        _, handed, _, _ = socket.recv_fds(connections, 1, 1)
        if not handed:
            return
        watch = threading.Timer(seconds, _too_long, [seconds])
        watch.daemon = True
        watch.start()
        with socket.socket(fileno=handed[0]) as connection:
            try:
                _Request(connection, ("-", 0), served)  # type: ignore[arg-type]
            except OSError as error:
                print(f"Who asked is gone: {error}", flush=True)
        watch.cancel()


def _end_with(parent: int) -> None:
    """Ends the process when local mode has ended, also while it loads or predicts."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def main() -> None:
    """Loads the model and serves it, for the process whose number is the only argument."""
    threading.Thread(target=_end_with, args=[int(sys.argv[1])], daemon=True).start()
    with socket.socket(fileno=os.dup(0)) as connections:
        served = Served(Path(os.environ["SAGEMAKER_BASE_DIR"]))
        serve(served, connections, int(os.environ.get("SAGEMAKER_MODEL_SERVER_TIMEOUT", "60")))


if __name__ == "__main__":
    main()
