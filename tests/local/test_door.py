"""Nobody gets into local mode: attacks on a real `codefree up`, and plain clients that go on."""

import base64
import contextlib
import functools
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from local.stack import Stack
from tests.local.stacks import stand_in_code
from tests.local.uploads import Uploader, table

CODEFREE = str(Path(sys.executable).with_name("codefree"))
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:codefree"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
KEY = "data/a secret.csv"
SECRET = b"name,salary\nAda,1\n"
CODE = stand_in_code()
CHROMIUM_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=8000", "--dump-dom"),
]


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
        session = boto3.Session(own.access_key, own.secret_key, region_name="us-east-1")
        return session.client(service, endpoint_url=self.endpoint, **more)

    def ask(
        self, method: str, target: str, body: bytes | str | list[bytes] = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One plain request; underscores in the headers' names stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
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


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    # Others may look into the folder above, as into a person's own.
    folder = tmp_path_factory.mktemp("door")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    home = folder / "home"
    home.mkdir(mode=0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [CODEFREE, "up", "--port", str(port), "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = ""
        while "Ctrl-C stops it" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        running = Up(home, port, said)
        running.s3.put_object(Bucket="codefree", Key=KEY, Body=SECRET)
        running.s3.put_object(Bucket="codefree", Key="source/sourcedir.tar.gz", Body=CODE)
        yield running
        process.terminate()


@pytest.fixture(autouse=True)
def nothing_came_in(up: Up) -> Iterator[None]:
    """Whatever a test tries: what the home's owner put there is what is there."""
    yield
    code = up.s3.get_object(Bucket="codefree", Key="source/sourcedir.tar.gz")["Body"].read()
    assert code == CODE
    assert up.s3.get_object(Bucket="codefree", Key=KEY)["Body"].read() == SECRET


def signed(up: Up, request: AWSRequest, service: str = "s3", region: str = "us-east-1") -> None:
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    request.headers["Host"] = f"127.0.0.1:{up.port}"
    kind(up.credentials, service, region).add_auth(request)


def send(
    up: Up, request: AWSRequest, body: bytes | list[bytes] = b""
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return up.ask(request.method, target, body, **dict(request.headers.items()))


# Web pages


PAGE = """<!doctype html><title>begun</title><body><script>
const at = "http://127.0.0.1:PORT";
const form = (key, text) => {
  const f = document.createElement("form");
  const frame = document.createElement("iframe");
  frame.name = key; document.body.append(frame);
  f.action = at + "/codefree"; f.method = "POST"; f.target = key; f.enctype = "multipart/form-data";
  for (const [name, value] of [["key", key], ["file", text]]) {
    const i = document.createElement("textarea"); i.name = name; i.value = value; f.append(i);
  }
  document.body.append(f); f.submit();
};
form("source/sourcedir.tar.gz", "not the owner's"); form("data/b_train.csv", "label\\n1\\n");
const told = [];
const tell = (what) => { told.push(what); document.title = told.join(" "); };
const tried = (what, how) => fetch(at + what, how).then(
  (r) => r.text().then((t) => tell("READ" + t.length)), () => tell("refused"));
(async () => {
  await tried("/codefree/data/a%20secret.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=x/20260101/us-east-1/s3/aws4_request");
  await tried("/codefree/data/c_train.csv", {method: "PUT", body: "label"});
  await tried("/moto-api/reset", {method: "POST"});
  await fetch(at + "/codefree/data/d_train.csv", {method: "POST", mode: "no-cors", body: "x"})
    .catch(() => 0);
  tell("done");
})();
</script>"""


@contextlib.contextmanager
def foreign_page(up: Up) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.replace("PORT", str(up.port)).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
def test_a_foreign_page_neither_writes_by_forms_nor_reads_by_fetch(up: Up, tmp_path: Path) -> None:
    with foreign_page(up) as page:
        command = [str(CHROMIUM), *CHROMIUM_FLAGS, f"--user-data-dir={tmp_path / 'profile'}", page]
        seen = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "<title>refused refused refused done</title>" in seen.stdout, seen.stdout[:500]
    listed = up.s3.list_objects_v2(Bucket="codefree", Prefix="data/")["Contents"]
    assert [entry["Key"] for entry in listed] == [KEY]
    assert up.states.describe_state_machine(stateMachineArn=MACHINE)["name"] == "codefree"


def form(key: str, text: str) -> tuple[bytes, str]:
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("key", key), ("file", text))
    )
    return f"{parts}--x--\r\n".encode(), "multipart/form-data; boundary=x"


def test_s3s_post_forms_are_refused_in_words(up: Up) -> None:
    body, kind = form("source/sourcedir.tar.gz", "an attacker's")
    status, headers, told = up.ask("POST", "/codefree", body, Content_Type=kind)
    assert (status, headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert told == b"Codefree's local mode takes no forms. Upload with an AWS client.\n"


def test_even_a_form_with_a_signed_policy_is_refused(up: Up) -> None:
    post = up.s3.generate_presigned_post("codefree", "source/sourcedir.tar.gz")
    fields = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (*post["fields"].items(), ("file", "new code"))
    )
    kind = "multipart/form-data; boundary=x"
    assert up.ask("POST", "/codefree", f"{fields}--x--\r\n", Content_Type=kind)[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8888"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_what_a_foreign_page_sends_is_refused_even_when_signed(
    up: Up, headers: dict[str, str]
) -> None:
    request = AWSRequest("GET", f"{up.endpoint}/codefree/data/a%20secret.csv")
    signed(up, request)
    for name, value in headers.items():
        request.headers[name.replace("_", "-")] = value
    status, told, body = send(up, request)
    assert (status, body) == (403, b"Codefree's local mode takes no requests from web pages.\n")
    assert not [name for name in told if name.startswith("access-control")]


def test_a_preflight_is_answered_without_cors(up: Up) -> None:
    asked = {"Origin": "http://evil.example", "Access_Control_Request_Method": "PUT"}
    status, told, _ = up.ask("OPTIONS", "/codefree/source/sourcedir.tar.gz", **asked)
    assert status == 403
    assert not [name for name in told if name.startswith("access-control")]


def test_a_buckets_own_cors_rules_open_nothing(up: Up) -> None:
    up.s3.put_bucket_cors(
        Bucket="codefree",
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    request = AWSRequest("GET", f"{up.endpoint}/codefree/data/a%20secret.csv")
    signed(up, request)
    request.headers["Origin"] = f"http://127.0.0.1:{up.port}"
    status, told, _ = send(up, request)
    assert status == 200
    assert not [name for name in told if name.startswith("access-control")]
    up.s3.delete_bucket_cors(Bucket="codefree")


# Names, switches, invented and stolen signatures


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1",
     "127.0.0.1.evil.example:{port}",
     "localhost.evil.example:{port}", "evil@127.0.0.1:{port}", "0.0.0.0:{port}", ""],
)  # fmt: skip
def test_a_foreign_host_is_refused(up: Up, host: str) -> None:
    body = json.dumps({})
    headers = {
        "Host": host.format(port=up.port),
        "X_Amz_Target": "AWSStepFunctions.ListStateMachines",
        "Content_Type": "application/x-amz-json-1.0",
        "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/states/aws4_request, "
        f"SignedHeaders=host, Signature={'0' * 64}",
    }
    status, _, told = up.ask("POST", "/", body, **headers)
    assert status == 403 and b"answers at 127.0.0.1" in told


@pytest.mark.parametrize(
    "path", ["/moto-api/reset", "/%6doto-api/data.json", "/latest/meta-data/x"]
)
def test_motos_own_switches_are_closed_even_to_the_owner(up: Up, path: str) -> None:
    for method in ("GET", "POST"):
        request = AWSRequest(method, f"{up.endpoint}{path}")
        signed(up, request)
        assert send(up, request)[0] == 403
        assert up.ask(method, path)[0] == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST"])
def test_without_a_signature_nothing_is_answered(up: Up, method: str) -> None:
    for target in ("/", "/codefree", "/codefree/data/a%20secret.csv", "/codefree?versioning"):
        status, _, told = up.ask(method, target, b"x" if method == "PUT" else b"")
        assert status == 403
        assert b"<Code>AccessDenied</Code>" in told or method == "HEAD"


def test_invented_credentials_open_nothing(up: Up) -> None:
    invented = boto3.Session("AKIAIOSFODNN7EXAMPLE", "invented", region_name="us-east-1")
    expected = {
        "s3": ("list_buckets", {}, "InvalidAccessKeyId"),
        "stepfunctions": ("list_state_machines", {}, "UnrecognizedClientException"),
        "cloudformation": ("describe_stacks", {}, "InvalidClientTokenId"),
        "sts": ("get_caller_identity", {}, "InvalidClientTokenId"),
        "lambda": ("list_functions", {}, "UnrecognizedClientException"),
        "sagemaker": ("list_training_jobs", {}, "UnrecognizedClientException"),
    }
    for service, (operation, parameters, code) in expected.items():
        client = invented.client(service, endpoint_url=up.endpoint)
        with pytest.raises(ClientError, match=code):
            getattr(client, operation)(**parameters)


def test_the_right_key_with_a_wrong_secret_opens_nothing(up: Up) -> None:
    wrong = boto3.Session(up.credentials.access_key, "wrong", region_name="us-east-1")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.client("s3", endpoint_url=up.endpoint).get_object(Bucket="codefree", Key=KEY)
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        wrong.client("stepfunctions", endpoint_url=up.endpoint).list_state_machines()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.client("cloudformation", endpoint_url=up.endpoint).describe_stacks()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_url_presigned_with_invented_credentials_opens_nothing(up: Up, version: str) -> None:
    for access_key in ("AKIAIOSFODNN7EXAMPLE", up.credentials.access_key):
        session = boto3.Session(access_key, "invented", region_name="us-east-1")
        config = Config(signature_version=version)
        s3 = session.client("s3", endpoint_url=up.endpoint, config=config)
        url = s3.generate_presigned_url("get_object", {"Bucket": "codefree", "Key": KEY})
        assert fetch(up, url)[0] == 403


def test_credentials_of_an_assumed_role_are_not_a_persons(up: Up) -> None:
    """Only the services' own sessions are known, whose rights are enforced."""
    [role] = [
        r["Arn"] for r in up.client("iam").list_roles()["Roles"] if "CheckPair" in r["RoleName"]
    ]
    given = up.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], "us-east-1"
    )
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        session.client("s3", endpoint_url=up.endpoint).list_buckets()


