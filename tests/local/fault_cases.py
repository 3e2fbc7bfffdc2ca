"""What can go wrong in which step, and what becomes of the run: the table that holds the tests.

docs/reliability.md and docs/predictions.md have it in words, written by ``python -m
tests.local.fault_cases``.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from local.faults import ApiFault, Fault, FunctionFault, JobFault

DOCS = Path(__file__).parents[2] / "docs" / "reliability.md"
PREDICTION_DOCS = DOCS.with_name("predictions.md")
STEPS = ["CheckPair", "PickInstance", "ReserveBudget", "Train", "SealModel", "Evaluate", "Publish"]
PREDICTION_STEPS = ["CheckRows", "PickInstance", "ReserveBudget", "Predict", "Publish"]
RECOVERS = {
    "Train": "RecoverTraining",
    "Evaluate": "RecoverEvaluation",
    "Predict": "RecoverPrediction",
}
RECOVERED = {recover: job for job, recover in RECOVERS.items()}

# Healed in the step itself, by SageMaker within the job, by Recover, or by going on with the job
# that was made all the same; or failed with the reason in words, and done after one redrive.
How = Literal["retried", "restarted", "recovered", "adopted", "redriven"]
TELLS = {
    "retried": "recovers: the step is retried",
    "restarted": "recovers: SageMaker restarts the job on another machine",
    "recovered": "recovers: Recover retries the job",
    "adopted": "recovers: the run waits for the existing job and uses its result",
    "redriven": "**fails with the reason**; succeeds after a fix and a redrive",
}


@dataclass(frozen=True)
class Case:
    """What goes wrong in which step, and what becomes of it.

    ``jobs`` are how many training and processing jobs were made; ``unpaid`` how many of all never
    had a machine. ``told`` stands in failure.html where the run fails. ``steps`` are those of a run
    or of a prediction.
    """

    step: str
    what: str
    how: How
    faults: tuple[Fault, ...]
    told: str = ""
    jobs: tuple[int, int] = (1, 1)
    unpaid: int = 0
    spot: bool = False
    steps: tuple[str, ...] = tuple(STEPS)

    def path(self) -> list[str]:
        """The tasks that are entered, in order, the redrive's included."""
        recover, steps = RECOVERS.get(self.step), list(self.steps)
        at = steps.index(self.step if self.step in steps else RECOVERED[self.step])
        job = steps[at]
        if self.step in steps and self.how in {"retried", "restarted"}:
            again: list[str] = []
        elif recover:
            again = [recover] * (2 if self.how == "redriven" else 1)
            again += [] if self.how == "adopted" else [job]
        elif self.step in RECOVERED:
            again = [self.step] * (2 if self.how == "redriven" else 1) + [job]
        else:
            again = [job]
        return steps[: at + 1] + again + steps[at + 1 :]


_ME = "{me}"  # stands for the case's dataset until it has one
_FUNCTIONS = dict.fromkeys(RECOVERED, "Recover")


