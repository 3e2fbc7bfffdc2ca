"""What happens to uploaded files, seen with plain AWS clients."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from local.aws import LocalAws
from local.stack import Stack
from tests.local.stacks import client, stand_in_code
from tests.local.uploads import Uploader, table

TRAIN, TEST = table(12), table(6)
FIVE_FILES = (
    "eval.png",
    "fit_summary.txt",
    "leaderboard.csv",
    "model_performance.txt",
    "test_prediction.csv",
)


@pytest.mark.parametrize("order", [["test", "train"], ["train", "test"]])
def test_whichever_file_comes_first_one_run_does_the_work(
    uploader: Uploader, order: list[str]
) -> None:
    bodies = {"train": TRAIN, "test": TEST}
    first, second = order
    uploader.upload(first, bodies[first])
    assert [uploader.states_entered(e)[-1] for e in uploader.executions()] == ["WaitingForPartner"]
    uploader.upload(second, bodies[second])

    assert uploader.ends() == ["Publish"]
    assert {e["status"] for e in uploader.executions()} == {"SUCCEEDED"}
    assert len(uploader.training_jobs()) == len(uploader.evaluation_jobs()) == 1


def test_both_files_at_once_start_one_run(uploader: Uploader) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(uploader.upload, ["train", "test"], [TRAIN, TEST]))
    assert uploader.ends().count("Publish") == 1
    assert set(uploader.ends()) <= {"Publish", "AlreadyRunning"}
    assert len(uploader.training_jobs()) == len(uploader.evaluation_jobs()) == 1


def test_each_file_uploaded_twice_is_trained_once(uploader: Uploader) -> None:
    for _ in range(2):
        uploader.upload_pair(TRAIN, TEST)
    assert uploader.ends().count("Publish") == 1
    assert set(uploader.ends()) <= {"Publish", "AlreadyRunning"}
    assert {e["status"] for e in uploader.executions()} == {"SUCCEEDED"}
    assert len(uploader.training_jobs()) == len(uploader.evaluation_jobs()) == 1


def test_an_event_delivered_twice_is_handled_once(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    uploader.start(json.loads(uploader.worked()["input"]))
    assert "AlreadyRunning" in uploader.ends()
    assert len(uploader.training_jobs()) == 1


@pytest.mark.parametrize("name", ["my data_v1.2", "a+b 50% (1)", "타이타닉 🚢", "x_train.csv"])
def test_the_results_lie_under_the_datasets_own_name(
    aws: LocalAws, stack: Stack, name: str
) -> None:
    uploader = Uploader(aws, stack, name)
    uploader.upload_pair(TRAIN, TEST)
    output = json.loads(uploader.worked()["output"])

    folder = output["Results"].removeprefix(f"s3://{stack.bucket}/")
    assert folder == f"results/{name}/{output['Run']}/"
    keys = uploader.keys(folder)
    assert {f"{folder}{name}_{suffix}" for suffix in FIVE_FILES} <= set(keys)
    assert f"{folder}{output['TrainingJob']}/output/model.tar.gz" in keys
    assert f"{folder}summary.json" in keys


@pytest.mark.parametrize("name", ["encoded +1", "부호화 100% 🚢"])
def test_a_key_that_the_event_has_url_encoded_is_found_all_the_same(
    uploader: Uploader, name: str
) -> None:
    uploader.name = name
    uploader.upload_pair(TRAIN, TEST)
    event = json.loads(uploader.worked()["input"])
    event["detail"]["object"]["key"] = quote_plus(f"data/{name}_train.csv", safe="/")
    assert uploader.deliver(event)["Outcome"] == "AlreadyRunning"


def test_late_events_about_files_that_were_replaced_since_start_nothing(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    old = [json.loads(execution["input"]) for execution in uploader.executions()]
    uploader.upload("train", table(20))
    uploader.executions()
    for event in reversed(old):
        assert uploader.deliver(event)["Outcome"] == "AlreadyRunning"
    assert len(uploader.training_jobs()) == 2


def test_a_file_that_is_deleted_before_its_event_comes_is_waited_for(uploader: Uploader) -> None:
    uploader.upload("train", TRAIN)
    [event] = [json.loads(execution["input"]) for execution in uploader.executions()]
    uploader.aws.s3.delete_object(
        Bucket=uploader.stack.bucket, Key=f"data/{uploader.name}_train.csv"
    )
    uploader.upload("test", TEST)
    answer = uploader.deliver(event)
    assert answer["Outcome"] == "WaitingForPartner"
    assert f"data/{uploader.name}_train.csv is not there yet" in answer["Message"]
    uploader.upload("train", TRAIN)
    assert uploader.ends() == ["Publish"]


def test_copied_files_are_uploads_like_others(uploader: Uploader) -> None:
    for half, body in (("test", TEST), ("train", TRAIN)):
        key = f"{uploader.name}_{half}.csv"
        uploader.put(f"elsewhere/{key}", body)
        uploader.aws.s3.copy_object(
            Bucket=uploader.stack.bucket,
            Key=f"data/{key}",
            CopySource={"Bucket": uploader.stack.bucket, "Key": f"elsewhere/{key}"},
        )
    event = json.loads(uploader.worked()["input"])
    assert event["detail"]["reason"] == "CopyObject"
    assert len(uploader.training_jobs()) == 1


def test_what_is_outside_of_the_folder_for_uploads_starts_nothing(
    lonely_uploader: Uploader,
) -> None:
    lonely_uploader.put("elsewhere/a_train.csv", TRAIN)
    lonely_uploader.put("database/a_train.csv", TRAIN)
    executions = lonely_uploader.aws.states.list_executions(
        stateMachineArn=lonely_uploader.stack.state_machine
    )["executions"]
    assert executions == []


def test_a_copy_of_a_multipart_upload_is_one_event(uploader: Uploader) -> None:
    s3: Any = uploader.aws.s3
    bucket = uploader.stack.bucket
    key, copied = f"elsewhere/{uploader.name}", f"data/{uploader.name}_train.csv"
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    place = {"Bucket": bucket, "Key": key, "UploadId": upload}
    part = s3.upload_part(**place, PartNumber=1, Body=table().encode())
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**place, MultipartUpload=parts)
    s3.copy_object(Bucket=bucket, Key=copied, CopySource={"Bucket": bucket, "Key": key})
    uploader.wait(uploader.executions)
    [execution] = uploader.executions()
    assert json.loads(execution["input"])["detail"]["reason"] == "CopyObject"


def test_a_multipart_upload_is_one_event(uploader: Uploader) -> None:
    s3, bucket, key = uploader.aws.s3, uploader.stack.bucket, f"data/{uploader.name}_train.csv"
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"a,b\n")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key=key,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    [execution] = uploader.executions()
    assert json.loads(execution["input"])["detail"]["reason"] == "CompleteMultipartUpload"


def test_the_event_has_the_fields_that_s3_sends(uploader: Uploader) -> None:
    uploader.upload("train", TRAIN)
    [execution] = uploader.executions()
    event = json.loads(execution["input"])
    key = f"data/{uploader.name}_train.csv"
    head = uploader.aws.s3.head_object(Bucket=uploader.stack.bucket, Key=key)
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["reason"] == "PutObject"
    sent = event["detail"]["object"]
    assert sent["key"] == key
    assert (sent["etag"], sent["size"]) == (head["ETag"].strip('"'), head["ContentLength"])
    assert sent["version-id"] == head["VersionId"]


def test_new_content_under_the_same_name_is_a_run_of_its_own(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    uploader.executions()
    uploader.upload("train", table(20))
    uploader.executions()
    assert len(uploader.training_jobs()) == 2


def test_a_run_under_way_keeps_the_files_that_it_checked(
    uploader: Uploader, tmp_path: Path
) -> None:
    uploader.upload_pair(table(12, f"until {tmp_path / 'go'}"), TEST)
    uploader.wait(uploader.training_jobs)
    uploader.upload("train", table(30))
    (tmp_path / "go").touch()

    outputs = [json.loads(e["output"]) for e in uploader.executions()]
    rows = [output["Metrics"]["model"]["rows"] for output in outputs if "Metrics" in output]
    assert sorted(rows) == [12, 30]


def test_force_trains_the_same_pair_once_more(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    uploader.worked()
    uploader.start({"dataset": uploader.name})
    assert uploader.ends().count("Publish") == 1
    uploader.start({"dataset": uploader.name, "force": True})
    assert uploader.ends().count("Publish") == 2


def test_new_training_code_makes_the_same_pair_new(lonely_uploader: Uploader) -> None:
    lonely_uploader.upload_pair(TRAIN, TEST)
    lonely_uploader.worked()
    lonely_uploader.put("source/sourcedir.tar.gz", stand_in_code() + b"\0" * 512)
    lonely_uploader.upload("test", TEST)
    lonely_uploader.executions()
    assert len(lonely_uploader.training_jobs()) == 2


def test_any_aws_client_can_watch(uploader: Uploader) -> None:
    uploader.upload_pair(TRAIN, TEST)
    done = uploader.worked()
    plain = client(uploader.aws, "sagemaker")
    output = json.loads(done["output"])
    trained = plain.describe_training_job(TrainingJobName=output["TrainingJob"])
    evaluated = plain.describe_processing_job(ProcessingJobName=output["EvaluationJob"])

    assert trained["TrainingJobStatus"] == evaluated["ProcessingJobStatus"] == "Completed"
    assert trained["TrainingEndTime"] >= trained["TrainingStartTime"] >= trained["CreationTime"]
    assert trained["FinalMetricDataList"][0]["Value"] == 0.75
    assert evaluated["ProcessingEndTime"] >= trained["TrainingEndTime"]
    assert output["Model"] == trained["ModelArtifacts"]["S3ModelArtifacts"]
    assert uploader.states_entered(done) == [
        "CheckPair",
        "PairReady",
        "PickInstance",
        "ReserveBudget",
        "BudgetReserved",
        "Train",
        "TrainingFinished",
        "SealModel",
        "Evaluate",
        "EvaluationFinished",
        "Publish",
    ]
