"""What moto's interpreter does anew for every execution or task, although once is enough.

It parses the definition (a tenth of a second of computing) for each execution, every JSONPath
(which makes a parser, too) each time that it is looked at, and makes an AWS client (a hundredth of
a second) for each task.
"""

import functools
from typing import Any

from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import boto_client, json_path

_DEFINITIONS_KEPT = 64
_PATHS_KEPT = 1024


def close() -> None:
    """Makes executions share what is parsed, and tasks their clients."""
    json_path.parse = functools.lru_cache(_PATHS_KEPT)(json_path.parse)
    result_path.parse = functools.lru_cache(_PATHS_KEPT)(result_path.parse)
    parse = functools.lru_cache(_DEFINITIONS_KEPT)(AmazonStateLanguageParser.parse)
    AmazonStateLanguageParser.parse = staticmethod(parse)
    # Where a component keeps its counters in an execution's heap: moto makes the key when it is
    # first asked for, which two executions may do at once.
    EvalComponent.heap_key = property(_address)
    lambda_eval_utils.boto_client_for = shared_client


def _address(component: EvalComponent) -> str:
    return str(id(component))


def shared_client(region: str, service: str, state_credentials: Any = None) -> Any:
    """The client with which every task of the interpreter calls the service."""
    return _client(region, service, boto_client.moto_server_port())


@functools.cache
def _client(region: str, service: str, port: str) -> Any:
    return boto_client.boto_client_for(region, service)
