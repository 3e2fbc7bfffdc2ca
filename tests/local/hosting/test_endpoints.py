"""Endpoints by plain clients: made, asked, wrongly asked, replaced under load, taken down."""

import http.client
import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.aws import REGION, LocalAws
from local.gaps.sagemaker import endpoints
from local.hosting import host
from tests.local.hosting.hosted import IMAGE, Hosts, archive


@pytest.fixture(scope="module")
def endpoint(hosts: Hosts) -> str:
    return hosts.endpoint(archive())


def test_an_endpoint_answers_with_what_the_archive_has(hosts: Hosts, endpoint: str) -> None:
    told = hosts.ask(endpoint, "süß,b\n")
    assert (told["version"], told["type"], told["content_type"]) == ("1", "str", "text/csv")
    answer = hosts.invoke(endpoint, b"a\nbb\n", Accept="text/csv; charset=utf-8")
    assert answer["ContentType"] == "text/csv"
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert answer["Body"].read() == b"a,1\nbb,2\n"
    described = hosts.described(endpoint)
    assert described["EndpointStatus"] == "InService"
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 1


def test_bytes_that_are_no_text_reach_the_model_as_they_are(hosts: Hosts, endpoint: str) -> None:
    body = bytes(range(256)) * 4
    told = hosts.ask(endpoint, body, ContentType="application/x-parquet")
    assert (told["type"], told["length"]) == ("bytes", 1024)


def test_the_model_is_loaded_once(hosts: Hosts, endpoint: str) -> None:
    loaded = {(hosts.ask(endpoint)["loads"], hosts.ask(endpoint)["pid"]) for _ in range(5)}
    assert len(loaded) == 1


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ("bad", 400, "Row 1 is bad: s\\u00fc\\u00df."),
        ("crash", 500, "inference failed"),
        ("twice", 500, "the handler gave back a dict"),
        (b"\xff\xfe", 400, "can't decode byte"),
    ],
)
def test_a_bad_request_is_told_and_later_ones_work(
    hosts: Hosts, endpoint: str, body: bytes | str, status: int, text: str
) -> None:
    pid = hosts.ask(endpoint)["pid"]
    with pytest.raises(ClientError) as caught:
        hosts.invoke(endpoint, body)
    told: Any = caught.value.response
    assert told["Error"]["Code"] == "ModelError"
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert told["OriginalStatusCode"] == status
    assert text in told["OriginalMessage"]
    who = "client" if status == 400 else "server"
    assert told["Error"]["Message"].startswith(f"Received {who} error ({status}) from primary")
    assert hosts.ask(endpoint)["pid"] == pid


def test_a_body_has_a_limit(hosts: Hosts, endpoint: str) -> None:
    assert hosts.ask(endpoint, b"a" * 6 * 1024**2)["length"] == 6 * 1024**2
    with pytest.raises(ClientError, match=r"ValidationError.*exceeds the limit"):
        hosts.invoke(endpoint, b"a" * (6 * 1024**2 + 1))


def test_what_is_not_there_is_told(hosts: Hosts, endpoint: str) -> None:
    with pytest.raises(ClientError, match="Endpoint none of account 123456789012 not found"):
        hosts.ask("none")
    with pytest.raises(ClientError, match=r'Could not find endpoint "arn:aws:sagemaker:.*/none"'):
        hosts.described("none")
    with pytest.raises(ClientError, match="Variant other of endpoint"):
        hosts.ask(endpoint, TargetVariant="other")
    assert hosts.ask(endpoint, TargetVariant="AllTraffic")


def test_a_process_that_dies_is_started_again_and_the_request_answered(hosts: Hosts) -> None:
    name = hosts.endpoint(archive())
    before = hosts.ask(name)["pid"]
    told = hosts.ask(name, "die once")
    assert told["loads"] == 2 and told["pid"] != before
    with pytest.raises(ClientError, match="The container ended"):
        hosts.ask(name, "die")
    assert hosts.ask(name)["loads"] == 4
    hosts.delete(name)


def test_a_request_that_takes_too_long_ends_the_server_as_in_the_image(hosts: Hosts) -> None:
    limits = {"SAGEMAKER_MODEL_SERVER_TIMEOUT": "1"}
    name = hosts.start(hosts.config(hosts.model(archive(), Environment=limits)))
    hosts.wait("endpoint_in_service", name)
    with pytest.raises(ClientError, match="The container ended"):
        hosts.ask(name, "slow30")
    assert hosts.ask(name)["loads"] == 3
    hosts.delete(name)


