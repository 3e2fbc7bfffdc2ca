"""Batch transform by plain clients: what is sent, how it is put together, how it fails."""

import gzip
import itertools
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from tests.local.hosting.hosted import Hosts, archive

ECHO = """
import json, os
def model_fn(folder):
    return folder
def transform_fn(model, body, content_type, accept):
    if "bad" in body:
        raise ValueError("There is something bad in it.")
    if "crash" in body:
        raise KeyError("crash")
    if "wait" in body:
        import time
        time.sleep(600)
    told = {name: value for name, value in os.environ.items() if name.startswith("SAGEMAKER_")}
    told.pop("SAGEMAKER_BASE_DIR")
    return body if accept == "text/csv" else json.dumps([body, content_type, told]), accept
"""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def model(hosts: Hosts) -> str:
    return hosts.model(archive(code=ECHO), Environment={"SAGEMAKER_MODEL_SERVER_WORKERS": "1"})


class Transforming:
    """Transform jobs of one model, each with an input prefix of its own."""

    def __init__(self, hosts: Hosts, model: str) -> None:
        self.hosts, self.model = hosts, model
        self.name = f"transform-{next(_numbers)}"

    def put(self, name: str, body: bytes | str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.hosts.s3.put_object(Bucket=self.hosts.bucket, Key=f"{self.name}/in/{name}", Body=data)

    def start(self, output: Any = None, source: Any = None, **more: Any) -> None:
        where = f"s3://{self.hosts.bucket}/{self.name}"
        place = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{where}/in/"}}
        self.hosts.sagemaker.create_transform_job(
            TransformJobName=self.name,
            ModelName=self.model,
            TransformInput={"DataSource": place, "ContentType": "text/csv", **(source or {})},
            TransformOutput={
                "S3OutputPath": f"{where}/out",
                "Accept": "text/csv",
                **(output or {}),
            },
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **more,
        )

    def ended(self) -> dict[str, Any]:
        waiter = self.hosts.sagemaker.get_waiter("transform_job_completed_or_stopped")
        try:
            waiter.wait(TransformJobName=self.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 900})
        except Exception:  # noqa: BLE001 (a failed job is one that has ended)
            assert self.described()["TransformJobStatus"] == "Failed"
        return self.described()

    def described(self) -> dict[str, Any]:
        return dict(self.hosts.sagemaker.describe_transform_job(TransformJobName=self.name))

    def outputs(self) -> dict[str, str]:
        prefix = f"{self.name}/out/"
        listed = self.hosts.s3.list_objects_v2(Bucket=self.hosts.bucket, Prefix=prefix)
        return {
            entry["Key"].removeprefix(prefix): self.hosts.s3.get_object(
                Bucket=self.hosts.bucket, Key=entry["Key"]
            )["Body"]
            .read()
            .decode()
            for entry in listed.get("Contents", [])
        }


@pytest.fixture
def transforming(hosts: Hosts, model: str) -> Transforming:
    return Transforming(hosts, model)


QUOTED = 'a,"one\ntwo"\nb,c\n'


def test_a_whole_object_is_one_request_and_has_one_output(transforming: Transforming) -> None:
    transforming.put("rows.csv", QUOTED)
    transforming.put("more/süß rows.csv", "x\n")
    transforming.start({"Accept": "application/json"})
    described = transforming.ended()
    assert described["TransformJobStatus"] == "Completed"
    assert described["TransformEndTime"] >= described["TransformStartTime"]
    outputs = transforming.outputs()
    assert outputs.keys() == {"rows.csv.out", "more/süß rows.csv.out"}
    assert '["a,\\"one\\ntwo\\"\\nb,c\\n", "text/csv", {' in outputs["rows.csv.out"]
    assert '"SAGEMAKER_BATCH": "true"' in outputs["rows.csv.out"]
    assert '"SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD"' in outputs["rows.csv.out"]


