"""The inside of a Lambda function's process: loads the handler, then answers one event a line.

Started by local/fork_server.py as a script, so that nothing of this project is imported but the
unpacked zip. It loads boto3, and then becomes what it is asked for by a fork each time: a
function process, or another server that has loaded some modules more. Events come to a function on
standard input and answers go to standard output, as JSON lines; what the handler prints goes to
standard error, which is the log. The errors have the form in which Lambda's Python runtime reports
them (AWS Lambda Developer Guide, "Lambda function errors in Python").
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback
import uuid
from typing import Any

import boto3

_LENGTH = struct.Struct("!I")
_TOLD = struct.Struct("!i")
# A function's standard input, output and error, and where its process id and exit status are told.
_HANDED = 4
# Of what wakes the server up nothing counts but that it came.
_MANY = 4096


class Context:
    """The parts of Lambda's context object that code may ask for."""

    def __init__(self, deadline: float) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = os.environ["CODEFREE_LOCAL_FUNCTION_ARN"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function times out."""
        return max(0, round((self._deadline - time.time()) * 1000))


def serve(asked: socket.socket) -> None:
    """Becomes what is asked for, each time, until nobody can ask any more.

    Ends are looked after between two requests and not in the signal's handler: a handler runs only
    between two steps of Python, so that a signal just before a wait would be seen after it, and one
    may interrupt another. What is written to the wakeup descriptor ends the wait.
    """
    told: dict[int, socket.socket] = {}
    ended, its_ended = socket.socketpair()
    its_ended.settimeout(0)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(its_ended.fileno(), warn_on_full_buffer=False)
    either = select.poll()
    for end in (asked, ended):
        either.register(end, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in either.poll()}
        if ended.fileno() in ready:
            ended.recv(_MANY)
            _tell_ends(told)
        if asked.fileno() not in ready:
            continue
        if not (wanted := _wanted(asked)):
            return
        what, descriptors = wanted
        its_told = socket.socket(fileno=descriptors.pop())
        if (pid := os.fork()) == 0:
            signal.set_wakeup_fd(-1)
            for other in (asked, ended, its_ended, its_told, *told.values()):
                other.close()
            if len(descriptors) == 1:  # a function would have its three streams
                modules, folder, environment = what
                serve_loaded(modules, folder, environment, descriptors[0])
            else:
                folder, handler, environment = what
                _become(folder, environment, descriptors)
                answer_events(folder, handler)
            sys.exit()
        told[pid] = its_told
        _tell(its_told, pid)
        for descriptor in descriptors:
            os.close(descriptor)


def serve_loaded(
    modules: list[str], folder: str, environment: dict[str, str], descriptor: int
) -> None:
    """Loads the modules, too, and serves those who want functions that begin with them: from a
    layer, or from a function's own ``folder``, in its environment."""
    if folder:
        _settle(folder, environment)
        sys.path.insert(0, folder)
    gc.disable()  # nothing of it is garbage
    for module in modules:
        # A function that can't load it tells of it itself.
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    gc.freeze()
    gc.enable()
    with socket.socket(fileno=descriptor) as asked:
        serve(asked)


def _tell_ends(told: dict[int, socket.socket]) -> None:
    """Tells the end of every process that has ended."""
    while told:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with told.pop(pid) as its_told:
            _tell(its_told, os.waitstatus_to_exitcode(status))


def _wanted(asked: socket.socket) -> tuple[Any, list[int]] | None:
    length, descriptors, *_ = socket.recv_fds(asked, _LENGTH.size, _HANDED)
    if not length:
        return None
    text = b""
    with asked.makefile("rb", buffering=0) as rest:
        while missing := _LENGTH.unpack(length)[0] - len(text):
            if not (more := rest.read(missing)):
                return None  # Who asked was killed in the middle of it.
            text += more
    return json.loads(text), descriptors


def _become(folder: str, environment: dict[str, str], descriptors: list[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    _settle(folder, environment)


def _settle(folder: str, environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def _tell(told: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # Nobody may wait for it any more.
        told.sendall(_TOLD.pack(number))


def _load() -> None:
    """Loads what every function loads: boto3, and what it reads when it makes a client."""
    gc.disable()  # nothing of it is garbage
    boto3.setup_default_session()
    for service in ("s3", "stepfunctions", "sagemaker", "sns"):
        keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        boto3.client(service, region_name="us-east-1", **keys)  # type: ignore[call-overload]
    gc.freeze()
    gc.enable()


def answer_events(folder: str, handler: str) -> None:
    """Answers events for ``handler`` (``module.function``) of the code in ``folder``, for ever."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, folder)
    function, broken = None, None
    try:
        module, _, name = handler.rpartition(".")
        function = getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001 (every event is answered with it)
        broken = _error(error)
    for line in sys.stdin:
        request = json.loads(line)
        answer = broken or _answer(function, request["event"], Context(request["deadline"]))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(function: Any, event: Any, context: Context) -> dict[str, Any]:
    try:
        return {"failed": False, "payload": json.dumps(function(event, context))}
    except Exception as error:  # noqa: BLE001 (the answer to the event)
        return _error(error)


def _error(error: Exception) -> dict[str, Any]:
    traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    payload = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": str(uuid.uuid4()),
        "stackTrace": traceback.format_list([f for f in frames if f.filename != __file__]),
    }
    return {"failed": True, "payload": json.dumps(payload)}


if __name__ == "__main__":
    with socket.socket(fileno=0) as asked:
        _load()
        serve(asked)
