"""What local mode holds in memory of an object, and nothing once it is deleted; of an execution; of
a job."""

import gc
import json
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.s3.models import FakeKey, s3_backends
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local import patches
from local.aws import LocalAws
from local.gaps.sagemaker.jobs import Jobs
from local.jobs.job import Job
from local.kept.database import Database
from local.kept.executions import KeptExecutions
from local.kept.jobs import KeptJobs
from local.kept.object_versions import hold_defaults, slim
from tests.local.roles import role_trusting
from tests.local.uploads import ended

BUCKET = "small-records"
ACCOUNT = "123456789012"


@pytest.fixture
def defaults() -> Iterator[None]:
    before = len(patches.listed())
    hold_defaults()
    patches.add(FakeKey, "kept_at", None)
    yield
    for patch in reversed(patches.listed()[before:]):
        patch.undo()


@pytest.mark.usefixtures("defaults")
def test_a_version_is_the_same_with_less() -> None:
    version = FakeKey("key", b"x", ACCOUNT, "us-east-1", bucket_name=BUCKET, kms_key_id="own")
    version.kept_at = 0
    unseen = {"lock", "_time_progressed"}
    values = {name: getattr(version, name) for name in vars(version) if name not in unseen}
    slim(version)
    assert {name: getattr(version, name) for name in values} == values
    assert len(vars(version)) < len(values) - 24
    assert isinstance(version, FakeKey)
    assert version.kms_key_id == "own" and not version.disposed
    assert version.storage_class == "STANDARD" and version.value == b"x"
    version.lock_mode = "GOVERNANCE"
    assert FakeKey("other", b"", ACCOUNT, "us-east-1").lock_mode is None


@pytest.mark.usefixtures("defaults")
def test_what_one_version_is_given_no_other_has() -> None:
    one, other = (
        FakeKey(name, b"x", ACCOUNT, "us-east-1", bucket_name=BUCKET) for name in ("one", "other")
    )
    for version in (one, other):
        version.kept_at = 0
        slim(version)
    assert type(one) is type(other) and one.metadata is other.metadata
    one.set_metadata({"x-amz-meta-run": "1"})
    one.encryption, one.kept_at = "aws:kms", 3
    for _ in range(2):
        assert dict(one.metadata) == dict(other.metadata) | {"x-amz-meta-run": "1"}
        assert (one.encryption, other.encryption) == ("aws:kms", None)
        assert (one.kept_at, other.kept_at) == (3, 0)
        slim(one)
    assert FakeKey("new", b"", ACCOUNT, "us-east-1").kept_at is None


def test_a_deleted_object_leaves_memory(aws: LocalAws) -> None:
    aws.s3.create_bucket(Bucket=BUCKET)
    aws.s3.put_object(Bucket=BUCKET, Key="key", Body=b"x")
    held = weakref.ref(s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys["key"])
    assert held() is not None
    aws.s3.delete_object(Bucket=BUCKET, Key="key")
    gc.collect()
    assert held() is None


def test_objects_share_the_rights_that_aws_has_names_for(aws: LocalAws) -> None:
    for key, rights in (("a", "private"), ("b", "public-read"), ("c", "private")):
        aws.s3.put_object(Bucket=BUCKET, Key=f"rights/{key}", Body=b"x", ACL=rights)  # type: ignore[arg-type]
    keys = s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys
    a, b, c = (keys[f"rights/{key}"].acl for key in "abc")
    assert a is c and a is not b
    aws.s3.put_object_acl(Bucket=BUCKET, Key="rights/a", ACL="public-read")
    assert not keys["rights/c"].acl.public_read


def test_an_object_without_tags_has_nothing_in_their_place(aws: LocalAws) -> None:
    tags = s3_backends[ACCOUNT]["aws"].tagger.tags
    aws.s3.put_object(Bucket=BUCKET, Key="tagged", Body=b"x", Tagging="a=b")
    aws.s3.put_object(Bucket=BUCKET, Key="untagged", Body=b"x")
    assert [arn for arn in tags if "tagged" in arn] == [f"arn:aws:s3:::{BUCKET}/tagged/null"]
    [kept] = aws.s3.get_object_tagging(Bucket=BUCKET, Key="tagged")["TagSet"]
    assert kept == {"Key": "a", "Value": "b"}
    aws.s3.delete_object_tagging(Bucket=BUCKET, Key="tagged")
    for key in ("tagged", "untagged"):
        assert aws.s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] == []


