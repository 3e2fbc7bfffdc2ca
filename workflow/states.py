"""What the states of both machines are made of: functions, jobs, and the way back from a failure.

The steps that do work fail as themselves, so that RedriveExecution goes on from them (AWS
documentation, "Redriving executions"); the jobs' errors are caught for recovery alone, which leads
back to the job.
"""

from typing import Any

from lambdas.jobs.kind import JobKind
from lambdas.jobs.name import PATTERN
from workflow.quiet_sdk import Catch, Choice, ChoiceRule, Retry, Succeed, Task, Wait

# The integrations' ARNs have the partition in them, which only the deployment knows.
_LAMBDA = "${InvokeFunction}"
TRAINING_JOB = "${RunTrainingJob}"
PROCESSING_JOB = "${RunProcessingJob}"

_LAMBDA_PASSING_ERRORS = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "ConnectTimeoutError",
    "EndpointConnectionError",
    "ReadTimeoutError",
]
# A process that died, or ran out of time or memory: perhaps by chance, so it is worth a little.
_LAMBDA_DIED = [
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "Sandbox.Timedout",
]
# An account may run only so many functions at once (a new one ten), and make only so many calls a
# second. Where a thousand pairs come at once, each waits its turn: for most of a day, if need be.
_LAMBDA_BUSY = ["TryAgain", "Lambda.TooManyRequestsException"]
# Only where surely no job was made: a retry has another job name, and two jobs would be paid for.
# After any other error Recover looks for the job first.
_SAGEMAKER_BUSY = ["SageMaker.ThrottlingException"]
_PASSING_ATTEMPTS = 6
_DIED_ATTEMPTS = 2
_BUSY_ATTEMPTS = 100

# SageMaker says of a processing job that failed nothing but that it did, and hands on what the
# container leaves in output/message. So the shell tells how the program ended, if that has left no
# words; one that was killed has none to trust. Python unpacks, for not every image has a tar. An
# element may have 256 characters.
_PROGRAM = (
    'cd "$1" && mkdir -p code output && cd code && '
    "python3 -m tarfile -e ../processing/input/code/sourcedir.tar.gz && "
    "python3 -m training.{program}; "
    's=$?; cd "$1/output"; [ $s = 0 ] || [ $s != 137 -a -s message ] || '
    'echo "exit code: $s" >message; exit $s'
)


def first_step(name: str, comment: str, input_path: str = "$") -> Task:
    """The state that finds out what an execution is about, by what it was started with."""
    payload = {
        "Input.$": input_path,
        "Id.$": "$$.Execution.Id",
        "StartTime.$": "$$.Execution.StartTime",
    }
    return function_state(name, comment, {"Payload": payload})


def pick_instance(comment: str) -> Task:
    """The state that chooses where the jobs run."""
    payload = {"State.$": "$", "RedriveCount.$": "$$.Execution.RedriveCount"}
    return function_state("PickInstance", comment, {"Payload": payload})


def reserve_budget() -> Task:
    """The state that holds the money back that the jobs can cost."""
    return function_state(
        "ReserveBudget",
        "Is there room within the limits on the cost and number of all runs?",
        {"Payload.$": "$"},
    )


def function_state(
    name: str, comment: str, payload: dict[str, Any], function: str | None = None
) -> Task:
    """A state whose Lambda function, named like it if not said, gives back the state to go on
    with."""
    return Task(
        name,
        comment=comment,
        resource=_LAMBDA,
        parameters={"FunctionName": f"${{{function or name}Function}}", **payload},
        output_path="$.Payload",
        retry=[
            _retry(_LAMBDA_PASSING_ERRORS, seconds=1, attempts=_PASSING_ATTEMPTS),
            _retry(_LAMBDA_DIED, seconds=2, attempts=_DIED_ATTEMPTS),
            _retry(_LAMBDA_BUSY, seconds=1, attempts=_BUSY_ATTEMPTS),
        ],
    )


def job_retries() -> list[Retry]:
    """When a job's creation is tried again at once: where surely no job was made."""
    return [_retry(_SAGEMAKER_BUSY, seconds=2, attempts=_BUSY_ATTEMPTS)]


def _retry(errors: list[str], seconds: int, attempts: int) -> Retry:
    return Retry(
        error_equals=errors, interval_seconds=seconds, max_attempts=attempts, backoff_rate=2.0
    )


def taken_over(already_running: Succeed) -> Catch:
    """Where a redriven run ends whose files another execution has come to handle."""
    return Catch(
        error_equals=["AlreadyHandled"], next_step=already_running, result_path="$.TakenOver"
    )


def job_name(kind: JobKind) -> str:
    """A name that was never used before (lambdas/jobs/name.py)."""
    filled_in = dict.fromkeys(("run", "attempt", "redrive", "retry"), "{}")
    pattern = PATTERN.format(kind=kind.lower(), **filled_in)
    counts = "$.Instance.Attempt, $$.Execution.RedriveCount, $$.State.RetryCount"
    return f"States.Format('{pattern}', $.Run.JobName, {counts})"


def job_tags() -> list[dict[str, str]]:
    """What the bill can be divided by. A dataset's name may have letters that a tag may not."""
    return [
        {"Key": "codefree:stack", "Value": "${StackName}"},
        {"Key": "codefree:run", "Value.$": "$.Run.JobName"},
    ]