def test_lines_are_sent_one_by_one_and_a_newline_in_quotes_is_cut(
    transforming: Transforming,
) -> None:
    transforming.put("rows.csv", QUOTED)
    transforming.start(
        {"Accept": "application/json", "AssembleWith": "Line"},
        {"SplitType": "Line"},
        BatchStrategy="SingleRecord",
    )
    assert transforming.ended()["TransformJobStatus"] == "Completed"
    lines = transforming.outputs()["rows.csv.out"].splitlines()
    assert [line.partition(", ")[0] for line in lines] == [
        r'["a,\"one\n"',
        r'["two\"\n"',
        r'["b,c\n"',
    ]


def test_as_many_lines_as_fit_are_sent_at_once(transforming: Transforming) -> None:
    row = "x" * (600 * 1024) + "\n"
    transforming.put("rows.csv", gzip.compress((row * 3 + "end").encode()))
    transforming.start(
        {"AssembleWith": "Line"},
        {"SplitType": "Line", "CompressionType": "Gzip"},
        MaxPayloadInMB=1,
        BatchStrategy="MultiRecord",
    )
    assert transforming.ended()["TransformJobStatus"] == "Completed"
    assert transforming.outputs()["rows.csv.out"] == row * 3 + "end\n"


def test_what_can_not_be_transformed_has_no_output_and_the_others_have(
    transforming: Transforming, aws: LocalAws
) -> None:
    transforming.put("bad.csv", "fine\nbad\n")
    transforming.put("good.csv", "good\n")
    transforming.put("large.csv", "x" * (1024**2 + 1))
    transforming.start(MaxPayloadInMB=1)
    described = transforming.ended()
    assert described["TransformJobStatus"] == "Failed"
    assert described["FailureReason"] == "ClientError: See job logs for more information"
    assert transforming.outputs() == {"good.csv.out": "good\n"}
    log = (aws.home / "logs" / f"{transforming.name}.log").read_text()
    assert "in/bad.csv: ClientError: 400" in log
    assert "There is something bad in it." in log
    assert "in/large.csv: ClientError: A record is larger than MaxPayloadInMB allows" in log


def test_a_model_that_fails_is_told_from_a_wrong_input(transforming: Transforming) -> None:
    transforming.put("crash.csv", "crash\n")
    transforming.start(ModelClientConfig={"InvocationsMaxRetries": 0})
    assert transforming.ended()["FailureReason"].startswith("AlgorithmError: See job logs")

    empty = Transforming(transforming.hosts, transforming.model)
    empty.start()
    assert "No S3 objects found" in empty.ended()["FailureReason"]


def test_a_job_is_stopped_in_the_middle_of_a_request(transforming: Transforming) -> None:
    hosts = transforming.hosts
    transforming.put("wait.csv", "wait\n")
    transforming.start()
    listed = hosts.sagemaker.list_transform_jobs(
        NameContains=transforming.name, StatusEquals="InProgress"
    )["TransformJobSummaries"]
    assert [job["TransformJobName"] for job in listed] == [transforming.name]
    hosts.sagemaker.stop_transform_job(TransformJobName=transforming.name)
    assert transforming.ended()["TransformJobStatus"] == "Stopped"
    assert not [
        process
        for process in psutil.process_iter(["cwd"])
        if (process.info["cwd"] or "").endswith(f"/{transforming.name}")
    ]
    with pytest.raises(ClientError, match="already exists"):
        transforming.start()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"source": {"SplitType": "RecordIO"}}, "does not support SplitType RecordIO"),
        ({"DataProcessing": {"JoinSource": "Input"}}, "DataProcessing with JoinSource Input"),
        ({"DataProcessing": {"InputFilter": "$[1:]"}}, "DataProcessing with InputFilter"),
        ({"BatchStrategy": "SingleRecord"}, "needs a SplitType"),
        ({"MaxPayloadInMB": 60, "MaxConcurrentTransforms": 2}, "must not exceed 100 MB"),
    ],
)
def test_what_can_not_be_done_is_refused_in_words(
    transforming: Transforming, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        transforming.start(**more)
    unknown = Transforming(transforming.hosts, "no-such-model")
    with pytest.raises(ClientError, match="Could not find model"):
        unknown.start()
