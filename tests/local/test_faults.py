"""The fault table: what becomes of a run when this or that goes wrong in one of its steps.

Each case plans its faults at AWS's edges (local/faults.py), runs the real state machine on a pair
of its own, redrives it where it has failed, and is held against what docs/reliability.md says of
it. All cases that were asked for run at once, with the state machine's pauses shortened.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest

from local.aws import LocalAws
from local.faults import ApiFault, Fault, FunctionFault, JobFault
from local.gaps import waits
from local.stack import Stack
from tests.local.conftest import stack_with_stand_in, table

DOCS = Path(__file__).parents[2] / "docs" / "reliability.md"
STEPS = ["CheckPair", "PickInstance", "Train", "Evaluate", "Publish"]
RECOVERS = {"Train": "RecoverTraining", "Evaluate": "RecoverEvaluation"}
BUDGET = 1.0
AT_ONCE = 8

# Healed in the step itself, by SageMaker within the job, by Recover, or by going on with the job
# that was made all the same; or failed with the reason in words, and done after one redrive.
How = Literal["retried", "restarted", "recovered", "adopted", "redriven"]
TELLS = {
    "retried": "heals by itself: the step is tried again",
    "restarted": "heals by itself: SageMaker starts the job anew on another machine",
    "recovered": "heals by itself, through Recover",
    "adopted": "heals by itself: the run waits for the job that was made, and goes on with it",
    "redriven": "**fails with the reason**, and succeeds once it is mended and redriven",
}


@dataclass(frozen=True)
class Case:
    """What goes wrong in which step, and what becomes of it.

    ``jobs`` are how many training and evaluation jobs were made; ``unpaid`` how many of all never
    had a machine. ``told`` stands in failure.html where the run fails.
    """

    step: str
    what: str
    how: How
    faults: tuple[Fault, ...]
    told: str = ""
    jobs: tuple[int, int] = (1, 1)
    unpaid: int = 0
    spot: bool = False

    def path(self) -> list[str]:
        """The tasks that are entered, in order, the redrive's included."""
        recover = RECOVERS.get(self.step)
        at = STEPS.index(self.step if self.step in STEPS else _RECOVERED[self.step])
        job = STEPS[at]
        if self.step in STEPS and self.how in {"retried", "restarted"}:
            again: list[str] = []
        elif recover:
            again = [recover] * (2 if self.how == "redriven" else 1)
            again += [] if self.how == "adopted" else [job]
        elif self.step in _RECOVERED:
            again = [self.step] * (2 if self.how == "redriven" else 1) + [job]
        else:
            again = [job]
        return STEPS[: at + 1] + again + STEPS[at + 1 :]


_RECOVERED = {"RecoverTraining": "Train", "RecoverEvaluation": "Evaluate"}
_ME = "{me}"  # stands for the case's dataset until it has one
_FUNCTIONS = {"RecoverTraining": "Recover", "RecoverEvaluation": "Recover"}


def in_function(step: str) -> list[Case]:
    """What can go wrong with a step that is a Lambda function."""
    function = _FUNCTIONS.get(step, step)
    first: tuple[Fault, ...] = ()
    jobs, unpaid = (1, 1), 0
    if step in _RECOVERED:  # which is entered only when a job has failed
        kind: Any = {"RecoverTraining": "Training", "RecoverEvaluation": "Processing"}[step]
        first = (JobFault(_ME, kind, "no capacity"),)
        jobs, unpaid = ((2, 1) if kind == "Training" else (1, 2)), 1

    def case(what: str, how: How, fault: Fault, told: str = "") -> Case:
        return Case(step, what, how, (*first, fault), told, jobs, unpaid)

    def dies(how: Any, times: int) -> FunctionFault:
        return FunctionFault(_ME, function, how, times=times)

    busy = ("Invoke", "TooManyRequestsException", "Rate Exceeded.", 429, f"{function}Function")
    denied = (
        "Invoke",
        "AccessDeniedException",
        "not authorized to perform: lambda:InvokeFunction",
        403,
        f"{function}Function",
    )
    return [
        case("throttled", "retried", ApiFault(_ME, *busy, times=3)),
        case("access denied", "redriven", ApiFault(_ME, *denied), "lambda:InvokeFunction"),
        case("the function crashes", "retried", dies("crash", 1)),
        case("the function runs out of time, three times", "redriven", dies("timeout", 3), "time"),
        case(
            "the function runs out of memory, three times", "redriven", dies("memory", 3), "memory"
        ),
    ]


