"""ValidateTemplate, which looks at syntax and references and not at the values of properties.

moto holds a template against everything that cfn-lint knows, and takes one of any size. Sources:
AWS CloudFormation API reference, ValidateTemplate (TemplateBody: at most 51,200 bytes); User Guide,
"Validate the template": "doesn't ensure that the property values that you've specified for a
resource are valid for that resource". The rules are cfn-lint's, which AWS publishes.
"""

from functools import cache
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse

from local.patches import replace, wrap

_LARGEST_BODY_BYTES = 51_200
# Syntax, functions and references, parameters, outputs, mappings, conditions; of the resources that
# they depend on what is there, and not on each other in a circle.
_LOOKED_AT = ("E0", "E1", "E2", "E6", "E7", "E8", "E3004", "E3005", "E3015")
# Without these cfn-lint does not get as far as the properties, where the references stand.
_WAY_THERE = ("E3001", "E3002")


def patch() -> None:
    """Makes moto validate what AWS validates there."""
    wrap(CloudFormationResponse, "validate_template", _validate_template)
    replace(CloudFormationBackend, "validate_template", lambda self, template: _findings(template))


def _validate_template(validate: Any, self: CloudFormationResponse) -> Any:
    body = self._get_param("TemplateBody")
    if body and len(body.encode()) > _LARGEST_BODY_BYTES:
        raise ValidationError(
            message="1 validation error detected: Value at 'templateBody' failed to satisfy "
            f"constraint: Member must have length less than or equal to {_LARGEST_BODY_BYTES}"
        )
    return validate(self)


def _findings(template: str) -> list[Any]:
    from cfnlint.api import lint  # slow to load, and needed for few calls

    found = lint(template, rules_called((*_LOOKED_AT, *_WAY_THERE)), ["us-east-1"])
    return [match for match in found if match.rule.id.startswith(_LOOKED_AT)]


@cache
def rules_called(beginnings: tuple[str, ...]) -> Any:
    """The rules of cfn-lint whose names begin so."""
    from cfnlint.core import get_rules
    from cfnlint.rules import RulesCollection

    rules = RulesCollection()
    rules.extend([rule for rule in get_rules([], [], []) if rule.id.startswith(beginnings)])
    return rules
