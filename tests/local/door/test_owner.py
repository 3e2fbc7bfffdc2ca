"""The person whose home it is goes on with plain clients."""

import os
import subprocess

from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from tests.local.codefree_up import CODEFREE
from tests.local.door.up import SECRET, Up, fetch, send
from tests.local.uploads import table


def test_plain_clients_go_on_with_the_printed_lines(up: Up) -> None:
    assert len(up.variables["AWS_SECRET_ACCESS_KEY"]) == 40
    assert up.client("sts").get_caller_identity()["Account"] == "123456789012"
    large = os.urandom(9 * 1024 * 1024)
    key = "data/큰 파일 +&='~é.bin"
    transfer = TransferConfig(multipart_threshold=6 * 1024**2)
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
    uploader.upload_pair(table(), table(6))
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
