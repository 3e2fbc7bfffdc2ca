"""Requests of local mode's own jobs and interpreter, which come by no connection."""

from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from local.access.clients import RoleClients
from local.aws import REGION, LocalAws
from local.boto_session import boto_session
from tests.local.roles import role_trusting
from tests.local.stacks import client

BUCKET = "seen-from-inside"
ONCE = Config(retries={"max_attempts": 0})
UNSIGNED = ONCE.merge(Config(signature_version=botocore.UNSIGNED))
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture
def inside(aws: LocalAws, iam: Any) -> Any:
    """Makes clients of a role that may do everything, by the service."""
    role = role_trusting(iam, "lambda", EVERYTHING)
    source = f"arn:aws:lambda:{REGION}:123456789012:function:f"
    session = aws.access.assumed(role, "lambda", "f", source)
    clients = RoleClients(aws.endpoint, ONCE, aws.inside)
    return lambda service: clients.client(session, service, REGION)


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> str:
    aws.s3.create_bucket(Bucket=BUCKET)
    return BUCKET


def test_what_is_written_inside_is_read_outside(
    aws: LocalAws, inside: Any, bucket: str, tmp_path: Path
) -> None:
    large = bytes(range(256)) * 4096 * 3
    (tmp_path / "large").write_bytes(large)
    s3 = inside("s3")
    for key, body in (("plain", b"x"), ("nothing", b""), ("한 +&?#%2F.csv", b"y\r\n\0")):
        s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata={"my_key": "a", "b-c": "d"})
        found = aws.s3.get_object(Bucket=bucket, Key=key)
        assert found["Body"].read() == body
        assert found["Metadata"] == {"my_key": "a", "b-c": "d"}
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    with (tmp_path / "large").open("rb") as file:
        s3.put_object(Bucket=bucket, Key="large", Body=file)
    assert aws.s3.get_object(Bucket=bucket, Key="large")["Body"].read() == large


def test_answers_are_those_that_come_over_a_connection(
    aws: LocalAws, inside: Any, bucket: str
) -> None:
    aws.s3.put_object(Bucket=bucket, Key="answers/a", Body=b"0123456789", ContentType="text/x")
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("s3", "head_object", {"Bucket": bucket, "Key": "answers/a"}),
        ("s3", "list_objects_v2", {"Bucket": bucket, "Prefix": "answers/"}),
        ("sts", "get_access_key_info", {"AccessKeyId": "A" * 20}),
        ("sagemaker", "list_training_jobs", {"MaxResults": 1}),
        ("events", "list_rules", {"NamePrefix": "nothing"}),
    ]
    for service, operation, parameters in asked:
        here = getattr(inside(service), operation)(**parameters)
        there = getattr(client(aws, service), operation)(**parameters)
        for answer in (here, there):
            headers = answer.pop("ResponseMetadata")
            assert headers["HTTPStatusCode"] == 200
        assert here == there, operation


def test_a_part_of_a_large_object_is_read_block_by_block(
    aws: LocalAws, inside: Any, bucket: str
) -> None:
    content = bytes(range(256)) * 4096 * 5
    aws.s3.put_object(Bucket=bucket, Key="blocks", Body=content)
    body = inside("s3").get_object(Bucket=bucket, Key="blocks", Range="bytes=3-4000002")["Body"]
    assert body.read(7) == content[3:10]
    assert b"".join(body.iter_chunks(70_001)) == content[10:4_000_003]
    body.close()


def test_an_error_of_the_server_is_one_of_the_service(
    inside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.responses import S3Response

    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    s3 = inside("s3")
    monkeypatch.setattr(S3Response, "_bucket_response_get", broken)
    with pytest.raises(s3.exceptions.ClientError) as error:
        s3.list_objects_v2(Bucket=BUCKET)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_nobody_is_answered_when_local_mode_is_not_up(tmp_path: Path) -> None:
    down = LocalAws(tmp_path)
    session = boto_session("key", "secret", None, REGION)
    s3 = session.client("s3", endpoint_url=down.endpoint, config=UNSIGNED)
    down.inside.lead(s3, "key")
    with pytest.raises(EndpointConnectionError):
        s3.list_buckets()
