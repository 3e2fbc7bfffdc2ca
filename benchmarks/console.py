"""The console's pages at 1, 100 and 1,000 runs: server time and memory.

The console runs as a process of its own, as with ``codefree console``; Step Functions, S3 and the
other services are a moto server with a small stack in another. Each run has two executions, as that
of a pair has, which end at once: the first waits for its partner, and the second has what Publish
leaves. The first look reads what is shown; the median is that of the looks after it.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import httpx2
import psutil
from rich.console import Console
from rich.table import Table

SIZES = (1, 100, 1_000)
_PAGES = ("/", "/?page=2", "/?name=set+7", "/runs/EXECUTION", "/stack")
_LOOKS = 11
_MIB = 1024**2
# moto's server with executions that are carried out.
_AWS = """
import sys
from moto.core.config import default_user_config
from moto.server import main
default_user_config["stepfunctions"]["execute_state_machine"] = True
main(sys.argv[1:])
"""
_REGION = "us-east-1"
_STACK = "codefree"
_MACHINES = {
    "StateMachineArn": f"arn:aws:states:{_REGION}:123456789012:stateMachine:{_STACK}",
    "PredictionMachineArn": f"arn:aws:states:{_REGION}:123456789012:stateMachine:{_STACK}-predict",
}
_PASS = {"Type": "Pass", "OutputPath": "$.output", "End": True}
_DEFINITION = {"StartAt": "Publish", "States": {"Publish": _PASS}}
_PORT, _CONSOLE_PORT = 4598, 8398


@dataclass(frozen=True)
class Looked:
    """A page's first and median server time in seconds, and its length in bytes."""

    page: str
    status: int
    first: float
    usual: float
    length: int


def main() -> None:
    """Measures each size in processes of its own, and prints a table."""
    table = Table(title="The console's pages", show_edge=True)
    for heading in ("runs", "page", "first look, ms", "usual, ms", "KB", "console's memory, MB"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for runs in SIZES:
        looks, memory = _measured(runs)
        for look in looks:
            table.add_row(
                f"{runs:,}",
                look.page if look.status == 200 else f"{look.page} ({look.status})",
                f"{look.first * 1000:,.0f}",
                f"{look.usual * 1000:,.0f}",
                f"{look.length / 1000:,.0f}",
                f"{memory:,.0f}",
            )
    Console().print(table)


def _measured(runs: int) -> tuple[list[Looked], float]:
    endpoint = f"http://127.0.0.1:{_PORT}"
    aws = subprocess.Popen(
        [sys.executable, "-c", _AWS, "-p", str(_PORT)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with TemporaryDirectory() as home:
        command = [sys.executable, "-c", "from codefree.cli import app; app()", "console"]
        command += ["--home", home, "--endpoint-url", endpoint]
        command += ["--console-port", str(_CONSOLE_PORT)]
        console: subprocess.Popen[str] | None = None
        try:
            execution = _filled(endpoint, runs)
            console = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert console.stdout
            opening = console.stdout.readline().split()[-1]
            with httpx2.Client(follow_redirects=True, timeout=120) as browser:
                browser.get(opening)
                host = opening.split("?", maxsplit=1)[0].rstrip("/")
                pages = [page.replace("EXECUTION", execution) for page in _PAGES]
                looks = [_looked(browser, host, page) for page in pages]
            return looks, psutil.Process(console.pid).memory_info().rss / _MIB
        finally:
            for process in (console, aws):
                if process:
                    process.terminate()
                    process.wait()


def _looked(browser: httpx2.Client, host: str, page: str) -> Looked:
    seconds = []
    for _ in range(_LOOKS):
        begin = time.perf_counter()
        answer = browser.get(f"{host}{page}")
        seconds.append(time.perf_counter() - begin)
    told = page if len(page) < 30 else "/runs/EXECUTION"
    length = len(answer.content)
    return Looked(told, answer.status_code, seconds[0], median(seconds[1:]), length)


def _filled(endpoint: str, runs: int) -> str:
    """Makes the stack and its executions; returns the name of the newest."""
    session: Any = boto3.Session("none", "none", region_name=_REGION)

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint)

    _wait_for(endpoint)
    client("cloudformation").create_stack(StackName=_STACK, TemplateBody=json.dumps(_template()))
    states, s3, started = client("stepfunctions"), client("s3"), ""
    machine = _MACHINES["StateMachineArn"]
    for arn in _MACHINES.values():
        definition, role = json.dumps(_DEFINITION), "arn:aws:iam::123456789012:role/any"
        states.create_state_machine(
            name=arn.rpartition(":")[2], definition=definition, roleArn=role
        )
    for at in range(runs):
        name = f"set {at}"
        waits = {"Outcome": "WaitingForPartner", "Message": "not there yet"}
        for part, output in (("test", waits), ("train", _summary(name))):
            key = f"data/{name}_{part}.csv"
            s3.put_object(Bucket=_STACK, Key=key, Body=b"label,a\n")
            begun = states.start_execution(
                stateMachineArn=machine,
                name=f"run-{at}-{part}",
                input=json.dumps({"detail": {"object": {"key": key}}, "output": output}),
            )
            started = begun["executionArn"].rpartition(":")[2]
    _wait_until_ended(states, machine)
    return started


def _template() -> dict[str, Any]:
    """A stack with the parameters and outputs that the console looks for."""
    outputs: dict[str, Any] = {"BucketName": {"Ref": "Bucket"}, **_MACHINES}
    outputs["DeadLetterQueue"] = {"Ref": "Letters"}
    return {
        "Parameters": {
            name: {"Type": "String", "Default": value}
            for name, value in (
                ("DailyCostLimit", "50"),
                ("MonthlyCostLimit", "500"),
                ("RunsAtOnce", "4"),
            )
        },
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": _STACK}},
            "Letters": {"Type": "AWS::SQS::Queue"},
        },
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def _summary(name: str) -> dict[str, Any]:
    """As much as Publish writes."""
    baseline = "a linear model"
    metrics = {
        "eval_metric": "f1",
        "score": 0.95,
        "interval": {"low": 0.9, "high": 0.98, "confidence": 0.95},
        "baselines": {baseline: 0.9},
        "comparisons": {baseline: {"verdict": "better", "difference": 0.05}},
        "headline": "Of 53 rows, 50 were found.",
        "report": f"{name}_report.html",
        "notes": ["Something that is worth a sentence, as long as sentences are."] * 40,
    }
    cost = {"EstimatedUSD": 0.5, "MostUSD": 0.7, "ActualUSD": 0.3, "PricesAsOf": "2026-11"}
    return {"Dataset": name, "Run": "r", "Metrics": metrics, "Cost": cost}


def _wait_for(endpoint: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx2.get(endpoint)
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _wait_until_ended(states: Any, machine: str) -> None:
    asked = {"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": 1}
    while states.list_executions(**asked)["executions"]:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
