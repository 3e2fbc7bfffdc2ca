"""What moto's Step Functions, which are LocalStack's interpreter, lack."""

from local.access.control import AccessControl
from local.door.inside import Inside
from local.gaps.sagemaker.jobs import Jobs
from local.gaps.stepfunctions import (
    context_object,
    definition_validation,
    execution_events,
    execution_history,
    nested_inputs,
    redrive,
    state_machine_roles,
    state_machines,
    sync_jobs,
)


def patch(jobs: Jobs, access: AccessControl, inside: Inside, endpoint: str) -> None:
    """Adds it; ``.sync`` tasks wait for ``jobs``, and what calls ``endpoint`` does so under the
    roles that ``access`` knows."""
    definition_validation.patch()
    state_machines.patch()
    execution_events.patch()
    execution_history.patch()
    context_object.patch()
    nested_inputs.patch()
    redrive.patch()
    sync_jobs.patch(jobs)
    state_machine_roles.patch(access, inside, endpoint)
