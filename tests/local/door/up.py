"""A running `codefree up`, and requests that are sent to it."""

import functools
import http.client
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.stack import Stack
from tests.local.stacks import stand_in_code
from tests.local.uploads import Uploader
from tests.waiting import LONGEST_SECONDS

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
KEY = "data/a secret.csv"
SECRET = b"name,salary\nAda,1\n"
CODE = stand_in_code()


class Up:
    """A running `codefree up`, and what it has printed for a person."""

    def __init__(self, home: Path, port: int, said: str) -> None:
        self.home, self.port = home, port
        self.endpoint = f"http://127.0.0.1:{port}"
        self.variables = dict(re.findall(r"export (\w+)=(\S+)", said))

    @property
    def credentials(self) -> Credentials:
        return Credentials(
            self.variables["AWS_ACCESS_KEY_ID"], self.variables["AWS_SECRET_ACCESS_KEY"]
        )

    def client(self, service: str, **more: Any) -> Any:
        """A plain client with what was printed, and nothing else."""
        own = self.credentials
        session: Any = boto3.Session(own.access_key, own.secret_key, region_name="us-east-1")
        return session.client(service, endpoint_url=self.endpoint, **more)

    def ask(
        self, method: str, target: str, body: bytes | str | list[bytes] = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One plain request; underscores in the headers' names stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            in_chunks = isinstance(body, list)
            connection.request(method, target, body, named, encode_chunked=in_chunks)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read()
        finally:
            connection.close()

    def uploader(self, name: str) -> Uploader:
        return Uploader(self, Stack("codefree", MACHINE), name)  # type: ignore[arg-type]

    @functools.cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @functools.cached_property
    def states(self) -> Any:
        return self.client("stepfunctions")

    @functools.cached_property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")


def signed(up: Up, request: AWSRequest, service: str = "s3", region: str = "us-east-1") -> None:
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    request.headers["Host"] = f"127.0.0.1:{up.port}"
    kind(up.credentials, service, region).add_auth(request)


def send(
    up: Up, request: AWSRequest, body: bytes | list[bytes] = b""
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(str(request.url))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return up.ask(str(request.method), target, body, **dict(request.headers.items()))


def fetch(up: Up, url: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    parts = urlsplit(url)
    status, _, told = up.ask(method, f"{parts.path}?{parts.query}", body)
    return status, told
