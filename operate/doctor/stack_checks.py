"""The stack as it stands: its status, its code, and who waits."""

from typing import Any

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import TRAINING_CODE
from lambdas.runs.waiting_runs import list_places
from operate.account import CannotDo
from operate.doctor.finding import Check, Finding, bad, good, unknown
from operate.doctor.patient import Patient
from operate.error_answer import error_answer
from operate.stack.deployment import StackNow

_MOST_IN_LINE = 1000


def status(patient: Patient) -> Finding:
    """Whether the last deployment has gone well."""
    stack = patient.described_stack()
    if stack is None:
        return unknown(
            f"There is no stack {patient.stack_name} yet.", "codefree deploy creates it."
        )
    if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return good(f"{patient.stack_name} is {stack.status}.")
    if stack.status.endswith("IN_PROGRESS"):
        return bad(f"{patient.stack_name} is {stack.status}.", "Wait until it is done.")
    remedy = (
        "The last update was rolled back. Read the reason in the stack's events, then deploy again."
        if stack.status == "UPDATE_ROLLBACK_COMPLETE"
        else "Read the reason in the stack's events (CloudFormation console). More: docs/deploy.md."
    )
    return bad(f"{patient.stack_name} is {stack.status}.", remedy)


def version(patient: Patient) -> Finding:
    """Whether the stack is of this template, and its functions run the code in it."""
    deploy = f"codefree deploy{patient.options}"
    body: Any = patient.account.cloudformation.get_template(
        StackName=patient.stack_name, TemplateStage="Original"
    )["TemplateBody"]
    if str(body).strip().splitlines() != patient.template.text.strip().splitlines():
        return bad("The stack was created from another version of the template.", deploy)
    client = patient.account.client("lambda")
    other = [
        name
        for name in patient.template.code_functions
        if client.get_function_configuration(FunctionName=patient.resource(name))["CodeSha256"]
        != patient.template.code_sha256
    ]
    if other:
        return bad(
            f"Not the template's code: {', '.join(other)}.",
            "It was changed manually: run codefree destroy and deploy, or revert the change.",
        )
    return good(
        f"The template's code runs in all {len(patient.template.code_functions)} functions."
    )


def throttling(patient: Patient) -> Finding:
    """Whether somebody has pressed Throttle, which sets a function's reserved concurrency to 0."""
    client = patient.account.client("lambda")
    throttled = [
        name
        for name in patient.template.code_functions
        if client.get_function_concurrency(FunctionName=patient.resource(name)).get(
            "ReservedConcurrentExecutions"
        )
        == 0
    ]
    if throttled:
        return bad(
            f"Throttled to 0, so nothing can call: {', '.join(throttled)}.",
            "Lambda console, the function's Configuration, Concurrency: use unreserved.",
        )
    return good("No function is throttled.")


def training_code(patient: Patient) -> Finding:
    """Which training code the next run takes."""
    name = _stack(patient).parameters["BucketName"]
    try:
        head = patient.account.s3.head_object(Bucket=name, Key=TRAINING_CODE)
    except ClientError as error:
        if error_answer(error).status != 404:
            raise
        return bad(
            f"{TRAINING_CODE} is missing, so no run can start.",
            "Upload your own, or update the stack with a newer template.",
        )
    version = head["Metadata"].get("codefree-version")
    if version is None:
        return good("Your own.")
    if version != patient.template.code_version:
        return bad("Another version's.", f"codefree deploy{patient.options}")
    return good("The template's.")


def line(patient: Patient) -> Finding:
    """How many runs wait for room within the limits."""
    given = _stack(patient).parameters
    bucket = Bucket(given["BucketName"], patient.account.s3)
    waiting = len(list_places(bucket, _MOST_IN_LINE))
    wish = patient.template.parameters | given
    limits = (
        f"{wish['DailyCostLimit']} USD a day, {wish['MonthlyCostLimit']} USD a month, "
        f"{wish['RunsAtOnce']} runs at once"
    )
    remedy = f"codefree status{patient.options} names the first." if waiting else ""
    runs = "1 run waits" if waiting == 1 else f"{waiting or 'No'} runs wait"
    return good(f"{runs}. Limits: {limits}.", remedy)


def _stack(patient: Patient) -> StackNow:
    if patient.stack is None:
        raise CannotDo(f"There is no stack {patient.stack_name}.")
    return patient.stack


STATUS_CHECK = Check("stack", status, ("cloudformation:DescribeStacks",))
STACK_CHECKS = (
    Check(
        "code",
        version,
        ("cloudformation:GetTemplate", "lambda:GetFunctionConfiguration"),
        of_stack=True,
    ),
    Check("throttling", throttling, ("lambda:GetFunctionConcurrency",), of_stack=True),
    # The second one, where the bucket is encrypted with a key of the stack's own.
    Check("training code", training_code, ("s3:GetObject", "kms:Decrypt"), of_stack=True),
    Check("waiting runs", line, ("s3:ListBucket",), of_stack=True),
)
