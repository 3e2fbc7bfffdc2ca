"""Foreign names of the host, moto's switches, and signatures that are missing or invented."""

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local.door.up import KEY, Up, fetch, send, signed


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
    invented: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "invented", region_name="us-east-1")
    expected = {
        "s3": ("list_buckets", "InvalidAccessKeyId"),
        "stepfunctions": ("list_state_machines", "UnrecognizedClientException"),
        "cloudformation": ("describe_stacks", "InvalidClientTokenId"),
        "sts": ("get_caller_identity", "InvalidClientTokenId"),
        "lambda": ("list_functions", "UnrecognizedClientException"),
        "sagemaker": ("list_training_jobs", "UnrecognizedClientException"),
    }
    for service, (operation, code) in expected.items():
        client = invented.client(service, endpoint_url=up.endpoint)
        with pytest.raises(ClientError, match=code):
            getattr(client, operation)()


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