def fetch(up: Up, url: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    parts = urlsplit(url)
    status, _, told = up.ask(method, f"{parts.path}?{parts.query}", body)
    return status, told


# Tampering


def test_a_body_that_is_not_the_signed_one_is_not_stored(up: Up) -> None:
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/x.csv", data=b"a" * 3_000_000)
    signed(up, request)
    status, _, told = send(up, request, b"b" * 3_000_000)
    assert (status, b"XAmzContentSHA256Mismatch" in told) == (400, True)
    with pytest.raises(ClientError, match="NoSuchKey"):
        up.s3.get_object(Bucket="codefree", Key="data/x.csv")


def test_a_body_without_a_length_is_verified_to_its_end(up: Up) -> None:
    """Sent in HTTP's own chunks."""
    for body, code in ((b"a" * 100_000, 200), (b"a" * 99_999 + b"b", 400), (b"a" * 99_999, 400)):
        request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/x.csv", data=b"a" * 100_000)
        signed(up, request)
        request.headers["Transfer-Encoding"] = "chunked"
        pieces = [body[at : at + 30_000] for at in range(0, len(body), 30_000)]
        assert send(up, request, pieces)[0] in ({code} if code != 200 else {200, 411})
    listed = up.s3.list_object_versions(Bucket="codefree", Prefix="data/x.csv")
    for version in listed.get("Versions", []):
        assert version["Size"] == 100_000
        up.s3.delete_object(Bucket="codefree", Key="data/x.csv", VersionId=version["VersionId"])


def test_a_roles_session_stays_its_own_by_whatever_it_signs(up: Up) -> None:
    """moto takes a region that looks like an access key for one."""
    with pytest.raises(ClientError, match="AuthorizationHeaderMalformed"):
        up.client("s3", region_name="A" * 20).list_buckets()


def test_a_json_body_that_is_not_the_signed_one_is_refused(up: Up) -> None:
    headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
    headers["Content-Type"] = "application/x-amz-json-1.0"
    request = AWSRequest("POST", f"{up.endpoint}/", headers, data=b"{}")
    signed(up, request, "states")
    assert send(up, request, b"{}")[0] == 200
    status, _, told = send(up, request, b'{"maxResults": 1}')
    assert status == 400 and json.loads(told)["__type"] == "InvalidSignatureException"


def test_an_unsigned_amz_header_is_refused(up: Up) -> None:
    """It would make a read of one object a copy of another."""
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/x.csv", data=b"")
    signed(up, request)
    request.headers["x-amz-copy-source"] = "/codefree/data/a%20secret.csv"
    status, _, told = send(up, request)
    assert status == 403 and b"were not signed" in told


def test_a_request_signed_long_ago_or_ahead_is_refused(up: Up) -> None:
    for minutes, code in ((-16, 403), (16, 403), (-14, 200), (14, 200)):
        request = AWSRequest("GET", f"{up.endpoint}/codefree/data/a%20secret.csv")
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        with mock.patch("botocore.auth.get_current_datetime", lambda moment=moment: moment):
            signed(up, request)
        status, _, told = send(up, request)
        assert status == code
        assert (b"RequestTimeTooSkewed" in told) is (code == 403)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_holds_until_it_expires(up: Up, version: str) -> None:
    s3 = up.client("s3", config=Config(signature_version=version))
    place = {"Bucket": "codefree", "Key": KEY}
    assert fetch(up, s3.generate_presigned_url("get_object", place)) == (200, SECRET)
    url = s3.generate_presigned_url("get_object", place, ExpiresIn=1)
    time.sleep(2.1)
    status, told = fetch(up, url)
    assert status == 403 and b"Request has expired" in told


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_is_for_one_thing_alone(up: Up, version: str) -> None:
    s3 = up.client("s3", config=Config(signature_version=version))
    url = s3.generate_presigned_url("get_object", {"Bucket": "codefree", "Key": "data/b.csv"})
    other = url.replace("data/b.csv", "data/a%20secret.csv")
    assert fetch(up, other)[0] == 403
    for method in ("PUT", "DELETE", "POST"):
        assert fetch(up, url, method, b"x")[0] == 403
    for more in ("&versions", "&acl", "&encryption", "&Action=ListStacks"):
        assert fetch(up, url + more)[0] in (400, 403)


def test_two_signatures_at_once_are_refused(up: Up) -> None:
    url = up.client("s3", config=Config(signature_version="s3v4")).generate_presigned_url(
        "get_object", {"Bucket": "codefree", "Key": KEY}
    )
    parts = urlsplit(url)
    invented = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/states/aws4_request, " + (
        f"SignedHeaders=host, Signature={'0' * 64}"
    )
    target = f"{parts.path}?{parts.query}"
    status, _, told = up.ask("GET", target, Authorization=invented)
    assert status == 400 and b"Only one auth mechanism allowed" in told


