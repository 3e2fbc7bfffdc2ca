"""What moto's interpreter does anew for every execution or task, although once is enough.

It parses the definition (a tenth of a second of computing) for each execution, and every JSONPath
(which makes a parser, too) each time that it is looked at.
"""

import functools

from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path

_DEFINITIONS_KEPT = 64
_PATHS_KEPT = 1024


def close() -> None:
    """Makes executions share what is parsed."""
    json_path.parse = functools.lru_cache(_PATHS_KEPT)(json_path.parse)
    result_path.parse = functools.lru_cache(_PATHS_KEPT)(result_path.parse)
    parse = functools.lru_cache(_DEFINITIONS_KEPT)(AmazonStateLanguageParser.parse)
    AmazonStateLanguageParser.parse = staticmethod(parse)
    # Where a component keeps its counters in an execution's heap: moto makes the key when it is
    # first asked for, which two executions may do at once.
    EvalComponent.heap_key = property(_address)


def _address(component: EvalComponent) -> str:
    return str(id(component))
