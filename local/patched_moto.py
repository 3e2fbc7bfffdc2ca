"""moto as local mode needs it: with its gaps closed, quicker, and its objects on the disk."""

from local import idle_types, speed, waits
from local.access.control import AccessControl
from local.door.inside import Inside
from local.gaps import (
    accessanalyzer,
    awslambda,
    cloudformation,
    core,
    ecr,
    events,
    iam,
    kms,
    logs,
    pricing,
    s3,
    sagemaker,
    sagemakerruntime,
    servicequotas,
    sqs,
    stepfunctions,
)
from local.gaps.sagemaker.hosting import Hosting
from local.gaps.sagemaker.jobs import Jobs
from local.kept import resource_names
from local.lambda_process import LambdaProcesses
from local.own_folder import own_folder
from local.streaming import streamed_objects


def patch_moto(  # noqa: PLR0913 (all that moto is tied to)
    lambdas: LambdaProcesses,
    jobs: Jobs,
    hosting: Hosting,
    access: AccessControl,
    inside: Inside,
    endpoint: str,
    answers: str,
) -> None:
    """Changes moto, once, before its server starts; ``local/patches.py`` lists it and undoes it.

    Functions, jobs and models run as the first three tell; what they may do, ``access`` tells. The
    server answers at ``endpoint``, and custom resources answer below the address ``answers``.
    """
    access.tags_of = hosting.records.tags_of
    core.patch(access, accessanalyzer.SERVICE, pricing.SERVICE)
    iam.patch(access)
    kms.patch()
    logs.patch()
    sqs.patch()
    s3.patch()
    ecr.patch()
    servicequotas.patch()
    events.patch(access)
    awslambda.patch(lambdas, access)
    sagemaker.patch(jobs, hosting)
    sagemakerruntime.patch(hosting.records, hosting.endpoints)
    stepfunctions.patch(jobs, access, inside, endpoint)
    cloudformation.patch(answers)
    streamed_objects.patch(own_folder(lambdas.home / "incoming"))
    speed.patch()
    resource_names.patch()
    idle_types.patch()
    waits.patch()