@settings(max_examples=150, deadline=None)
@given(
    part=st.sampled_from(
        ["method", "path", "query", "body", "x-amz-date", "x-amz-meta-a", "host", "content-type",
         "key", "scope", "headers", "signature", "x-amz-content-sha256"]
    ),
    at=st.integers(min_value=0),
    character=st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"),
)  # fmt: skip
def test_any_change_of_one_signed_part_is_refused(
    up: Up, part: str, at: int, character: str
) -> None:
    def changed(text: str) -> str:
        index = at % len(text)
        other = character if character != text[index].lower() else "_"
        return text[:index] + other + text[index + 1 :]

    body = b"label\n1\n"
    headers = {"X-Amz-Meta-A": "abc", "Content-Type": "text/csv"}
    request = AWSRequest(
        "PUT", f"{up.endpoint}/codefree/data/t.csv?tagging=abc", headers, data=body
    )
    signed(up, request)
    sent = {name.lower(): value for name, value in request.headers.items()}
    method, path, query = "PUT", "/codefree/data/t.csv", "tagging=abc"
    scope = re.findall(r"Credential=(\w+)/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)", sent["authorization"])[0]  # noqa: E501  # fmt: skip
    if part == "method":
        method = "POST" if at % 2 else "DELETE"
    elif part == "path":
        path = "/" + changed(path[1:])
    elif part == "query":
        query = changed(query)
    elif part == "body":
        body = changed(body.decode()).encode()
    elif part in sent:
        sent[part] = changed(sent[part])
    else:
        number = ["key", "scope", "headers", "signature"].index(part)
        given_part = scope[number]
        sent["authorization"] = sent["authorization"].replace(given_part, changed(given_part))
    status, _, _ = up.ask(method, f"{path}?{query}", body, **sent)
    assert status in (400, 403)


