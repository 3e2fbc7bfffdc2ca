"""ValidateStateMachineDefinition: what the interpreter, which runs the definition, says of it.

moto knows the call's shapes and does not answer it. The interpreter reads the whole definition as
CreateStateMachine has it read, and says of what it can't read where that is; AWS's validator has
more rules, and names each. Source: AWS Step Functions API reference.
"""

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from local.patches import add


def patch() -> None:
    """Makes moto validate a definition without making a state machine of it."""
    add(StepFunctionResponse, "validate_state_machine_definition", _validate)


def _validate(self: StepFunctionResponse) -> ActionResult:
    try:
        StepFunctionsParserBackend._validate_definition(self._get_param("definition"))
    except InvalidDefinition as refused:
        wrong = {
            "severity": "ERROR",
            "code": "SCHEMA_VALIDATION_FAILED",
            "message": str(refused.message),
        }
        return ActionResult({"result": "FAIL", "diagnostics": [wrong]})
    return ActionResult({"result": "OK", "diagnostics": []})