def test_an_object_tells_nothing_of_the_signature_that_it_came_with(aws: LocalAws) -> None:
    aws.s3.put_object(Bucket=BUCKET, Key="signed", Body=b"x", ContentLanguage="ko")
    headers = aws.s3.head_object(Bucket=BUCKET, Key="signed")["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-language"] == "ko" and "x-amz-content-sha256" not in headers


@pytest.fixture
def kept_executions(aws: LocalAws, tmp_path: Path) -> Iterator[KeptExecutions]:  # noqa: ARG001
    before = len(patches.listed())
    kept = KeptExecutions(Database(tmp_path))
    kept.attach()
    yield kept
    for patch in reversed(patches.listed()[before:]):
        patch.undo()


@pytest.mark.usefixtures("kept_executions")
@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_what_has_ended_is_described_as_ever_and_held_in_the_database(
    aws: LocalAws, iam: Any, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments: list[Any] = []
    make = Environment.__init__

    def made(environment: Environment, *args: Any, **kwargs: Any) -> None:
        make(environment, *args, **kwargs)
        environments.append(weakref.ref(environment))

    monkeypatch.setattr(Environment, "__init__", made)
    end = {"Type": "Succeed"} if status == "SUCCEEDED" else {"Type": "Fail", "Error": "Wanted"}
    machine = aws.states.create_state_machine(
        name=f"holds-little-{status}",
        definition=json.dumps({"StartAt": "End", "States": {"End": end}}),
        roleArn=role_trusting(iam, "states"),
    )["stateMachineArn"]
    given = {"a": ["b", {"c": 1}]}
    arn = aws.states.start_execution(stateMachineArn=machine, input=json.dumps(given))
    described = ended(aws.states, arn["executionArn"])

    assert described["status"] == status
    assert json.loads(described["input"]) == given
    if status == "SUCCEEDED":
        assert json.loads(described["output"]) == given
    else:
        assert described["error"] == "Wanted" and "output" not in described
    events = aws.states.get_execution_history(executionArn=arn["executionArn"])["events"]
    assert events[0]["type"] == "ExecutionStarted" and len(events) >= 3
    gc.collect()
    assert environments and not any(environment() for environment in environments)
    backend = stepfunctions_parser_backends[ACCOUNT]["us-east-1"]
    execution = backend.describe_execution(arn["executionArn"])
    assert not {"output", "held_output", "held_input", "input_data"} & vars(execution).keys()
    assert len(execute_state.TMP_THREADS) == 0


def test_a_job_that_has_ended_is_described_as_ever_and_held_in_the_database(tmp_path: Path) -> None:
    unused: Any = None
    jobs, database = Jobs(unused, unused), Database(tmp_path)
    KeptJobs(database, jobs).attach()
    request = {
        "TrainingJobName": "a",
        "HyperParameters": {"target": "y"},
        "OutputDataConfig": {"S3OutputPath": "s3://b/out/"},
        "Tags": [{"Key": "k", "Value": "v"}],
    }
    arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/a"
    job = Job("Training", arn, request=request, changed=jobs.changed)
    jobs.add(job)
    job.enter("Training")
    job.metrics["score"] = (0.5, job.created)
    job.end("Failed", "Failed", "AlgorithmError: it was wanted, exit code: 1")
    described, listed, held = job.description(), job.summary(), weakref.ref(job)
    del job
    gc.collect()

    assert held() is None
    [ended_job] = jobs.named_like("a")
    assert ended_job.description() == described and ended_job.summary() == listed
    assert jobs.has_ended("Training", "a", within_seconds=60)
    assert jobs.fails_its_state("Training", "a")

    restarted = Jobs(unused, unused)
    KeptJobs(database, restarted).restore()
    [restored] = restarted.named_like("a")
    assert restored.description() == described and restored.summary() == listed
    assert not isinstance(restored, Job)