def key_field(field: str, own_key: bool) -> dict[str, str]:
    """The ``field`` with the key of one's own, where there is one."""
    return {field: "${Key}"} if own_key else {}


def network(in_vpc: bool) -> dict[str, Any]:
    """Where a job's container may go to; SageMaker itself fetches and brings the files."""
    network: dict[str, Any] = {
        "EnableNetworkIsolation.$": "States.StringToJson('${NetworkIsolation}')"
    }
    if in_vpc:
        network["VpcConfig"] = {
            "Subnets.$": "States.StringSplit('${Subnets}', ',')",
            "SecurityGroupIds.$": "States.StringSplit('${SecurityGroups}', ',')",
        }
    return network


def processing_job(
    kind: JobKind,
    comment: str,
    *,
    environment: dict[str, str],
    inputs: dict[str, str],
    own_key: bool,
    in_vpc: bool,
) -> Task:
    """A job that runs one of training's programs on its ``inputs``, paths to addresses by their
    names, and leaves its files where the run's results are."""
    encrypted = key_field("VolumeKmsKeyId", own_key)
    return Task(
        kind.value,
        comment=comment,
        resource=PROCESSING_JOB,
        parameters={
            "ProcessingJobName.$": job_name(kind),
            "RoleArn": f"${{{kind}Role}}",
            "Tags": job_tags(),
            "AppSpecification": {
                "ImageUri": "${TrainingImage}",
                "ContainerEntrypoint": [
                    *("bash", "-c", _PROGRAM.format(program=kind.lower())),
                    *(kind.result.lower(), "/opt/ml"),
                ],
            },
            "Environment": environment
            | {
                "CODEFREE_INPUT": "/opt/ml/processing/input",
                "CODEFREE_OUTPUT": "/opt/ml/processing/output",
                "SM_OUTPUT_DIR": "/opt/ml/output",
            },
            "ProcessingInputs": [_processing_input(*named) for named in inputs.items()],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "results",
                        "S3Output": {
                            "S3Uri.$": "$.Run.Results",
                            "LocalPath": "/opt/ml/processing/output",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            }
            | key_field("KmsKeyId", own_key),
            "NetworkConfig": network(in_vpc),
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceType.$": f"$.Instance.{kind}Type",
                    "InstanceCount": 1,
                    "VolumeSizeInGB.$": "$.Instance.VolumeGB",
                }
                | encrypted
            },
            "StoppingCondition": {"MaxRuntimeInSeconds.$": f"$.Instance.{kind}MaxSeconds"},
        },
        result_path=f"$.{kind.result}",
        retry=job_retries(),
    )


def _processing_input(name: str, uri_path: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri.$": uri_path,
            "LocalPath": f"/opt/ml/processing/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        },
    }


def job_finished(name: str, job: Task, next_step: Any) -> Choice:
    """What follows ``job``: ``next_step`` when it is done, recovery and once more when it is not.

    A job that was stopped is no failure to Step Functions, but it has not done its work. Recovery
    leaves no result behind where the job is to be tried again; where it has found a job that runs
    although its creation was answered with an error, it leaves that one's.
    """
    kind = JobKind(job.state_id)
    choice = Choice(name, comment="Did the job finish, or was it stopped?")
    recover = _recover(kind)
    recover.next(_wait(kind)).next(choice)
    choice.add_choice(ChoiceRule.IsPresent(f"$.{kind.result}", value=False), job)
    choice.add_choice(ChoiceRule.StringEquals(f"$.{kind.result}.Status", "Completed"), next_step)
    choice.default_choice(recover)
    job.add_catch(Catch(error_equals=["States.ALL"], next_step=recover, result_path="$.Failure"))
    return choice


def _recover(kind: JobKind) -> Task:
    """Where a job's errors lead: they are caught for this alone.

    What can't be recovered from fails here, and a redrive, which enters here again, leads back to
    the job.
    """
    return function_state(
        kind.recovered_in,
        "Retry with another instance type, or later, within the rest of the budget?",
        {
            "Payload": {
                "State.$": "$",
                "Step": kind.value,
                "RedriveCount.$": "$$.Execution.RedriveCount",
            }
        },
        function="Recover",
    )


def _wait(kind: JobKind) -> Wait:
    return Wait(
        kind.waits_in,
        comment="Waits before the retry; longer if the account's quota is used up.",
        seconds_path="$.WaitSeconds",
    )


# The SDK's last release is older than these fields of the language. Only what every description of
# a job has is selected: a path that selects nothing would fail the run.
_PROCESSING_RESULT = {"JobName.$": "$.ProcessingJobName", "Status.$": "$.ProcessingJobStatus"}
_RESULT_SELECTORS = {
    JobKind.TRAIN: {
        "JobName.$": "$.TrainingJobName",
        "Status.$": "$.TrainingJobStatus",
        "SecondaryStatus.$": "$.SecondaryStatus",
    },
    JobKind.EVALUATE: _PROCESSING_RESULT,
    JobKind.PREDICT: _PROCESSING_RESULT,
}
_LONGEST_WAIT_SECONDS = 900


def with_fields_unknown_to_the_sdk(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with what the SDK can't write."""
    for name, state in definition["States"].items():
        if name in set(JobKind):
            state["ResultSelector"] = _RESULT_SELECTORS[JobKind(name)]
        for retrier in state.get("Retry", []):
            retrier |= {"JitterStrategy": "FULL", "MaxDelaySeconds": _LONGEST_WAIT_SECONDS}
    return definition
