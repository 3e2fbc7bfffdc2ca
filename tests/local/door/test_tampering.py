"""A signature holds for one request and for its time."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from unittest import mock
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.door.up import KEY, SECRET, Up, fetch, send, signed


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
    invented = (
        "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/states/aws4_request, "
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
