"""What can be made to go wrong at AWS's edges, so that tests see what becomes of a run.

A plan of faults is held against every request to the imitated AWS, every invocation of a function
and every job. A fault strikes as often as it says where its ``about``, a text such as a dataset's
name, stands in what is asked for; so many runs at once can each have faults of their own.
"""

import io
import json
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypeVar
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.patches import wrap
from local.streaming import request_bodies

_S3_OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}


@dataclass
class Fault:
    """Something that goes wrong ``times`` times where ``about`` is meant."""

    about: str
    times: int = field(default=1, kw_only=True)


@dataclass
class ApiFault(Fault):
    """A request that AWS answers with an error.

    ``operation`` is the API's name for it (``CreateTrainingJob``, ``Invoke``, ``PutObject``), and
    ``also`` another text in its path or body. With ``accepted``, what was asked for is done all
    the same. S3's bodies are not looked into.
    """

    operation: str
    code: str
    message: str
    status: int = 400
    also: str = ""
    accepted: bool = False


@dataclass
class FunctionFault(Fault):
    """An invocation of a Lambda function that ends without its answer.

    ``crash`` is a process that dies when its work is done, before it can say so; with ``timeout``
    and ``memory`` it ran into its limits before it had done anything; ``hang`` never ends.
    """

    function: str
    how: Literal["crash", "timeout", "memory", "hang"]


@dataclass
class JobFault(Fault):
    """A SageMaker job that does not end well.

    ``no capacity`` before it runs, ``capacity lost`` and ``internal error`` while it runs;
    ``crash`` is exit code 1 with a text for people, ``killed`` SIGKILL for its process (which is
    how the system ends one that takes too much memory), ``over time`` its time limit, ``stopped``
    somebody's StopTrainingJob, ``hang`` a program that does not end by itself. A managed spot
    training that is ``interrupted`` loses its machine and begins again, one that is ``starved``
    never gets one. With ``as_error`` Step Functions has a stopped job fail its state: whether it
    does so, AWS's documentation does not say.
    """

    kind: Literal["Training", "Processing"]
    how: Literal[
        "no capacity",
        "capacity lost",
        "internal error",
        "crash",
        "killed",
        "over time",
        "stopped",
        "interrupted",
        "starved",
        "hang",
    ]
    as_error: bool = field(default=False, kw_only=True)


_F = TypeVar("_F", bound=Fault)


class Faults:
    """The plan: what is yet to go wrong."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()

    def plan(self, faults: Iterable[Fault]) -> None:
        """Adds faults to the plan."""
        with self._lock:
            self._planned.extend(faults)

    def mend(self, about: str) -> list[Fault]:
        """Takes what is left about ``about`` out of the plan, and returns it."""
        with self._lock:
            ours = [fault for fault in self._planned if fault.about == about]
            self._planned = [fault for fault in self._planned if fault.about != about]
        return [fault for fault in ours if fault.times > 0]

    def of_function(self, name: str, event: object) -> FunctionFault | None:
        """What goes wrong with this invocation of the function called ``name``."""
        return self._strike(FunctionFault, _text(event), lambda fault: fault.function in name)

    def of_job(self, kind: str, request: dict[str, Any]) -> JobFault | None:
        """What goes wrong with the job that ``request`` creates."""
        return self._strike(JobFault, _text(request), lambda fault: fault.kind == kind)

    def of_request(self, operation: str, text: str) -> ApiFault | None:
        """What goes wrong with this request, whose path and body are ``text``."""
        return self._strike(
            ApiFault, text, lambda fault: fault.operation == operation and fault.also in text
        )

    def _strike(self, kind: type[_F], text: str, is_meant: Callable[[_F], bool]) -> _F | None:
        with self._lock:
            for fault in self._planned:
                if (
                    isinstance(fault, kind)
                    and fault.times > 0
                    and fault.about in text
                    and is_meant(fault)
                ):
                    fault.times -= 1
                    return fault
        return None

    def strike_requests(self) -> None:
        """Holds the plan against every request that moto's server gets from now on."""

        def answer_or_fail(
            answer: Any, server: Any, environ: dict[str, Any], start_response: Any
        ) -> Any:
            if not self._planned:
                return answer(server, environ, start_response)
            fault = self.of_request(*_operation_and_text(environ))
            if fault is None:
                return answer(server, environ, start_response)
            if fault.accepted:
                b"".join(answer(server, environ, lambda *_: None))
            return _error(fault, environ, start_response)

        wrap(DomainDispatcherApplication, "__call__", answer_or_fail, over=request_bodies)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _operation_and_text(environ: dict[str, Any]) -> tuple[str, str]:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if _is_s3(environ):
        return _s3_operation(environ, method), path
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    text = path + body.decode(errors="replace")
    if target := environ.get("HTTP_X_AMZ_TARGET", ""):
        return target.rpartition(".")[2], text
    if path.endswith("/invocations"):
        return "Invoke", text
    _, _, action = text.partition("Action=")
    return action.partition("&")[0], text


def _is_s3(environ: dict[str, Any]) -> bool:
    return "/s3/aws4_request" in environ.get("HTTP_AUTHORIZATION", "")


def _s3_operation(environ: dict[str, Any], method: str) -> str:
    if "HTTP_X_AMZ_COPY_SOURCE" in environ:
        return "CopyObject"
    if "list-type" in environ.get("QUERY_STRING", ""):
        return "ListObjectsV2"
    return _S3_OPERATIONS.get(method, method)


def _error(fault: ApiFault, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The error as the service's protocol has it: XML for S3, JSON for the others."""
    if _is_s3(environ):
        kind = "application/xml"
        text = f"<Error><Code>{fault.code}</Code><Message>{escape(fault.message)}</Message></Error>"
    else:
        kind = "application/x-amz-json-1.1"
        text = json.dumps({"__type": fault.code, "message": fault.message})
    status = f"{fault.status} {HTTPStatus(fault.status).phrase}"
    headers = [
        ("Content-Type", kind),
        ("x-amzn-ErrorType", fault.code),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    start_response(status, headers)
    return [text.encode()]
