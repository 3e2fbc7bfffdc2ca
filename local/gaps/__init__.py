"""What moto 5.2.5 lacks and the template needs, one gap a module, each as if written for moto.

``close_gaps`` is called once, before moto's server starts.
"""

from local.access.control import AccessControl
from local.gaps import (
    access_control,
    bucket_policies,
    bucket_properties,
    change_sets,
    conditional_writes,
    context_object,
    custom_resources,
    definition_validation,
    execution_events,
    execution_history,
    function_limits,
    idle_types,
    interpreter_work,
    keys,
    lambda_functions,
    large_templates,
    log_groups,
    nested_inputs,
    no_values,
    object_events,
    object_lists,
    policy_simulation,
    policy_validation,
    previous_values,
    price_list,
    published_images,
    published_layers,
    queue_policies,
    redrive,
    request_dispatch,
    resource_names,
    resource_order,
    resource_updates,
    role_properties,
    rule_targets,
    sagemaker_jobs,
    scheduled_rules,
    service_quotas,
    stack_deletion,
    state_machine_roles,
    state_machines,
    streamed_objects,
    sync_jobs,
    template_rules,
    template_validation,
    waits,
)
from local.gaps.sagemaker_jobs import Jobs
from local.lambda_process import LambdaProcesses
from local.own_folder import own_folder


def close_gaps(
    lambdas: LambdaProcesses, jobs: Jobs, access: AccessControl, endpoint: str, answers: str
) -> None:
    """Adds to moto what this package's modules hold; the processes are started by the arguments,
    and what they may do is told by ``access``. The server answers at ``endpoint``;
    custom resources answer below the address ``answers``."""
    request_dispatch.close()
    access_control.close(access)
    role_properties.close()
    resource_names.close()
    resource_order.close()
    idle_types.close()
    keys.close()
    log_groups.close()
    no_values.close()
    large_templates.close()
    template_rules.close()
    change_sets.close()
    previous_values.close()
    resource_updates.close()
    bucket_policies.close()
    queue_policies.close()
    bucket_properties.close()
    object_events.close()
    conditional_writes.close()
    streamed_objects.close(own_folder(lambdas.home / "incoming"))
    object_lists.close()
    price_list.close()
    published_images.close()
    published_layers.close()
    function_limits.close()
    template_validation.close()
    definition_validation.close()
    policy_validation.close()
    policy_simulation.close(access)
    service_quotas.close()
    rule_targets.close(access)
    scheduled_rules.close()
    state_machines.close()
    execution_events.close()
    execution_history.close()
    interpreter_work.close()
    context_object.close()
    nested_inputs.close()
    redrive.close()
    sync_jobs.close(jobs)
    waits.close()
    state_machine_roles.close(access, endpoint)
    custom_resources.close(answers)
    stack_deletion.close()
    lambda_functions.close(lambdas, access)
    sagemaker_jobs.close(jobs)
