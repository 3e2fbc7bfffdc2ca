"""Parameters that a template does not take, by its Rules or at all; moto takes them.

Source: AWS CloudFormation User Guide, "Rules".
"""

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap, clean_json, parse_condition

from local.patches import wrap


def patch() -> None:
    """Makes CloudFormation refuse parameters that the template does not have or that an assertion
    of it refuses."""
    wrap(ResourceMap, "load_conditions", _load_conditions_and_ask_rules)
    wrap(CloudFormationBackend, "create_change_set", _create_change_set_and_ask_rules)


def _load_conditions_and_ask_rules(load_conditions: Any, self: ResourceMap) -> None:
    load_conditions(self)
    _refuse_unknown(self)
    for name, rule in self._template.get("Rules", {}).items():
        if "RuleCondition" not in rule or _holds(self, rule["RuleCondition"]):
            _ask(self, name, rule["Assertions"])


def _create_change_set_and_ask_rules(
    create_change_set: Any,
    self: CloudFormationBackend,
    *,
    template: str,
    parameters: dict[str, str],
    **kw: Any,
) -> Any:
    # The stack itself is loaded only when the change set is executed.
    name = kw["stack_name"]
    Stack("asked", name, template, parameters, self.account_id, self.region_name)
    return create_change_set(self, template=template, parameters=parameters, **kw)


def _refuse_unknown(resources: ResourceMap) -> None:
    template = resources._template
    unknown = sorted(set(resources.input_parameters) - set(template.get("Parameters", {})))
    # A stack that only a change set has made so far has no template yet.
    if template and unknown:
        raise ValidationError(
            message=f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        )


def _ask(resources: ResourceMap, name: str, assertions: list[dict[str, Any]]) -> None:
    for assertion in assertions:
        if not _holds(resources, assertion["Assert"]):
            raise ValidationError(
                message=f"Template error: rule {name} failed: {assertion['AssertDescription']}"
            )


def _holds(resources: ResourceMap, condition: Any) -> bool:
    if "Fn::Contains" in condition:
        values, wanted = clean_json(condition["Fn::Contains"], resources)
        return wanted in values
    return bool(parse_condition(condition, resources, resources.lazy_condition_map))