def in_job(step: str) -> list[Case]:
    """What can go wrong with a step that is a SageMaker job."""
    kind: Any = {"Train": "Training", "Evaluate": "Processing"}[step]
    twice = (2, 1) if step == "Train" else (1, 2)
    create = f"Create{kind}Job"
    service = {"Train": "training", "Evaluate": "processing"}[step]

    def job(what: str, how: How, fault: Any, told: str = "", unpaid: int = 0) -> Case:
        return Case(step, what, how, (JobFault(_ME, kind, fault),), told, twice, unpaid)

    def refused(
        what: str, how: How, code: str, message: str, told: str = "", times: int = 1, **more: Any
    ) -> Case:
        fault = ApiFault(_ME, create, code, message, times=times, **more)
        return Case(step, what, how, (fault,), told)

    def quota(limit: int) -> str:
        return (
            f"The account-level service limit 'ml.m5.large for {service} job usage' is {limit} "
            f"Instances, with current utilization of {limit} Instances and a request delta of 1 "
            "Instances."
        )

    upload = "model.tar.gz" if step == "Train" else "metrics.json"
    return [
        refused("throttled", "recovered", "ThrottlingException", "Rate exceeded"),
        refused(
            "access denied",
            "redriven",
            "AccessDeniedException",
            f"User is not authorized to perform: sagemaker:{create}",
            f"not allow the job: User is not authorized to perform: sagemaker:{create}",
        ),
        refused("the quota is 0", "recovered", "ResourceLimitExceeded", quota(0)),
        refused("the quota is in use", "recovered", "ResourceLimitExceeded", quota(2)),
        refused(
            "the service fails, and no job is made",
            "recovered",
            "InternalFailure",
            "We failed.",
            status=500,
        ),
        refused(
            "the job is made, and the answer is an error",
            "adopted",
            "InternalFailure",
            "We failed.",
            status=500,
            accepted=True,
        ),
        refused(
            "the job's name is in use, since an answer was lost",
            "adopted",
            "ResourceInUse",
            "Job names must be unique within an AWS account and region",
            accepted=True,
        ),
        job("no capacity", "recovered", "no capacity", unpaid=1),
        job("capacity is lost during the job", "recovered", "capacity lost"),
        job("InternalServerError during the job", "recovered", "internal error"),
        job("the program crashes", "redriven", "crash", "The program was told to crash."),
        job("out of memory, or killed (SIGKILL)", "recovered", "killed"),
        job("over its time", "redriven", "over time", "its time limit"),
        job("stopped by a person", "redriven", "stopped", "by a person"),
        Case(
            step,
            "S3 refuses the upload of the results",
            "redriven",
            (ApiFault(_ME, "PutObject", "AccessDenied", "Access Denied", 403, upload),),
            "Artifact upload failed",
            twice,
        ),
    ]


