"""A `codefree up` of a test's own, which it may end in any way, and plain clients of it."""

import signal
import socket
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.stack import Stack
from operate.home_key import kept_credentials
from tests.local.uploads import Uploader
from tests.waiting import LONGEST_SECONDS

CODEFREE = str(Path(sys.executable).with_name("codefree"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Up:
    """A `codefree up` of its own, and plain clients of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(
        self, *words: str, program: tuple[str, ...] = (CODEFREE,), console: bool = False
    ) -> "Up":
        where = ["--port", str(self.port), "--home", str(self.home)]
        if not console:
            where += ["--no-console"]
        elif not (self.home / "console").exists():  # later it has the port that it had
            where += ["--console-port", str(free_port())]
        command = [*program, "up", *where, "--param", "RunsAtOnce=1000", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.said = ""
        while "Ctrl-C stops it" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        return self

    def end(self, number: int) -> "Up":
        if self.process:
            self.process.send_signal(number)
            self.process.wait(LONGEST_SECONDS)
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None
        return self

    def kill(self) -> "Up":
        return self.end(signal.SIGKILL)

    def stop(self) -> "Up":
        return self.end(signal.SIGTERM)

    def uploader(self, name: str) -> Uploader:
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
        return Uploader(self, Stack("codefree", machine), name)  # type: ignore[arg-type]

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def states(self) -> Any:
        return self.client("stepfunctions")

    @cached_property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    def client(self, service: str) -> Any:
        own = kept_credentials(self.home)
        session: Any = boto3.Session(own.access_key, own.secret_key, region_name="us-east-1")
        config = Config(retries={"max_attempts": 0}, connect_timeout=60, max_pool_connections=30)
        return session.client(service, endpoint_url=self.endpoint, config=config)


def put(up: Up, key: str, body: bytes, **more: Any) -> str:
    return str(up.s3.put_object(Bucket="codefree", Key=key, Body=body, **more)["VersionId"])
