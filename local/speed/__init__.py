"""What moto does in time or threads of which thousands of runs at once need less."""

from local.speed import (
    answer_fields,
    execution_names,
    interpreter_work,
    kept_connections,
    large_templates,
    object_lists,
    quick_stop,
    request_dispatch,
    service_models,
    small_records,
)


def patch() -> None:
    """Makes moto do with less; on top of the gaps of Step Functions."""
    request_dispatch.patch()
    answer_fields.patch()
    service_models.patch()
    quick_stop.patch()
    kept_connections.patch()
    large_templates.patch()
    object_lists.patch()
    execution_names.patch()
    interpreter_work.patch()
    small_records.patch()