def test_replacing_the_model_under_load_fails_no_request(hosts: Hosts) -> None:
    name = hosts.endpoint(archive("old"))
    new = hosts.config(hosts.model(archive("new")))
    seen: list[str] = []
    failed: list[Exception] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                seen.append(hosts.ask(name, "slow0.02")["version"])
            except Exception as error:  # noqa: BLE001 (any failure counts)
                failed.append(error)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    hosts.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=new)
    assert hosts.described(name)["EndpointStatus"] == "Updating"
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        hosts.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=new)
    hosts.wait("endpoint_in_service", name)
    assert hosts.ask(name)["version"] == "new"
    while "new" not in seen:
        time.sleep(0.01)
    is_over.set()
    for asker in askers:
        asker.join()
    assert failed == []
    assert set(seen) == {"old", "new"}
    assert hosts.described(name)["EndpointConfigName"] == new
    hosts.delete(name)


def test_a_broken_model_changes_nothing_where_another_serves(hosts: Hosts) -> None:
    name = hosts.endpoint(archive("good"))
    old = hosts.described(name)["EndpointConfigName"]
    broken = hosts.config(hosts.model(archive("broken", broken="")))
    hosts.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=broken)
    hosts.wait("endpoint_in_service", name)
    described = hosts.described(name)
    assert "did not pass the ping health check" in described["FailureReason"]
    assert described["EndpointConfigName"] == old and hosts.ask(name)["version"] == "good"

    failed = hosts.start(broken)
    hosts.wait_until_failed(failed)
    assert "AllTraffic did not pass the ping" in hosts.described(failed)["FailureReason"]
    hosts.delete(failed)
    hosts.delete(name)


def test_what_happens_to_the_archive_later_changes_nothing(hosts: Hosts, endpoint: str) -> None:
    config = hosts.sagemaker.describe_endpoint_config(
        EndpointConfigName=hosts.described(endpoint)["EndpointConfigName"]
    )
    model = config["ProductionVariants"][0]["ModelName"]
    key = f"{model}/model.tar.gz"
    hosts.s3.put_object(Bucket=hosts.bucket, Key=key, Body=archive("other"))
    pid = hosts.ask(endpoint)["pid"]
    psutil.Process(pid).kill()
    told = hosts.ask(endpoint)
    assert told["version"] == "1" and told["pid"] != pid


def test_a_deleted_endpoint_leaves_no_process_and_no_folder(hosts: Hosts, aws: LocalAws) -> None:
    folders = set(aws.home.glob("endpoints/*/*/*"))
    name = hosts.endpoint(archive(), ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 5})
    assert len(set(aws.home.glob("endpoints/*/*/*")) - folders) == 1
    with pytest.raises(ClientError, match="exceeds the limit of 4194304 bytes"):
        hosts.ask(name, b"a" * (4 * 1024**2 + 1))
    pid = hosts.ask(name)["pid"]
    slow = threading.Thread(target=hosts.ask, args=[name, "slow0.5"])
    slow.start()
    time.sleep(0.1)
    hosts.delete(name)
    slow.join()
    assert not psutil.pid_exists(pid)
    assert set(aws.home.glob("endpoints/*/*/*")) == folders


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no archive", "Failed to download model data"),
        (b"", "Failed to download model data"),
    ],
)
def test_an_archive_that_is_none_is_told(hosts: Hosts, content: bytes, words: str) -> None:
    name = hosts.start(hosts.config(hosts.model(content)))
    hosts.wait_until_failed(name)
    assert words in hosts.described(name)["FailureReason"]
    hosts.delete(name)


