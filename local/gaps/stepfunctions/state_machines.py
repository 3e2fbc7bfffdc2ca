"""State machines in templates: made in the interpreter, with their DefinitionSubstitutions."""

from typing import Any

from moto.core.config import default_user_config
from moto.stepfunctions import models
from moto.stepfunctions.parser.models import stepfunctions_parser_backends


def patch() -> None:
    """Makes CloudFormation hand its state machines to the interpreter, definition filled in."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    models.stepfunctions_backends = stepfunctions_parser_backends
    machine = models.StateMachine
    create = machine.create_from_cloudformation_json.__func__
    update = machine.update_from_cloudformation_json.__func__

    def create_filled(cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any) -> Any:
        return create(cls, name, _filled(cloudformation_json), *args, **kw)

    def update_filled(cls: Any, /, *, cloudformation_json: Any, **kw: Any) -> Any:
        return update(cls, cloudformation_json=_filled(cloudformation_json), **kw)

    machine.create_from_cloudformation_json = classmethod(create_filled)
    machine.update_from_cloudformation_json = classmethod(update_filled)


def _filled(cloudformation_json: dict[str, Any]) -> dict[str, Any]:
    properties = dict(cloudformation_json["Properties"])
    definition = properties.get("DefinitionString", "")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", str(value))
    return cloudformation_json | {"Properties": properties | {"DefinitionString": definition}}
