"""Which rights a call to S3 needs, seen with a role's own client."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from local.access.clients import RoleClients
from local.access.control import Call
from local.aws import REGION, LocalAws
from tests.local.roles import policy_text, role_trusting
from tests.local.stacks import client

BUCKET = "needs"
CLIENT_CONFIG = Config(retries={"max_attempts": 0})
EVERYTHING = {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}


@pytest.fixture(scope="module")
def versions(aws: LocalAws) -> dict[str, str]:
    """A bucket with some objects, and their versions."""
    aws.s3.create_bucket(Bucket=BUCKET)
    aws.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    put = aws.s3.put_object
    return {
        "plain": put(Bucket=BUCKET, Key="plain", Body=b"x")["VersionId"],
        "tagged": put(Bucket=BUCKET, Key="tagged", Body=b"x", Tagging="a=b")["VersionId"],
    }


@pytest.fixture(scope="module")
def kms_key(aws: LocalAws) -> str:
    return str(client(aws, "kms").create_key()["KeyMetadata"]["Arn"])


def client_in_role(aws: LocalAws, iam: Any, *statements: dict[str, Any]) -> tuple[Any, str]:
    """S3 as a function's role sees it, and the role."""
    role = role_trusting(iam, "lambda", *statements)
    source = f"arn:aws:lambda:{REGION}:123456789012:function:f"
    session = aws.access.assumed(role, "lambda", "f", source)
    return RoleClients(aws.endpoint, CLIENT_CONFIG, aws.inside).client(session, "s3", REGION), role


@pytest.fixture
def needed(aws: LocalAws, iam: Any, role_calls: list[Call]) -> Callable[..., list[tuple[str, str]]]:
    """What a call needed, in the order in which it was looked at."""
    s3, role = client_in_role(aws, iam, EVERYTHING)

    def needed(operation: str, **parameters: Any) -> list[tuple[str, str]]:
        role_calls.clear()
        try:
            getattr(s3, operation)(Bucket=BUCKET, **parameters)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        calls = [call for call in role_calls if call.role == role]
        return [(c.request.action, c.request.resource.rpartition(":")[2]) for c in calls]

    return needed


Needed = Callable[..., list[tuple[str, str]]]


def test_an_object_is_read_by_itself_or_as_a_version(
    needed: Needed, versions: dict[str, str]
) -> None:
    version = {"Key": "plain", "VersionId": versions["plain"]}
    for operation in ("get_object", "head_object"):
        assert needed(operation, Key="plain") == [("s3:GetObject", "needs/plain")]
        assert needed(operation, **version) == [("s3:GetObjectVersion", "needs/plain")]


@pytest.mark.usefixtures("versions")
def test_that_an_object_is_not_there_is_told_to_those_who_may_list(needed: Needed) -> None:
    for operation in ("get_object", "head_object"):
        assert needed(operation, Key="gone") == [
            ("s3:GetObject", "needs/gone"),
            ("s3:ListBucket", "needs"),
        ]


def test_a_copy_is_a_read_and_a_write(needed: Needed, versions: dict[str, str]) -> None:
    def copied(name: str, **parameters: Any) -> list[tuple[str, str]]:
        source = {"Bucket": BUCKET, "Key": name, "VersionId": versions[name]}
        return needed("copy_object", Key="a b/ü", CopySource=source, **parameters)

    write = ("s3:PutObject", "needs/a b/ü")
    tag = ("s3:PutObjectTagging", "needs/a b/ü")
    assert copied("plain") == [write, ("s3:GetObjectVersion", "needs/plain")]
    assert copied("tagged") == [
        write,
        ("s3:GetObjectVersion", "needs/tagged"),
        ("s3:GetObjectVersionTagging", "needs/tagged"),
        tag,
    ]
    assert copied("tagged", TaggingDirective="REPLACE") == [
        write,
        ("s3:GetObjectVersion", "needs/tagged"),
    ]


@pytest.mark.usefixtures("versions")
def test_a_write_needs_more_where_it_says_more(needed: Needed) -> None:
    write = ("s3:PutObject", "needs/new")
    assert needed("put_object", Key="new", Body=b"x") == [write]
    assert needed("put_object", Key="new", Body=b"x", Tagging="a=b") == [
        write,
        ("s3:PutObjectTagging", "needs/new"),
    ]
    etag = '"9dd4e461268c8034f5c8564e155c67a6"'
    assert needed("put_object", Key="new", Body=b"x", IfMatch=etag) == [
        write,
        ("s3:GetObject", "needs/new"),
    ]
    assert needed("create_multipart_upload", Key="new") == [write]


@pytest.mark.usefixtures("versions")
def test_a_list_is_the_buckets(needed: Needed) -> None:
    assert needed("list_objects_v2", Prefix="a") == [("s3:ListBucket", "needs")]
    assert needed("list_object_versions") == [("s3:ListBucketVersions", "needs")]


