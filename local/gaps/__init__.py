"""What moto 5.2.5 lacks and the template needs, one gap a module, each as if written for moto.

``close_gaps`` is called once, before moto's server starts.
"""

from local.gaps import (
    bucket_properties,
    context_object,
    custom_resources,
    execution_events,
    interpreter_work,
    lambda_functions,
    object_events,
    price_list,
    public_parameters,
    redrive,
    request_dispatch,
    resource_names,
    rule_targets,
    sagemaker_jobs,
    scheduled_rules,
    service_quotas,
    state_machines,
    sync_jobs,
    waits,
)
from local.gaps.sagemaker_jobs import Jobs
from local.lambda_process import LambdaProcesses


def close_gaps(lambdas: LambdaProcesses, jobs: Jobs) -> None:
    """Adds to moto what this package's modules hold; the processes are started by the arguments."""
    request_dispatch.close()
    resource_names.close()
    bucket_properties.close()
    object_events.close()
    price_list.close()
    public_parameters.close()
    service_quotas.close()
    rule_targets.close()
    scheduled_rules.close()
    state_machines.close()
    execution_events.close()
    interpreter_work.close()
    context_object.close()
    redrive.close()
    sync_jobs.close(jobs)
    waits.close()
    custom_resources.close()
    lambda_functions.close(lambdas)
    sagemaker_jobs.close(jobs)
