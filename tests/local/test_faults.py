"""The fault table: what becomes of a run when this or that goes wrong in one of its steps.

Each case plans its faults at AWS's edges (local/faults.py), runs the real state machine on a pair
of its own, redrives it where it has failed, and is held against what docs/reliability.md says of
it. All cases that were asked for run at once, with the state machine's pauses shortened.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.aws import LocalAws
from local.faults import Fault
from local.stack import Stack
from tests.local.fault_cases import CASES, DOCS, with_fault_table
from tests.local.fault_runs import about, all_run, asked_for, once
from tests.local.stacks import client, resources, stack_with_stand_in
from tests.local.uploads import Uploader, ended, table
from tests.waiting import wait_until

BUDGET = 1.0
IDS = [f"{case.step}: {case.what}" for case in CASES]


@dataclass(frozen=True)
class Outcome:
    """What became of a case's run."""

    failed: dict[str, Any] | None
    page: str
    done: dict[str, Any]
    entered: list[str]
    names: list[str]
    jobs: tuple[list[Any], list[Any]]
    keys: set[str]
    left: list[Fault]


class Bench:
    """Runs a case on a dataset of its own, in stacks where uploads start nothing."""

    def __init__(self, aws: LocalAws, stack: Stack, spot_stack: Stack) -> None:
        self._aws = aws
        self._stacks = {False: stack, True: spot_stack}

    def outcome(self, number: int) -> Outcome:
        case, name = CASES[number], f"f{number:03}x"
        stack, aws = self._stacks[case.spot], self._aws
        for half, rows in (("train", 12), ("test", 6)):
            key = f"data/{name}_{half}.csv"
            aws.s3.put_object(Bucket=stack.bucket, Key=key, Body=table(rows).encode())
        aws.faults.plan(about(fault, name) for fault in case.faults)
        arn = aws.states.start_execution(
            stateMachineArn=stack.state_machine, input=json.dumps({"dataset": name})
        )["executionArn"]
        done, failed, page = ended(aws.states, arn), None, ""
        if done["status"] == "FAILED":
            failed, page = done, self._page(stack, name)
            aws.states.redrive_execution(executionArn=arn)
            done = ended(aws.states, arn)
        events = aws.states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        listed = aws.s3.list_objects_v2(Bucket=stack.bucket, Prefix=f"results/{name}/")
        return Outcome(
            failed,
            page,
            done,
            [_name(e) for e in events if e["type"] == "TaskStateEntered"],
            [_job_name(e) for e in events if _job_name(e)],
            (self._training_jobs(name), self._evaluation_jobs(name)),
            {entry["Key"].split("/", 3)[-1] for entry in listed.get("Contents", [])},
            aws.faults.mend(name),
        )

    def _page(self, stack: Stack, name: str) -> str:
        uploader = Uploader(self._aws, stack, name)
        key, *_ = wait_until(
            lambda: [k for k in uploader.keys(f"results/{name}/") if k.endswith("/failure.html")]
        )
        page = self._aws.s3.get_object(Bucket=stack.bucket, Key=key)
        return page["Body"].read().decode()

    def _training_jobs(self, name: str) -> list[Any]:
        sagemaker = self._aws.sagemaker
        listed = sagemaker.list_training_jobs(NameContains=f"-{name}-", MaxResults=100)
        return [
            sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])
            for job in listed["TrainingJobSummaries"]
        ]

    def _evaluation_jobs(self, name: str) -> list[Any]:
        sagemaker = self._aws.sagemaker
        listed = sagemaker.list_processing_jobs(NameContains=f"-{name}-", MaxResults=100)
        return [
            sagemaker.describe_processing_job(ProcessingJobName=job["ProcessingJobName"])
            for job in listed["ProcessingJobSummaries"]
        ]


def _name(event: Any) -> str:
    return str(event["stateEnteredEventDetails"]["name"])


def _job_name(event: Any) -> str:
    """The name that a job was to be given, where the event is the request for one."""
    details = event.get("taskScheduledEventDetails", {})
    parameters = json.loads(details.get("parameters", "{}"))
    return parameters.get("TrainingJobName") or parameters.get("ProcessingJobName") or ""


@pytest.fixture(scope="module")
def outcome_of(
    aws: LocalAws, packed_template: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[int], Outcome]]:
    chosen = {"TrainingMinutes": "10", "TrainingCost": f"{BUDGET:g}"}
    stacks = [
        upload_starts_nothing(aws, stack_with_stand_in(aws, packed_template, **chosen, **spot))
        for spot in ({}, {"SpotTraining": "true"})
    ]
    wanted = asked_for(request, test_what_becomes_of_it)
    with all_run(aws, wanted, Bench(aws, *stacks).outcome) as outcome:
        yield outcome


def upload_starts_nothing(aws: LocalAws, stack: Stack) -> Stack:
    """The stack without its rule for uploads, so that each run is the one execution of a test."""
    client(aws, "events").disable_rule(Name=resources(aws, stack)["UploadRule"])
    return stack


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_what_becomes_of_it(outcome_of: Callable[[int], Outcome], number: int) -> None:
    case, outcome = CASES[number], outcome_of(number)
    assert outcome.left == [], "the fault did not strike"
    assert outcome.done["status"] == "SUCCEEDED"
    assert outcome.done["redriveCount"] == (1 if case.how == "redriven" else 0)
    assert bool(outcome.failed) == (case.how == "redriven")
    if outcome.failed:
        assert case.told in outcome.page
        assert "Traceback" not in outcome.page
        assert "redrive-execution" in outcome.page
    entered = once(outcome.entered) if case.how == "adopted" else outcome.entered
    assert entered == case.path()

    training, evaluation = outcome.jobs
    assert (len(training), len(evaluation)) == case.jobs
    paid = [
        j for j in training + evaluation if "TrainingStartTime" in j or "ProcessingStartTime" in j
    ]
    assert len(paid) == sum(case.jobs) - case.unpaid
    made = {job.get("TrainingJobName") or job["ProcessingJobName"] for job in training + evaluation}
    assert made <= set(outcome.names)

    summary = json.loads(outcome.done["output"])
    assert summary["Cost"]["ActualUSD"] <= summary["Cost"]["MostUSD"] <= BUDGET
    name = summary["Dataset"]
    whole = {"summary.json", "metrics.json", "check.html", f"{name}_test_prediction.csv"}
    whole |= {f"{summary['TrainingJob']}/output/model.tar.gz"}
    assert whole <= outcome.keys
    assert summary["Metrics"]["model"]["rows"] == 12


def test_the_documentation_has_the_table() -> None:
    page = DOCS.read_text()
    assert page == with_fault_table(page), "Write it with: python -m tests.local.fault_cases"