# Bodies in chunks


def crc32(body: bytes) -> bytes:
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big"))


def in_chunks(
    up: Up, chunks: list[bytes], trailer: bool, checksum: bytes | None = None
) -> tuple[AWSRequest, bytes]:
    """What other SDKs send over plain HTTP: each chunk with a signature of its own."""
    name = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    size = sum(map(len, chunks))
    headers = {"X-Amz-Content-SHA256": name, "Content-Encoding": "aws-chunked"}
    headers["X-Amz-Decoded-Content-Length"] = str(size)
    if trailer:
        headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/chunks.csv", headers)
    request.headers["Host"] = f"127.0.0.1:{up.port}"

    class Chunks(S3SigV4Auth):
        def payload(self, request: Any) -> str:
            return name

    signer = Chunks(up.credentials, "s3", "us-east-1")
    signer.add_auth(request)
    before = request.headers["Authorization"].rpartition("=")[2]
    head = [request.context["timestamp"], signer.credential_scope(request)]
    empty, body = hashlib.sha256(b"").hexdigest(), b""
    for chunk in [*chunks, b""]:
        lines = [
            "AWS4-HMAC-SHA256-PAYLOAD",
            *head,
            before,
            empty,
            hashlib.sha256(chunk).hexdigest(),
        ]
        before = signer.signature("\n".join(lines), request)
        body += f"{len(chunk):x};chunk-signature={before}\r\n".encode() + chunk
        body += b"\r\n" if chunk or not trailer else b""
    if trailer:
        line = b"x-amz-checksum-crc32:" + (checksum or crc32(b"".join(chunks)))
        lines = [
            "AWS4-HMAC-SHA256-TRAILER",
            *head,
            before,
            hashlib.sha256(line + b"\n").hexdigest(),
        ]
        last = signer.signature("\n".join(lines), request)
        body += line + f"\r\nx-amz-trailer-signature:{last}\r\n\r\n".encode()
    return request, body


