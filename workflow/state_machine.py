"""The state machine: one function per state, in the order in which a run goes through them.

``${…}`` stands for what CloudFormation substitutes when the template is deployed
(``DefinitionSubstitutions`` in infra/template.yaml). The steps that do work fail as themselves, so
that RedriveExecution goes on from them (AWS documentation, "Redriving executions"); the jobs'
errors are caught for recovery alone, which leads back to the job.
"""

import os
import warnings
from typing import Any

# The two SDKs announce their successors on import; that is nothing the person can act on.
os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    import logging

    logging.getLogger("sagemaker.config").setLevel(logging.ERROR)
    from stepfunctions.steps import (
        Catch,
        Chain,
        Choice,
        ChoiceRule,
        Graph,
        Retry,
        Succeed,
        Task,
        Wait,
    )

from lambdas.jobs.kind import JobKind
from lambdas.jobs.name import PATTERN

# The integrations' ARNs have the partition in them, which only the deployment knows.
_LAMBDA = "${InvokeFunction}"
_TRAINING_JOB = "${RunTrainingJob}"
_PROCESSING_JOB = "${RunProcessingJob}"

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
_EVALUATION = (
    'cd "$1" && mkdir -p code output && cd code && '
    "python3 -m tarfile -e ../processing/input/code/sourcedir.tar.gz && "
    "python3 -m training.evaluate; "
    's=$?; cd "$1/output"; [ $s = 0 ] || [ $s != 137 -a -s message ] || '
    'echo "exit code: $s" >message; exit $s'
)


def definition(*, own_key: bool = False, in_vpc: bool = False) -> dict[str, Any]:
    """The state machine in the Amazon States Language.

    ``own_key`` has the jobs encrypt with a key of one's own, ``in_vpc`` runs them in one's own
    subnets. A request to SageMaker may only have those fields where they are wanted.
    """
    evaluate, train = _evaluate(own_key, in_vpc), _train(own_key, in_vpc)
    pick = _pick_instance()
    evaluated = _job_finished("EvaluationFinished", evaluate, _publish())
    trained = _job_finished("TrainingFinished", train, Chain([_seal_model(), evaluate, evaluated]))
    ends = _idle_ends()
    reserve = _reserve_budget()
    reserved = _budget_reserved(Chain([train, trained]), ends)
    for redrivable in (pick, reserve, trained.default):
        redrivable.add_catch(_taken_over(ends["AlreadyRunning"]))
    graph = Graph(
        Chain([_check_pair(), _pair_ready(Chain([pick, reserve, reserved]), ends)]),
        comment="Codefree: from two uploaded CSV files to a trained model and a report.",
    )
    return _with_fields_unknown_to_the_sdk(graph.to_dict())


def _check_pair() -> Task:
    return _lambda(
        "CheckPair",
        "Are both files there, usable, and not handled by another execution?",
        {
            "Payload": {
                "Input.$": "$",
                "Id.$": "$$.Execution.Id",
                "StartTime.$": "$$.Execution.StartTime",
            }
        },
    )


def _idle_ends() -> dict[str, Succeed]:
    """How an execution ends that has nothing to do, by the outcome that leads there."""
    comments = {
        "NothingToDo": "No file of a pair was uploaded, only a folder was made, for example.",
        "WaitingForPartner": "Only one file has been uploaded. Nothing was started.",
        "WaitingForBudget": "The limits have no room for the run. It starts automatically later.",
        "AlreadyRunning": "Another execution handles the same files.",
    }
    return {name: Succeed(name, comment=comment) for name, comment in comments.items()}


def _pair_ready(run: Chain, ends: dict[str, Succeed]) -> Choice:
    choice = Choice("PairReady", comment="What did the check find?")
    for outcome, next_step in {"Ready": run, **ends}.items():
        choice.add_choice(ChoiceRule.StringEquals("$.Outcome", outcome), next_step)
    return choice


def _pick_instance() -> Task:
    return _lambda(
        "PickInstance",
        "Which instance type fits the data and keeps the run within TrainingCost?",
        {"Payload": {"State.$": "$", "RedriveCount.$": "$$.Execution.RedriveCount"}},
    )