@pytest.mark.usefixtures("versions")
def test_a_key_of_the_account_has_to_be_usable(needed: Needed, kms_key: str) -> None:
    key = kms_key.rpartition(":")[2]
    encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
    assert needed("put_object", Key="secret", Body=b"x", **encrypted) == [
        ("s3:PutObject", "needs/secret"),
        ("kms:GenerateDataKey", key),
    ]
    assert needed("get_object", Key="secret") == [
        ("s3:GetObject", "needs/secret"),
        ("kms:Decrypt", key),
    ]


@pytest.mark.usefixtures("versions")
def test_what_is_not_allowed_is_denied_in_the_words_of_s3(aws: LocalAws, iam: Any) -> None:
    right = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::needs/*"}
    s3, role = client_in_role(aws, iam, right)
    name = role.rpartition("/")[2]
    assert s3.get_object(Bucket=BUCKET, Key="plain")["Body"].read() == b"x"
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=BUCKET, Key="new", Body=b"x")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert error.value.response["Error"] == {
        "Code": "AccessDenied",
        "Message": f"User: arn:aws:sts::123456789012:assumed-role/{name}/f is not authorized to "
        'perform: s3:PutObject on resource: "arn:aws:s3:::needs/new" because no identity-based '
        "policy allows the s3:PutObject action",
    }
    with pytest.raises(ClientError, match=r"\(403\) when calling the HeadObject"):
        s3.head_object(Bucket=BUCKET, Key="gone")
    with pytest.raises(ClientError, match=r"AccessDenied.*s3:ListBucket"):
        s3.get_object(Bucket=BUCKET, Key="gone")


@pytest.fixture
def with_policy(
    aws: LocalAws,
    versions: dict[str, str],  # noqa: ARG001 (makes the bucket)
) -> Iterator[Callable[..., None]]:
    """Gives the bucket a policy of these statements, until the test is over."""

    def with_policy(*statements: dict[str, Any]) -> None:
        aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy_text(*statements))

    yield with_policy
    aws.s3.delete_bucket_policy(Bucket=BUCKET)


DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def test_a_buckets_policy_denies_and_tls_is_taken_for_granted(
    aws: LocalAws, iam: Any, with_policy: Callable[..., None]
) -> None:
    s3, _ = client_in_role(aws, iam, EVERYTHING)
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    old = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    secret = {"Resource": "arn:aws:s3:::needs/tagged", "Principal": {"AWS": "123456789012"}}
    with_policy(DENY | {"Condition": plain}, DENY | {"Condition": old}, DENY | secret)
    for client_of in (s3, aws.s3):
        assert client_of.get_object(Bucket=BUCKET, Key="plain")
        with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
            client_of.get_object(Bucket=BUCKET, Key="tagged")


def test_a_buckets_policy_binds_the_person_like_any_root(
    aws: LocalAws, iam: Any, with_policy: Callable[..., None]
) -> None:
    s3, role = client_in_role(aws, iam, EVERYTHING)
    others = {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}}}
    with_policy(DENY | others | {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::needs/own/*"})
    s3.put_object(Bucket=BUCKET, Key="own/a", Body=b"x")
    aws.s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")
    owned: Any = {"Bucket": BUCKET, "Key": "own/a"}
    url = aws.s3.generate_presigned_url("put_object", owned)
    assert requests.put(url, data=b"y", timeout=10).status_code == 403
    for write in (
        lambda: aws.s3.put_object(**owned, Body=b"y" * 200_000),
        lambda: aws.s3.copy_object(**owned, CopySource={"Bucket": BUCKET, "Key": "plain"}),
        lambda: aws.s3.create_multipart_upload(**owned),
    ):
        with pytest.raises(ClientError, match=r"AccessDenied.*iam::123456789012:root is not") as e:
            write()
        assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert aws.s3.get_object(**owned)["Body"].read() == b"x"
    aws.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "own/a"}]})


def test_the_person_can_mend_a_policy_that_shuts_everybody_out(
    aws: LocalAws, with_policy: Callable[..., None]
) -> None:
    with_policy(DENY)
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.s3.list_objects_v2(Bucket=BUCKET)
    assert aws.s3.get_bucket_policy(Bucket=BUCKET)
    with_policy(DENY | {"Action": "s3:DeleteBucket"})
    assert aws.s3.list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (policy_text(DENY | {"Condition": {"IpAddress": {"a": "b"}}}), "not support IpAddress"),
        ("[]", "not a bucket policy"),
        ("{", "not a bucket policy"),
    ],
)
@pytest.mark.usefixtures("versions")
def test_a_policy_that_cant_be_followed_is_refused(aws: LocalAws, policy: str, why: str) -> None:
    with pytest.raises(ClientError, match=f"MalformedPolicy.*{why}"):
        aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
