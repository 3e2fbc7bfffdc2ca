"""State machines in templates: made in the interpreter, with their DefinitionSubstitutions."""

from typing import Any

from moto.stepfunctions import models, responses
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local.patches import replace, wrap


def patch() -> None:
    """Makes CloudFormation hand its state machines to the interpreter, definition filled in."""
    # moto has a setting for that, which its CloudFormation does not look at.
    for module in (models, responses):
        replace(module, "stepfunctions_backends", stepfunctions_parser_backends)
    wrap(models.StateMachine, "create_from_cloudformation_json", _create_filled)
    wrap(models.StateMachine, "update_from_cloudformation_json", _update_filled)


def _create_filled(
    create: Any, cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any
) -> Any:
    return create(cls, name, _filled(cloudformation_json), *args, **kw)


def _update_filled(update: Any, cls: Any, /, *, cloudformation_json: Any, **kw: Any) -> Any:
    return update(cls, cloudformation_json=_filled(cloudformation_json), **kw)


def _filled(cloudformation_json: dict[str, Any]) -> dict[str, Any]:
    properties = dict(cloudformation_json["Properties"])
    definition = properties.get("DefinitionString", "")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", str(value))
    return cloudformation_json | {"Properties": properties | {"DefinitionString": definition}}