def _reserve_budget() -> Task:
    return _lambda(
        "ReserveBudget",
        "Is there room within the limits on the cost and number of all runs?",
        {"Payload.$": "$"},
    )


def _budget_reserved(run: Chain, ends: dict[str, Succeed]) -> Choice:
    choice = Choice("BudgetReserved", comment="Is there room for the run now?")
    choice.add_choice(ChoiceRule.StringEquals("$.Outcome", "Ready"), run)
    choice.default_choice(ends["WaitingForBudget"])
    return choice


def _taken_over(already_running: Succeed) -> Catch:
    """Where a redriven run ends whose files another execution has come to handle."""
    return Catch(
        error_equals=["AlreadyHandled"], next_step=already_running, result_path="$.TakenOver"
    )


def _train(own_key: bool, in_vpc: bool) -> Task:
    return Task(
        "Train",
        comment="AutoGluon trains models within TrainingMinutes.",
        resource=_TRAINING_JOB,
        parameters={
            "TrainingJobName.$": _job_name(JobKind.TRAIN),
            "RoleArn": "${TrainRole}",
            "Tags": _tags(),
            "AlgorithmSpecification": {
                "TrainingImage": "${TrainingImage}",
                "TrainingInputMode": "File",
                "MetricDefinitions": [
                    {"Name": "validation_score", "Regex": r"([-+0-9.e]+)\s+= Validation score"}
                ],
            },
            "HyperParameters": {
                "sagemaker_program": "training/train.py",
                # From a channel, where a container without a network finds it too, as the
                # SageMaker SDK does it (Estimator.CONTAINER_CODE_CHANNEL_SOURCEDIR_PATH).
                "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
                "sagemaker_region": "${Region}",
                "sagemaker_container_log_level": "20",
                # Each becomes a word of a command line, in older images unquoted in a shell's
                # (sagemaker-training up to 5.1.2). So no text of a person may be among them: the
                # column to predict is in the check's file.
                "problem_type.$": "$.Configuration.ProblemType",
                "eval_metric.$": "$.Configuration.EvalMetric",
                "presets.$": "$.Configuration.Presets",
                "time_limit.$": "States.Format('{}', $.Configuration.TimeLimitSeconds)",
            },
            "InputDataConfig": [
                _channel("train", "$.Run.TrainData", "text/csv"),
                _channel("check", "$.Run.Check", "application/json"),
                _channel("code", "$.Run.Code", "application/gzip"),
            ],
            "OutputDataConfig": {"S3OutputPath.$": "$.Run.Results"} | _key("KmsKeyId", own_key),
            "ResourceConfig": {
                "InstanceType.$": "$.Instance.TrainType",
                "InstanceCount": 1,
                "VolumeSizeInGB.$": "$.Instance.VolumeGB",
            }
            | _key("VolumeKmsKeyId", own_key),
            **_network(in_vpc),
            "EnableManagedSpotTraining.$": "$.Instance.Spot",
            "StoppingCondition.$": "$.Instance.StoppingCondition",
        },
        result_path="$.Training",
        retry=_job_retries(),
    )


def _job_name(kind: JobKind) -> str:
    """A name that was never used before (lambdas/jobs/name.py)."""
    filled_in = dict.fromkeys(("run", "attempt", "redrive", "retry"), "{}")
    pattern = PATTERN.format(kind=kind.lower(), **filled_in)
    counts = "$.Instance.Attempt, $$.Execution.RedriveCount, $$.State.RetryCount"
    return f"States.Format('{pattern}', $.Run.JobName, {counts})"


def _tags() -> list[dict[str, str]]:
    """What the bill can be divided by. A dataset's name may have letters that a tag may not."""
    return [
        {"Key": "codefree:stack", "Value": "${StackName}"},
        {"Key": "codefree:run", "Value.$": "$.Run.JobName"},
    ]


def _key(field: str, own_key: bool) -> dict[str, str]:
    return {field: "${Key}"} if own_key else {}


def _network(in_vpc: bool) -> dict[str, Any]:
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