CASES = [
    *in_function("CheckPair"),
    Case(
        "CheckPair",
        "S3 is busy (503 Slow Down)",
        "retried",
        (ApiFault(_ME, "HeadObject", "503", "Slow Down", 503, times=5),),
    ),
    Case(
        "CheckPair",
        "S3 denies the uploaded file",
        "redriven",
        (ApiFault(_ME, "GetObject", "AccessDenied", "Access Denied", 403, "_train.csv"),),
        "AWS did not allow GetObject",
    ),
    *in_function("PickInstance"),
    *in_job("Train"),
    Case(
        "Train",
        "spot capacity never comes",
        "recovered",
        (JobFault(_ME, "Training", "starved"),),
        jobs=(2, 1),
        unpaid=1,
        spot=True,
    ),
    Case(
        "Train",
        "spot capacity is taken away",
        "restarted",
        (JobFault(_ME, "Training", "interrupted"),),
        spot=True,
    ),
    *in_function("RecoverTraining"),
    Case(
        "RecoverTraining",
        "SageMaker is busy",
        "retried",
        (
            JobFault(_ME, "Training", "no capacity"),
            ApiFault(_ME, "ListTrainingJobs", "ThrottlingException", "Rate exceeded", times=5),
        ),
        jobs=(2, 1),
        unpaid=1,
    ),
    Case(
        "RecoverTraining",
        "SageMaker denies to list the jobs",
        "redriven",
        (
            JobFault(_ME, "Training", "no capacity"),
            ApiFault(_ME, "ListTrainingJobs", "AccessDeniedException", "not authorized"),
        ),
        "AWS did not allow ListTrainingJobs",
        jobs=(2, 1),
        unpaid=1,
    ),
    *in_job("Evaluate"),
    *in_function("RecoverEvaluation"),
    *in_function("Publish"),
    Case(
        "Publish",
        "S3 denies the summary",
        "redriven",
        (ApiFault(_ME, "PutObject", "AccessDenied", "Access Denied", 403, "summary.json"),),
        "AWS did not allow PutObject",
    ),
]
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
    """Runs cases, each on a dataset of its own, in stacks where uploads start nothing."""

    def __init__(self, aws: LocalAws, stack: Stack, spot_stack: Stack) -> None:
        self._aws = aws
        self._stacks = {False: stack, True: spot_stack}
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._outcomes: dict[int, Future[Outcome]] = {}

    def begin(self, numbers: list[int]) -> None:
        for number in numbers:
            self._outcomes[number] = self._pool.submit(self._outcome, number)

    def outcome(self, number: int) -> Outcome:
        return self._outcomes[number].result()

    def end(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _outcome(self, number: int) -> Outcome:
        case, name = CASES[number], f"f{number:03}x"
        stack, aws = self._stacks[case.spot], self._aws
        for half in ("train", "test"):
            key = f"data/{name}_{half}.csv"
            aws.s3.put_object(Bucket=stack.bucket, Key=key, Body=table().encode())
        aws.faults.plan(_about(fault, name) for fault in case.faults)
        arn = aws.states.start_execution(
            stateMachineArn=stack.state_machine, input=json.dumps({"dataset": name})
        )["executionArn"]
        ended, failed, page = self._ended(arn), None, ""
        if ended["status"] == "FAILED":
            failed, page = ended, self._page(stack, name)
            aws.states.redrive_execution(executionArn=arn)
            ended = self._ended(arn)
        events = aws.states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        listed = aws.s3.list_objects_v2(Bucket=stack.bucket, Prefix=f"results/{name}/")
        return Outcome(
            failed,
            page,
            ended,
            [_name(e) for e in events if e["type"] == "TaskStateEntered"],
            [_job_name(e) for e in events if _job_name(e)],
            (self._training_jobs(name), self._evaluation_jobs(name)),
            {entry["Key"].split("/", 3)[-1] for entry in listed.get("Contents", [])},
            aws.faults.mend(name),
        )

    def _ended(self, arn: str) -> dict[str, Any]:
        deadline = time.monotonic() + 120
        while True:
            described = self._aws.states.describe_execution(executionArn=arn)
            if described["status"] != "RUNNING":
                return dict(described)
            assert time.monotonic() < deadline, f"{arn} runs for ever"
            time.sleep(0.3)

    def _page(self, stack: Stack, name: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            listed = self._aws.s3.list_objects_v2(Bucket=stack.bucket, Prefix=f"results/{name}/")
            for entry in listed.get("Contents", []):
                if entry["Key"].endswith("/failure.html"):
                    page = self._aws.s3.get_object(Bucket=stack.bucket, Key=entry["Key"])
                    return page["Body"].read().decode()
            time.sleep(0.3)
        return ""

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


def _about(fault: Fault, name: str) -> Fault:
    return type(fault)(**vars(fault) | {"about": name})


def _name(event: Any) -> str:
    return str(event["stateEnteredEventDetails"]["name"])


def _job_name(event: Any) -> str:
    """The name that a job was to be given, where the event is the request for one."""
    details = event.get("taskScheduledEventDetails", {})
    parameters = json.loads(details.get("parameters", "{}"))
    return parameters.get("TrainingJobName") or parameters.get("ProcessingJobName") or ""


@pytest.fixture(scope="module")
def bench(aws: LocalAws, packed_template: str, request: pytest.FixtureRequest) -> Iterator[Bench]:
    chosen = {"TrainingMinutes": "10", "TrainingCost": f"{BUDGET:g}"}
    stacks = [
        upload_starts_nothing(aws, stack_with_stand_in(aws, packed_template, **chosen, **spot))
        for spot in ({}, {"SpotTraining": "true"})
    ]
    wanted = [
        item.callspec.params["number"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname == test_what_becomes_of_it.__name__
    ]
    waits.shorten_to(0.01)
    with aws.jobs.more_slots(3):
        bench = Bench(aws, *stacks)
        bench.begin(wanted)
        yield bench
        bench.end()
    waits.shorten_to(1)


def upload_starts_nothing(aws: LocalAws, stack: Stack) -> Stack:
    """The stack without its rule for uploads, so that each run is the one execution of a test."""
    name = stack.state_machine.rpartition(":")[2]
    resources = aws.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    [rule] = [r["PhysicalResourceId"] for r in resources if r["LogicalResourceId"] == "UploadRule"]
    session = boto3.Session("local", "local", region_name="us-east-1")
    session.client("events", endpoint_url=aws.endpoint).disable_rule(Name=rule)
    return stack


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_what_becomes_of_it(bench: Bench, number: int) -> None:
    case, outcome = CASES[number], bench.outcome(number)
    assert outcome.left == [], "the fault did not strike"
    assert outcome.done["status"] == "SUCCEEDED"
    assert outcome.done["redriveCount"] == (1 if case.how == "redriven" else 0)
    assert bool(outcome.failed) == (case.how == "redriven")
    if outcome.failed:
        assert case.told in outcome.page
        assert "Traceback" not in outcome.page
        assert "redrive-execution" in outcome.page
    entered = _once(outcome.entered) if case.how == "adopted" else outcome.entered
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


def _once(entered: list[str]) -> list[str]:
    """What was entered, without the further looks at a job that Recover waits for."""
    return [
        state
        for i, state in enumerate(entered)
        if not (state in _RECOVERED and entered[i + 1 : i + 2] == [state])
    ]


def fault_table() -> str:
    """The cases as docs/reliability.md has them; steps with the same outcome share a line."""
    lines: dict[tuple[str, How, tuple[int, int], int], list[str]] = {}
    for case in CASES:
        lines.setdefault((case.what, case.how, case.jobs, case.unpaid), []).append(case.step)
    rows = [
        f"| {', '.join(steps)} | {what} | {TELLS[how]} | {train} + {evaluate} |"
        f" {train + evaluate - unpaid} |"
        for (what, how, (train, evaluate), unpaid), steps in lines.items()
    ]
    head = "| in | what goes wrong | what happens | jobs made | paid for |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def with_fault_table(page: str) -> str:
    before, rest = page.split("<!-- faults -->", 1)
    _, after = rest.split("<!-- /faults -->", 1)
    return f"{before}<!-- faults -->\n{fault_table()}\n<!-- /faults -->{after}"


def test_the_documentation_has_the_table() -> None:
    page = DOCS.read_text()
    assert page == with_fault_table(page), "Write it with: python -m tests.local.test_faults"


if __name__ == "__main__":
    DOCS.write_text(with_fault_table(DOCS.read_text()))