def test_models_and_configurations_are_listed_and_named_once(hosts: Hosts) -> None:
    api, model = hosts.sagemaker, hosts.model(archive())
    config = hosts.config(model)
    described = api.describe_model(ModelName=model)
    assert described["PrimaryContainer"]["Image"] == IMAGE
    assert model in {m["ModelName"] for m in api.list_models(NameContains=model)["Models"]}
    found = api.list_endpoint_configs(NameContains=config)["EndpointConfigs"]
    assert [each["EndpointConfigName"] for each in found] == [config]
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        container = described["PrimaryContainer"]
        api.create_model(ModelName=model, ExecutionRoleArn=hosts.role, PrimaryContainer=container)
    api.delete_endpoint_config(EndpointConfigName=config)
    api.delete_model(ModelName=model)
    with pytest.raises(ClientError, match="Could not find model"):
        api.describe_model(ModelName=model)
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        hosts.start(config)


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ({"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1}}, "enum value set"),
        ({"InitialInstanceCount": 1}, "either an InstanceType or a ServerlessConfig"),
        ({"InstanceType": "ml.m5.large"}, "InitialInstanceCount is required"),
    ],
)
def test_a_wrong_configuration_is_refused(
    hosts: Hosts, variant: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        hosts.config(hosts.model(archive()), **variant)


def test_serverless_has_no_vpc_and_one_variant(hosts: Hosts) -> None:
    described = hosts.sagemaker.describe_model(ModelName=hosts.model(archive()))
    hosts.sagemaker.create_model(
        ModelName="in-vpc",
        ExecutionRoleArn=hosts.role,
        PrimaryContainer=described["PrimaryContainer"],
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    )
    with pytest.raises(ClientError, match="Serverless inference does not support VpcConfig"):
        hosts.config("in-vpc", ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 1})
    assert hosts.config("in-vpc")


def test_there_is_a_limit_to_endpoints_and_to_memory(
    hosts: Hosts, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = hosts.described(endpoint)["EndpointConfigName"]
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    with pytest.raises(ClientError, match=r"ResourceLimitExceeded.*at most 1 endpoints"):
        hosts.start(config)
    monkeypatch.undo()
    monkeypatch.setattr(host, "_LEAST_FREE_MIB", 10**9)
    name = hosts.start(config)
    hosts.wait_until_failed(name)
    assert "of free memory" in hosts.described(name)["FailureReason"]
    hosts.delete(name)


def test_only_who_signs_may_ask(aws: LocalAws, endpoint: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port)
    connection.request("POST", f"/endpoints/{endpoint}/invocations", b"a,b\n")
    answer = connection.getresponse()
    assert answer.status == 403 and b"Access Denied" in answer.read()
    own, path = aws.credentials, f"/endpoints/{endpoint}/invocations"
    request = AWSRequest("POST", f"{aws.endpoint}{path}", {"Content-Type": "text/csv"}, b"a,b\n")
    SigV4Auth(Credentials(own.access_key, own.secret_key), "sagemaker", REGION).add_auth(request)
    for body, status in ((b"a,b\n", 200), (b"a,c\n", 400)):
        connection.request("POST", path, body, dict(request.headers.items()))
        answer = connection.getresponse()
        assert (answer.status, b"version" in answer.read()) == (status, status == 200)


def test_tags_tell_until_when_an_endpoint_serves(hosts: Hosts, endpoint: str) -> None:
    api, arn = hosts.sagemaker, hosts.described(endpoint)["EndpointArn"]
    for until in ("1", "2"):
        api.add_tags(ResourceArn=arn, Tags=[{"Key": "codefree:until", "Value": until}])
    assert api.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "codefree:until", "Value": "2"}]
    api.delete_tags(ResourceArn=arn, TagKeys=["codefree:until"])
    assert api.list_tags(ResourceArn=arn)["Tags"] == []


def test_the_command_line_waits_for_an_endpoint_and_asks_it(
    aws: LocalAws, endpoint: str, tmp_path: Path
) -> None:
    script = shutil.which("aws")
    if not script:
        pytest.skip("The AWS command line is not installed here.")
    own = aws.credentials
    variables = {
        "AWS_ACCESS_KEY_ID": own.access_key,
        "AWS_SECRET_ACCESS_KEY": own.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }

    def run(*words: str) -> str:
        command = [script, "--endpoint-url", aws.endpoint, *words, "--endpoint-name", endpoint]
        return subprocess.run(
            command, env=variables, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    run("sagemaker", "wait", "endpoint-in-service")
    (tmp_path / "rows.csv").write_text("a,b\n")
    answer = tmp_path / "answer.json"
    run(
        *("sagemaker-runtime", "invoke-endpoint", "--content-type", "text/csv"),
        *("--body", f"fileb://{tmp_path / 'rows.csv'}", str(answer)),
    )
    assert json.loads(answer.read_text())["length"] == 4
