"""SageMaker jobs as processes: how they end, how they are stopped, how they wait."""

import json

import pytest
from botocore.exceptions import ClientError

from lambdas.instances.catalog import known_types
from lambdas.runs.execution_story import reason_of_failure
from local.aws import LocalAws
from local.stack import Stack
from operate.runs.progress import Progress
from tests.local.stacks import stack_with_stand_in
from tests.local.uploads import Uploader, put_past_policy, table

# What SageMaker tells of every processing job that failed (sagemaker-spark-container,
# test_sagemaker_spark_errors.py).
NO_REASON = "AlgorithmError: See job logs for more information"


def test_a_job_that_says_why_it_failed_is_quoted(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "fail"), table(6))
    failed = uploader.failed()
    assert uploader.states_entered(failed)[-1] == "RecoverTraining"
    assert failed["error"] == "JobFailed"
    assert "failed: The stand-in was told to fail. " in reason_of_failure(failed["cause"])
    [job] = uploader.training_jobs()
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert uploader.evaluation_jobs() == []


def test_a_killed_job_is_tried_with_more_memory_as_long_as_there_is_more(
    uploader: Uploader,
) -> None:
    uploader.upload_pair(table(12, "killed"), table(6))
    failed = uploader.failed()
    jobs = uploader.training_jobs()[::-1]
    assert all("ExitCode " in job["FailureReason"] for job in jobs)
    memory = [known_types()[j["ResourceConfig"]["InstanceType"]]["memory_gib"] for j in jobs]
    assert len(memory) > 1 and memory == sorted(set(memory))
    assert "No other instance type is within budget" in reason_of_failure(failed["cause"])


def test_a_killed_evaluation_is_tried_with_more_memory_and_keeps_the_training(
    uploader: Uploader,
) -> None:
    uploader.upload_pair(table(), table(12, "killed evaluation"))
    failed = uploader.failed()
    jobs = uploader.evaluation_jobs()[::-1]
    assert {job["FailureReason"] for job in jobs} == {NO_REASON}
    assert {job["ExitMessage"] for job in jobs} == {"exit code: 137"}
    types = [job["ProcessingResources"]["ClusterConfig"]["InstanceType"] for job in jobs]
    memory = [known_types()[name]["memory_gib"] for name in types]
    assert len(memory) > 1 and memory == sorted(set(memory))
    assert "No other instance type is within budget" in reason_of_failure(failed["cause"])
    assert len(uploader.training_jobs()) == 1


def test_a_failed_evaluation_says_why(uploader: Uploader) -> None:
    uploader.upload_pair(table(), table(12, "fail evaluation"))
    failed = uploader.failed()
    assert uploader.states_entered(failed)[-1] == "RecoverEvaluation"
    assert "The stand-in can't evaluate." in reason_of_failure(failed["cause"])