def in_function(step: str, function: str = "") -> list[Case]:
    """What can go wrong with a step that is a Lambda function, called like it if not said."""
    function = function or _FUNCTIONS.get(step, step)
    first: tuple[Fault, ...] = ()
    jobs, unpaid = (1, 1), 0
    if step in RECOVERED:  # which is entered only when a job has failed
        kind: Any = "Training" if step == "RecoverTraining" else "Processing"
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
    kind: Any = "Training" if step == "Train" else "Processing"
    twice = (2, 1) if step == "Train" else (1, 2)
    create = f"Create{kind}Job"
    service = kind.lower()

    def job(
        what: str, how: How, fault: Any, told: str = "", unpaid: int = 0, *, as_error: bool = False
    ) -> Case:
        faults = (JobFault(_ME, kind, fault, as_error=as_error),)
        return Case(step, what, how, faults, told, twice, unpaid)

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

    uploads = {"Train": "model.tar.gz", "Evaluate": "metrics.json", "Predict": "jobs/"}
    upload = uploads[step]
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
            "the service fails, and no job is created",
            "recovered",
            "InternalFailure",
            "We failed.",
            status=500,
        ),
        refused(
            "the job is created, but the answer is an error",
            "adopted",
            "InternalFailure",
            "We failed.",
            status=500,
            accepted=True,
        ),
        refused(
            "the job's name is in use because an answer was lost",
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
        job("over its time limit", "redriven", "over time", "its time limit"),
        job("stopped manually", "redriven", "stopped", "by a person"),
        job("stopped, and its state fails", "redriven", "stopped", "by a person", as_error=True),
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
    *in_function("ReserveBudget"),
    *in_job("Train"),
    Case(
        "Train",
        "no spot capacity",
        "recovered",
        (JobFault(_ME, "Training", "starved"),),
        jobs=(2, 1),
        unpaid=1,
        spot=True,
    ),
    Case(
        "Train",
        "no spot capacity, and the state fails",
        "recovered",
        (JobFault(_ME, "Training", "starved", as_error=True),),
        jobs=(2, 1),
        unpaid=1,
        spot=True,
    ),
    Case(
        "Train",
        "spot capacity is interrupted",
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
        "SageMaker denies listing the jobs",
        "redriven",
        (
            JobFault(_ME, "Training", "no capacity"),
            ApiFault(_ME, "ListTrainingJobs", "AccessDeniedException", "not authorized"),
        ),
        "AWS did not allow ListTrainingJobs",
        jobs=(2, 1),
        unpaid=1,
    ),
    *in_function("SealModel"),
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


def of_a_prediction(case: Case) -> Case:
    """The case as one of the machine that predicts, where no model is trained."""
    return replace(case, steps=tuple(PREDICTION_STEPS), jobs=(0, case.jobs[1]))


# The functions that both machines share differ in what they are handed: two cases each show that.
PREDICTION_CASES = [
    of_a_prediction(case)
    for case in (
        *in_function("CheckRows"),
        Case(
            "CheckRows",
            "S3 denies the uploaded file",
            "redriven",
            (ApiFault(_ME, "GetObject", "AccessDenied", "Access Denied", 403, "predict/"),),
            "AWS did not allow GetObject",
        ),
        *in_function("PickInstance")[2:4],
        *in_function("ReserveBudget")[2:4],
        *in_job("Predict"),
        *in_function("RecoverPrediction")[1:4],
        *in_function("Publish", "PublishPrediction"),
        Case(
            "Publish",
            "S3 denies the predictions",
            "redriven",
            (ApiFault(_ME, "CopyObject", "AccessDenied", "Access Denied", 403, "predictions/"),),
            "AWS did not allow CopyObject",
        ),
    )
]


def fault_table(cases: list[Case]) -> str:
    """The cases as people read them; steps with the same outcome share a line."""
    lines: dict[tuple[str, How, tuple[int, int], int], list[str]] = {}
    for case in cases:
        lines.setdefault((case.what, case.how, case.jobs, case.unpaid), []).append(case.step)
    rows = [
        f"| {', '.join(steps)} | {what} | {TELLS[how]} | {train} + {evaluate} |"
        f" {train + evaluate - unpaid} |"
        for (what, how, (train, evaluate), unpaid), steps in lines.items()
    ]
    head = "| step | fault | outcome | jobs created | paid for |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def with_fault_table(page: str, cases: list[Case] = CASES) -> str:
    before, rest = page.split("<!-- faults -->", 1)
    _, after = rest.split("<!-- /faults -->", 1)
    return f"{before}<!-- faults -->\n{fault_table(cases)}\n<!-- /faults -->{after}"


if __name__ == "__main__":
    for path, cases in ((DOCS, CASES), (PREDICTION_DOCS, PREDICTION_CASES)):
        path.write_text(with_fault_table(path.read_text(), cases))