def _channel(name: str, uri_path: str, content_type: str) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "ContentType": content_type,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3DataDistributionType": "FullyReplicated",
                "S3Uri.$": uri_path,
            }
        },
    }


def _job_finished(name: str, job: Task, next_step: Any) -> Choice:
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
    return _lambda(
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


def _seal_model() -> Task:
    return _lambda(
        "SealModel",
        "Stores the model's digest, so that only the trained model is loaded.",
        {"Payload.$": "$"},
    )


def _evaluate(own_key: bool, in_vpc: bool) -> Task:
    return Task(
        "Evaluate",
        comment="A separate job: predicts the test file and writes scores, plots and tables.",
        resource=_PROCESSING_JOB,
        parameters={
            "ProcessingJobName.$": _job_name(JobKind.EVALUATE),
            "RoleArn": "${EvaluateRole}",
            "Tags": _tags(),
            "AppSpecification": {
                "ImageUri": "${TrainingImage}",
                "ContainerEntrypoint": ["bash", "-c", _EVALUATION, "evaluation", "/opt/ml"],
            },
            "Environment": {
                "CODEFREE_NAME.$": "$.Run.Dataset",
                "CODEFREE_INPUT": "/opt/ml/processing/input",
                "CODEFREE_OUTPUT": "/opt/ml/processing/output",
                "CODEFREE_MODEL_SHA256.$": "$.Model.Sha256",
                "SM_OUTPUT_DIR": "/opt/ml/output",
            },
            "ProcessingInputs": [
                # Where SageMaker puts a training job's model; the job's description need not be
                # complete for it, and a field missing after the training was paid for would hurt.
                _processing_input(
                    "model",
                    "States.Format('{}/{}/output/model.tar.gz', $.Run.Results, $.Training.JobName)",
                ),
                _processing_input("test", "$.Run.TestData"),
                _processing_input("check", "$.Run.Check"),
                _processing_input("code", "$.Run.Code"),
            ],
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
            | _key("KmsKeyId", own_key),
            "NetworkConfig": _network(in_vpc),
            "ProcessingResources": {
                "ClusterConfig": {
                    "InstanceType.$": "$.Instance.EvaluateType",
                    "InstanceCount": 1,
                    "VolumeSizeInGB.$": "$.Instance.VolumeGB",
                }
                | _key("VolumeKmsKeyId", own_key)
            },
            "StoppingCondition": {"MaxRuntimeInSeconds.$": "$.Instance.EvaluateMaxSeconds"},
        },
        result_path="$.Evaluation",
        retry=_job_retries(),
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


def _publish() -> Task:
    return _lambda("Publish", "Writes the run's summary next to its results.", {"Payload.$": "$"})


def _lambda(name: str, comment: str, payload: dict[str, Any], function: str | None = None) -> Task:
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


def _job_retries() -> list[Retry]:
    return [_retry(_SAGEMAKER_BUSY, seconds=2, attempts=_BUSY_ATTEMPTS)]


def _retry(errors: list[str], seconds: int, attempts: int) -> Retry:
    return Retry(
        error_equals=errors, interval_seconds=seconds, max_attempts=attempts, backoff_rate=2.0
    )


# The SDK's last release is older than these fields of the language. Only what every description of
# a job has is selected: a path that selects nothing would fail the run.
_RESULT_SELECTORS = {
    "Train": {
        "JobName.$": "$.TrainingJobName",
        "Status.$": "$.TrainingJobStatus",
        "SecondaryStatus.$": "$.SecondaryStatus",
    },
    "Evaluate": {
        "JobName.$": "$.ProcessingJobName",
        "Status.$": "$.ProcessingJobStatus",
    },
}
_LONGEST_WAIT_SECONDS = 900


def _with_fields_unknown_to_the_sdk(definition: dict[str, Any]) -> dict[str, Any]:
    for name, state in definition["States"].items():
        if name in _RESULT_SELECTORS:
            state["ResultSelector"] = _RESULT_SELECTORS[name]
        for retrier in state.get("Retry", []):
            retrier |= {"JitterStrategy": "FULL", "MaxDelaySeconds": _LONGEST_WAIT_SECONDS}
    return definition
