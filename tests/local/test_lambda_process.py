"""Lambda functions as processes: environment, time, memory, crashes, as Lambda reports them."""

import io
import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.lambda_process import FunctionSettings, LambdaProcesses

CODE = """
import os, sys, time
class Rejected(Exception): pass
def handler(event, context):
    print("seen", event)
    what = event["do"]
    if what == "environment": return dict(os.environ)
    if what == "pid": return os.getpid()
    if what == "left": return context.get_remaining_time_in_millis()
    if what == "raise": raise Rejected("say why")
    if what == "sleep": time.sleep(60)
    if what == "exit": os._exit(3)
    if what == "memory":
        kept = [bytearray(50_000_000) for _ in range(20)]
        time.sleep(60)
"""

# Whether it began with what the layer holds, and the threads of the process that was forked.
LOADED = """
import os, sys
loaded = {"pandas", "pyarrow.compute"} & {*sys.modules}
def handler(event, context):
    import psutil
    return [len(loaded), psutil.Process(os.getppid()).num_threads()]
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[LambdaProcesses]:
    processes = LambdaProcesses(tmp_path, "http://127.0.0.1:1")
    yield processes
    processes.stop()


def settings(code: str = CODE, **changes: Any) -> FunctionSettings:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # With a date of its own, for the time of writing would make other code of it.
        archive.writestr(zipfile.ZipInfo("index.py"), code)
    made = FunctionSettings(
        name="f",
        code=packed.getvalue(),
        handler="index.handler",
        timeout_seconds=900.0,
        memory_mb=256,
        environment={"BUCKET": "b"},
        region="us-east-1",
        arn="arn:f",
        credentials={"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"},
    )
    return replace(made, **changes)


def answer(processes: LambdaProcesses, do: str, **changes: Any) -> tuple[bool, object]:
    outcome = processes.invoke(settings(**changes), {"do": do})
    return outcome.failed, json.loads(outcome.payload)


def test_the_function_sees_the_templates_environment_and_not_the_users(
    processes: LambdaProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    failed, environment = answer(processes, "environment")
    assert not failed
    assert isinstance(environment, dict)
    assert environment["BUCKET"] == "b"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert "AWS_PROFILE" not in environment


@pytest.mark.parametrize(("has_layer", "loaded"), [(True, 2), (False, 0)])
def test_what_a_layer_holds_is_loaded_once_for_the_functions_that_have_it(
    processes: LambdaProcesses, has_layer: bool, loaded: int
) -> None:
    outcome = processes.invoke(settings(LOADED, has_layer=has_layer), {})
    assert json.loads(outcome.payload) == [loaded, 1]


def test_an_exception_has_lambdas_form(processes: LambdaProcesses) -> None:
    failed, error = answer(processes, "raise")
    assert failed
    assert isinstance(error, dict)
    assert (error["errorType"], error["errorMessage"]) == ("Rejected", "say why")


def test_the_time_limit_ends_the_function(processes: LambdaProcesses) -> None:
    failed, error = answer(processes, "sleep", timeout_seconds=0.5)
    assert failed
    assert isinstance(error, dict)
    assert error["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 0.50 seconds" in error["errorMessage"]


def test_the_memory_limit_ends_the_function(processes: LambdaProcesses) -> None:
    failed, error = answer(processes, "memory", memory_mb=200)
    assert failed
    assert isinstance(error, dict)
    assert error["errorType"] == "Runtime.OutOfMemory"


def test_a_crash_is_an_exit_error_and_the_next_event_gets_a_new_process(
    processes: LambdaProcesses,
) -> None:
    failed, error = answer(processes, "exit")
    assert failed
    assert isinstance(error, dict)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("exit status 3")
    assert answer(processes, "left")[0] is False


def test_a_process_that_answered_is_used_again_until_its_code_changes(
    processes: LambdaProcesses,
) -> None:
    first, again = answer(processes, "pid")[1], answer(processes, "pid")[1]
    other = answer(processes, "pid", code=CODE + "# changed")[1]
    assert first == again != other


def test_a_handler_that_cannot_be_loaded_is_reported(processes: LambdaProcesses) -> None:
    failed, error = answer(processes, "pid", handler="missing.handler")
    assert failed
    assert isinstance(error, dict)
    assert error["errorType"] == "ModuleNotFoundError"


def test_what_the_function_prints_is_in_its_log_and_not_in_its_answer(
    processes: LambdaProcesses,
) -> None:
    outcome = processes.invoke(settings(), {"do": "left"})
    assert "seen {'do': 'left'}" in outcome.log
    assert 0 < json.loads(outcome.payload) <= 900_000


def test_stopping_leaves_no_process(processes: LambdaProcesses) -> None:
    pid = answer(processes, "pid")[1]
    processes.stop()
    assert isinstance(pid, int)
    assert not psutil.pid_exists(pid)


def test_a_function_that_is_invoked_while_all_is_stopped_has_exited(
    processes: LambdaProcesses,
) -> None:
    process = processes._take(settings())
    processes.stop()
    outcome = process.answer({"do": "pid"}, settings(), processes._watcher)
    assert outcome.failed
    assert json.loads(outcome.payload)["errorType"] == "Runtime.ExitError"


def test_functions_start_again_after_the_process_that_starts_them_was_killed(
    processes: LambdaProcesses,
) -> None:
    pid = answer(processes, "pid")[1]
    assert isinstance(pid, int)
    server = psutil.Process(pid).parent()
    assert server
    server.kill()
    server.wait(900)
    assert answer(processes, "pid", environment={"BUCKET": "other"})[0] is False


def test_functions_end_with_the_process_that_invoked_them(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from local.lambda_process import LambdaProcesses
from tests.local.test_lambda_process import settings
processes = LambdaProcesses(Path({str(tmp_path)!r}), "http://127.0.0.1:1")
print(processes.invoke(settings(), {{"do": "pid"}}).payload, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", program]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    psutil.wait_procs(_those_alive(int(killed.stdout)), timeout=900)
    assert not _those_alive(int(killed.stdout))


def _those_alive(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return []
    return [] if process.status() == psutil.STATUS_ZOMBIE else [process]


def test_of_many_functions_those_that_were_used_last_are_warm(processes: LambdaProcesses) -> None:
    some = settings()

    def pid(number: int) -> int:
        function = replace(some, environment={"NUMBER": str(number)})
        return int(processes.invoke(function, {"do": "pid"}).payload)

    first = [pid(number) for number in range(2)]
    assert pid(0) == first[0]
    others = [pid(number) for number in range(2, 33)]
    assert pid(0) == first[0] and pid(32) == others[-1]
    assert not psutil.pid_exists(first[1])
