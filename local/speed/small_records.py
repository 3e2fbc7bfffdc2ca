"""What moto holds in memory of each of thousands of objects: no more than tells them apart.

It keeps a list of every instance of its models that was ever made, and one of every thread of an
execution, for a reset that does not come here: what was deleted or had ended stayed in memory. Each
object has a list of rights of its own, though almost all are of one of the few kinds that AWS has
names for, and none is ever changed; and one of tags, although almost none has any. And each
execution has its input twice, as text and parsed.
"""

import functools
import json
from collections import deque
from typing import Any

from moto.core.common_models import BaseModel
from moto.s3 import models, responses
from moto.stepfunctions.parser.asl.component.program import program
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
    inline_iteration_component,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branch_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.backend.execution import Execution
from moto.utilities.tagging_service import TaggingService

from local.patches import add, replace, wrap

_STARTING_THREADS = (
    branch_worker,
    execute_state,
    inline_iteration_component,
    program,
    state_task_service_callback,
)


def patch() -> None:
    """Makes moto forget what nobody refers to, and hold the rest once."""
    replace(BaseModel, "__new__", _untracked)
    for module in _STARTING_THREADS:
        replace(module, "TMP_THREADS", deque[Any](maxlen=0))
    add(Execution, "input_data", property(_input, lambda *_: None))
    rights_named = functools.cache(models.get_canned_acl)
    for module in (models, responses):
        replace(module, "get_canned_acl", rights_named)
    wrap(TaggingService, "tag_resource", _tag)


def _untracked(cls: type, *_: Any, **__: Any) -> Any:
    return object.__new__(cls)


def _input(execution: Execution) -> Any:
    return json.loads(execution.execution_input)


def _tag(tag: Any, service: TaggingService, arn: str, tags: list[dict[str, str]] | None) -> None:
    if tags or ":s3:::" not in arn:
        tag(service, arn, tags)
