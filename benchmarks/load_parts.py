"""Local mode with a clock in each of its parts: whose is the computing time of its main process?

``python -m benchmarks.load_parts FILE COMMAND...`` is ``codefree COMMAND...`` which once a second
writes to FILE how many CPU seconds each part has taken so far, without those of the parts that it
calls, and how often each role has called AWS for what. A part is where work enters it.
"""

import gc
import importlib
import json
import sys
import threading
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.clocks import Function, put_clock

# Work that is not in any part: threads that begin and end, and connections that are accepted.
REST = "threads, connections"
_WRITE_SECONDS = 1
_STATES = "moto.stepfunctions.parser"
PARTS = {
    "HTTP server": ("werkzeug.serving:WSGIRequestHandler.handle",),
    "signature check": ("local.door.door:Door.__call__",),
    "moto's requests and answers": ("flask:Flask.wsgi_app",),
    "IAM policy check": (
        "local.access.control:AccessControl.check",
        "local.access.control:AccessControl.check_root",
        "local.access.control:AccessControl.check_service",
        "local.access.control:AccessControl.assumed",
    ),
    "S3 backend": tuple(
        f"moto.s3.models:S3Backend.{name}"
        for name in ("put_object", "get_object", "list_objects", "head_object", "delete_object")
    ),
    "bytes to disk": ("local.kept.objects:KeptObjects.write_bytes",),
    "database": (
        "local.kept.objects:KeptObjects.flush",
        "local.kept.executions:KeptExecutions._add",
        "local.kept.executions:KeptExecutions._begin",
        "local.kept.executions:KeptExecutions._read",
        "local.kept.jobs:KeptJobs._keep",
    ),
    "interpreter": (
        f"{_STATES}.asl.component.eval_component:EvalComponent.eval",
        f"{_STATES}.backend.execution:Execution.start",
        f"{_STATES}.backend.execution_worker:ExecutionWorker._execution_logic",
    ),
    "rules and events": (
        "moto.events.models:Rule.send_to_targets",
        "moto.s3.notifications:send_event",
        "local.gaps.stepfunctions.execution_events:send",
    ),
    "Lambda processes": (
        "local.lambda_process:LambdaProcesses.invoke",
        "local.lambda_process:_Watcher._go_round",
        "moto.awslambda.models:LambdaFunction._invoke_lambda",
    ),
    "CloudWatch logs": (
        "local.gaps.awslambda.functions:_keep_log",
        "local.jobs.log:JobLog._pass_on",
    ),
    "job runner": ("local.jobs.runner:JobRunner._run_in_turn",),
    "calls by botocore": (
        "botocore.client:BaseClient._make_api_call",
        "local.access.clients:RoleClients.client",
    ),
}


class Parts:
    """CPU seconds by part, of every thread."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._seconds: dict[str, float] = defaultdict(float)
        self._calls: Counter[str] = Counter()
        # A collection may begin while it is held.
        self._lock = threading.RLock()

    def attach(self) -> None:
        """Puts the clocks in their places."""
        for part, places in PARTS.items():
            for place in places:
                put_clock(place, partial(self._clocked, part))
        self._count_calls()
        gc.callbacks.append(self._collects)

    def so_far(self) -> dict[str, Any]:
        """The seconds by part and the calls by role."""
        with self._lock:
            seconds = dict(self._seconds)
        seconds[REST] = time.process_time() - sum(seconds.values())
        return {"seconds": seconds, "calls": dict(self._calls)}

    def _clocked(self, part: str, function: Function) -> Function:
        def call(*args: Any, **kwargs: Any) -> Any:
            before = self._switch(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._switch(before)

        return call

    def _switch(self, part: str) -> str:
        """Makes ``part`` the one that this thread's time counts for; gives the one before."""
        here = self._here
        before: str = getattr(here, "part", REST)
        if before == part:
            return before
        now = time.thread_time()
        if before != REST:
            with self._lock:
                self._seconds[before] += now - here.since
        here.part, here.since = part, now
        return before

    def _collects(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._here.collecting_for = self._switch("garbage collection")
        else:
            self._switch(self._here.collecting_for)

    def _count_calls(self) -> None:
        control: Any = importlib.import_module("local.access.control").AccessControl
        check = control.check

        def counted(access: Any, session: Any, needs: Any) -> None:
            needs = list(needs)
            if needs:
                role = session.role.rpartition("/")[2]
                self._calls[f"{role} {needs[0].action}"] += 1
            check(access, session, needs)

        control.check = counted


def main() -> None:
    file, *command = sys.argv[1:]
    parts = Parts()
    parts.attach()

    def write() -> None:
        path = Path(file)
        while True:
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(parts.so_far()))
            fresh.replace(path)
            time.sleep(_WRITE_SECONDS)

    threading.Thread(target=write, daemon=True).start()
    sys.argv = ["codefree", *command]
    from codefree.cli import app

    app()


if __name__ == "__main__":
    main()