@pytest.mark.parametrize("trailer", [False, True])
def test_chunks_are_taken_with_their_signatures_and_refused_without(up: Up, trailer: bool) -> None:
    chunks = [b"a" * 70_000, b"b" * 65_536, b"c" * 5]
    request, body = in_chunks(up, chunks, trailer)
    assert send(up, request, body)[0] == 200
    stored = up.s3.get_object(Bucket="codefree", Key="data/chunks.csv")["Body"].read()
    assert stored == b"".join(chunks)
    for wrong in (body.replace(b"ccccc", b"ccccd"), body.replace(b"aaa", b"aab", 1), body[:-30]):
        status, _, told = send(up, request, wrong)
        assert status in (400, 403), told
    swapped = body.replace(crc32(b"".join(chunks)), b"AAAAAA==")
    assert (send(up, request, swapped)[0] == 403) is trailer
    versions = up.s3.list_object_versions(Bucket="codefree", Prefix="data/chunks.csv")["Versions"]
    assert {version["Size"] for version in versions} == {sum(map(len, chunks))}
    for version in versions:
        place = {"Bucket": "codefree", "Key": "data/chunks.csv", "VersionId": version["VersionId"]}
        assert up.s3.get_object(**place)["Body"].read() == stored
        up.s3.delete_object(**place)


def test_a_signed_checksum_that_is_not_the_bodys_stores_nothing(up: Up) -> None:
    request, body = in_chunks(up, [b"a" * 70_000], True, b"AAAAAA==")
    status, _, told = send(up, request, body)
    assert status == 400 and b"<Code>BadDigest</Code>" in told
    listed = up.s3.list_objects_v2(Bucket="codefree", Prefix="data/chunks.csv")
    assert listed["KeyCount"] == 0


def test_an_unsigned_body_with_a_trailing_checksum_is_taken(up: Up) -> None:
    """As boto3 and the AWS CLI send it over TLS."""
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
        "X-Amz-Decoded-Content-Length": "5",
    }
    request = AWSRequest("PUT", f"{up.endpoint}/codefree/data/trailing.csv", headers)
    request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    signed(up, request)
    assert request.headers["X-Amz-Content-SHA256"] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    assert send(up, request, body)[0] == 200
    stored = up.s3.get_object(Bucket="codefree", Key="data/trailing.csv")
    assert stored["Body"].read() == b"hello"
    up.s3.delete_object(Bucket="codefree", Key="data/trailing.csv")


# Another user of the machine


AS_ANOTHER = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
home = sys.argv[1]
for path in ("", "endpoint", "credentials", "kept.sqlite", "objects", "buckets/codefree/data",
             "buckets/codefree/data/a secret.csv", "logs", "packed"):
    try:
        os.listdir(os.path.join(home, path)) if not path else os.stat(os.path.join(home, path))
        print("read", path)
    except PermissionError:
        pass
