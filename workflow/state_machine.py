"""The state machine that trains: one function per state, in the order of a run.

``${…}`` stands for what CloudFormation substitutes when the template is deployed
(``DefinitionSubstitutions`` in infra/template.yaml).
"""

from typing import Any

from lambdas.jobs.kind import JobKind
from workflow.quiet_sdk import Chain, Choice, ChoiceRule, Graph, Succeed, Task
from workflow.states import (
    TRAINING_JOB,
    first_step,
    function_state,
    job_finished,
    job_name,
    job_retries,
    job_tags,
    key_field,
    network,
    pick_instance,
    processing_job,
    reserve_budget,
    taken_over,
    with_fields_unknown_to_the_sdk,
)

_MODEL = "output/model.tar.gz"


def definition(*, own_key: bool = False, in_vpc: bool = False) -> dict[str, Any]:
    """The state machine in the Amazon States Language.

    ``own_key`` has the jobs encrypt with a key of one's own, ``in_vpc`` runs them in one's own
    subnets. A request to SageMaker may only have those fields where they are wanted.
    """
    evaluate, train = _evaluate(own_key, in_vpc), _train(own_key, in_vpc)
    pick = pick_instance("Which instance type fits the data and keeps the run within TrainingCost?")
    evaluated = job_finished("EvaluationFinished", evaluate, _publish())
    trained = job_finished("TrainingFinished", train, Chain([_seal_model(), evaluate, evaluated]))
    ends = _idle_ends()
    reserve = reserve_budget()
    reserved = _budget_reserved(Chain([train, trained]), ends)
    for redrivable in (pick, reserve, trained.default):
        redrivable.add_catch(taken_over(ends["AlreadyRunning"]))
    graph = Graph(
        Chain([_check_pair(), _pair_ready(Chain([pick, reserve, reserved]), ends)]),
        comment="Codefree: from two uploaded CSV files to a trained model and a report.",
    )
    return with_fields_unknown_to_the_sdk(graph.to_dict())


def _check_pair() -> Task:
    return first_step(
        "CheckPair", "Are both files there, usable, and not handled by another execution?"
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


def _budget_reserved(run: Chain, ends: dict[str, Succeed]) -> Choice:
    choice = Choice("BudgetReserved", comment="Is there room for the run now?")
    choice.add_choice(ChoiceRule.StringEquals("$.Outcome", "Ready"), run)
    choice.default_choice(ends["WaitingForBudget"])
    return choice


def _train(own_key: bool, in_vpc: bool) -> Task:
    return Task(
        "Train",
        comment="AutoGluon trains models within TrainingMinutes.",
        resource=TRAINING_JOB,
        parameters={
            "TrainingJobName.$": job_name(JobKind.TRAIN),
            "RoleArn": "${TrainRole}",
            "Tags": job_tags(),
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
            "OutputDataConfig": {"S3OutputPath.$": "$.Run.Results"}
            | key_field("KmsKeyId", own_key),
            "ResourceConfig": {
                "InstanceType.$": "$.Instance.TrainType",
                "InstanceCount": 1,
                "VolumeSizeInGB.$": "$.Instance.VolumeGB",
            }
            | key_field("VolumeKmsKeyId", own_key),
            **network(in_vpc),
            "EnableManagedSpotTraining.$": "$.Instance.Spot",
            "StoppingCondition.$": "$.Instance.StoppingCondition",
        },
        result_path="$.Training",
        retry=job_retries(),
    )


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


def _seal_model() -> Task:
    return function_state(
        "SealModel",
        "Stores the model's digest, so that only the trained model is loaded.",
        {"Payload.$": "$"},
    )


def _evaluate(own_key: bool, in_vpc: bool) -> Task:
    return processing_job(
        JobKind.EVALUATE,
        "A separate job: predicts the test file and writes scores, plots and tables.",
        environment={
            "CODEFREE_NAME.$": "$.Run.Dataset",
            "CODEFREE_MODEL_SHA256.$": "$.Model.Sha256",
            "CODEFREE_MOST_SECONDS.$": "States.Format('{}', $.Instance.EvaluateMaxSeconds)",
        },
        inputs={
            # Where SageMaker puts a training job's model; the job's description need not be
            # complete for it, and a field missing after the training was paid for would hurt.
            "model": f"States.Format('{{}}/{{}}/{_MODEL}', $.Run.Results, $.Training.JobName)",
            "test": "$.Run.TestData",
            "check": "$.Run.Check",
            "code": "$.Run.Code",
            # SealModel always leaves something there.
            "champion": "States.Format('s3://${Bucket}/runs/{}/champion/', $.Run.Id)",
        },
        own_key=own_key,
        in_vpc=in_vpc,
    )


def _publish() -> Task:
    return function_state(
        "Publish", "Writes the run's summary next to its results.", {"Payload.$": "$"}
    )