def test_a_stopped_training_is_not_taken_for_a_finished_one(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(lambda: status(uploader) == "Training")
    [job] = uploader.training_jobs()
    uploader.aws.sagemaker.stop_training_job(TrainingJobName=job["TrainingJobName"])

    assert uploader.failed()["error"] == "JobFailed"
    [job] = uploader.training_jobs()
    assert job["TrainingJobStatus"] == "Stopped"
    assert uploader.evaluation_jobs() == []


def test_a_job_over_its_time_is_stopped(uploader: Uploader) -> None:
    uploader.upload_pair(table(), table(6))
    uploader.worked()
    [job] = uploader.training_jobs()
    train = job["InputDataConfig"][0]
    uri = train["DataSource"]["S3DataSource"]["S3Uri"]
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    put_past_policy(uploader.aws.s3, bucket, f"{key}train.csv", table(2, "slow"))
    name = job["TrainingJobName"] + "-again"
    uploader.aws.sagemaker.create_training_job(
        TrainingJobName=name,
        StoppingCondition={"MaxRuntimeInSeconds": 1},
        **{
            field: job[field]
            for field in (
                "RoleArn",
                "AlgorithmSpecification",
                "HyperParameters",
                "InputDataConfig",
                "OutputDataConfig",
                "ResourceConfig",
            )
        },
    )

    def described() -> dict[str, object]:
        return dict(uploader.aws.sagemaker.describe_training_job(TrainingJobName=name))

    uploader.wait(lambda: described()["TrainingJobStatus"] == "Stopped")
    assert described()["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_stopping_the_execution_stops_its_job(uploader: Uploader) -> None:
    uploader.upload_pair(table(12, "slow"), table(6))
    uploader.wait(lambda: status(uploader) == "Training")
    [running] = [e for e in uploader.described() if e["status"] == "RUNNING"]
    uploader.aws.states.stop_execution(executionArn=running["executionArn"])
    uploader.wait(lambda: status(uploader) == "Stopped")
    assert "ABORTED" in {e["status"] for e in uploader.executions()}


def test_jobs_beyond_what_the_machine_bears_wait_their_turn(aws: LocalAws, stack: Stack) -> None:
    busy = [Uploader(aws, stack, f"busy {n}") for n in range(aws.jobs.slots)]
    for uploader in busy:
        uploader.upload_pair(table(12, "slow"), table(6))
    busy[0].wait(lambda: all(status(uploader) == "Training" for uploader in busy))
    queued = Uploader(aws, stack, "queued")
    queued.upload_pair(table(), table(6))
    queued.wait(lambda: status(queued) == "Pending")
    for uploader in busy:
        [running] = [e for e in uploader.described() if e["status"] == "RUNNING"]
        aws.states.stop_execution(executionArn=running["executionArn"])
    assert queued.worked()


def test_a_job_name_is_taken_only_once_and_a_bad_request_is_refused(uploader: Uploader) -> None:
    uploader.upload_pair(table(), table(6))
    uploader.worked()
    [job] = uploader.training_jobs()
    request = {
        field: job[field]
        for field in (
            "TrainingJobName",
            "RoleArn",
            "AlgorithmSpecification",
            "OutputDataConfig",
            "ResourceConfig",
            "StoppingCondition",
        )
    }
    create = uploader.aws.sagemaker.create_training_job
    with pytest.raises(ClientError, match="already exists"):
        create(**request)
    assert len(uploader.training_jobs()) == 1


def test_the_parameters_reach_the_job_as_they_were_given(
    aws: LocalAws, packed_template: str
) -> None:
    stack = stack_with_stand_in(
        aws,
        packed_template,
        TargetVariable="1",
        ProblemType="binary",
        PositiveClass="0",
        EvalMetric="roc_auc",
        AutoMLPresets="medium_quality_faster_train",
        TrainingMinutes="2",
    )
    uploader = Uploader(aws, stack, "a")
    uploader.upload_pair(table(target="1"), table(6, target="1"))
    assert json.loads(uploader.worked()["output"])["Metrics"]["model"]["parameters"] == {
        "target": "1",
        "positive_class": "0",
        "problem_type": "binary",
        "eval_metric": "roc_auc",
        "presets": "medium_quality",
        "time_limit": 120,
    }


def test_progress_tells_states_and_the_best_model(uploader: Uploader) -> None:
    uploader.upload_pair(table(), table(6))
    execution = uploader.worked()["executionArn"]
    progress = Progress(uploader.aws.states, uploader.aws.logs, execution)
    assert progress.refresh() == "SUCCEEDED"
    assert [state.name for state in progress.states] == [
        "CheckPair",
        "PickInstance",
        "ReserveBudget",
        "Train",
        "SealModel",
        "Evaluate",
        "Publish",
    ]
    assert progress.training.budget == 1
    assert (progress.training.best_model, progress.training.best_score) == ("StandIn", 0.75)


def test_changing_the_state_machine_changes_what_local_mode_does(
    aws: LocalAws, packed_template: str
) -> None:
    changed = packed_template.replace('"Publish"', '"Announce"')
    uploader = Uploader(aws, stack_with_stand_in(aws, changed), "a")
    uploader.upload_pair(table(), table(6))
    last = [uploader.states_entered(e)[-1] for e in uploader.executions()]
    assert "Announce" in last


def status(uploader: Uploader) -> str | None:
    jobs = uploader.training_jobs()
    return jobs[0]["SecondaryStatus"] if jobs else None