for name in ("new", "source", "endpoint"):
    try:
        open(os.path.join(home, name), "a")
        print("wrote", name)
    except PermissionError:
        pass
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_can_neither_read_nor_write(up: Up) -> None:
    python = shutil.which("python3", path="/usr/bin:/bin")
    if not python:
        pytest.skip("there is no Python that another user may run")
    command = [python, "-c", AS_ANOTHER, str(up.home)]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (seen.stdout, seen.stderr) == ("", "")


def test_all_that_is_made_in_the_home_is_its_owners_alone(up: Up) -> None:
    """Also where the home was there before, with laxer rights."""
    open_to_others = [
        path.relative_to(up.home)
        for path in (up.home, *up.home.rglob("*"))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert stat.S_IMODE((up.home / "credentials").stat().st_mode) == 0o600
    assert stat.S_IMODE((up.home / "endpoint").stat().st_mode) == 0o600


# The person whose home it is


def test_plain_clients_go_on_with_the_printed_lines(up: Up) -> None:
    assert len(up.variables["AWS_SECRET_ACCESS_KEY"]) == 40
    assert up.client("sts").get_caller_identity()["Account"] == "123456789012"
    large = os.urandom(9 * 1024 * 1024)
    key = "data/큰 파일 +&='~é.bin"
    transfer = boto3.s3.transfer.TransferConfig(multipart_threshold=6 * 1024**2)  # type: ignore[attr-defined]
    path = up.home.parent / "large"
    path.write_bytes(large)
    up.s3.upload_file(str(path), "codefree", key, Config=transfer)
    assert up.s3.get_object(Bucket="codefree", Key=key)["Body"].read() == large
    assert up.s3.head_object(Bucket="codefree", Key=key)["ContentLength"] == len(large)
    copied = {
        "Bucket": "codefree",
        "Key": "data/copy",
        "CopySource": {"Bucket": "codefree", "Key": key},
    }
    up.s3.copy_object(**copied, Metadata={"a_b": "c  d"}, MetadataDirective="REPLACE")
    assert up.s3.head_object(Bucket="codefree", Key="data/copy")["Metadata"] == {"a_b": "c  d"}
    for each in (key, "data/copy"):
        up.s3.delete_object(Bucket="codefree", Key=each)


def test_a_bucket_may_be_named_by_the_host(up: Up) -> None:
    host = f"codefree.localhost:{up.port}"
    request = AWSRequest("GET", f"http://{host}/data/a%20secret.csv")
    request.headers["Host"] = host
    S3SigV4Auth(up.credentials, "s3", "us-east-1").add_auth(request)
    status, _, told = send(up, request)
    assert (status, told) == (200, SECRET)
    request = AWSRequest("GET", f"http://{host}/data/a%20secret.csv")
    request.headers["Host"] = host
    S3SigV4QueryAuth(up.credentials, "s3", "us-east-1").add_auth(request)
    assert send(up, request)[0::2] == (200, SECRET)


def test_a_presigned_url_takes_an_upload(up: Up) -> None:
    for version in ("s3", "s3v4"):
        s3 = up.client("s3", config=Config(signature_version=version))
        url = s3.generate_presigned_url("put_object", {"Bucket": "codefree", "Key": "data/p.csv"})
        assert fetch(up, url, "PUT", version.encode())[0] == 200
        stored = up.s3.get_object(Bucket="codefree", Key="data/p.csv")["Body"].read()
        assert stored == version.encode()
    up.s3.delete_object(Bucket="codefree", Key="data/p.csv")


def test_a_pair_is_run_and_our_own_commands_know_the_key(up: Up) -> None:
    uploader = up.uploader("own")
    uploader.upload_pair(table(), table())
    uploader.worked()
    nothing = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    command = [CODEFREE, "status", "--home", str(up.home)]
    seen = subprocess.run(command, capture_output=True, text=True, env=nothing, check=False)
    assert seen.returncode == 0 and "SUCCEEDED" in seen.stdout, seen.stdout + seen.stderr
    elsewhere = [CODEFREE, "status", "--endpoint-url", up.endpoint]
    told = subprocess.run(elsewhere, capture_output=True, text=True, env=nothing, check=False)
    assert told.returncode == 1 and "does not accept this key" in told.stderr
    pasted = nothing | up.variables
    assert subprocess.run(elsewhere, capture_output=True, env=pasted, check=False).returncode == 0
    up.s3.delete_object(Bucket="codefree", Key="data/own_train.csv")
    up.s3.delete_object(Bucket="codefree", Key="data/own_test.csv")
