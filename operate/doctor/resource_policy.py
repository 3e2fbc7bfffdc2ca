"""Whether a resource's policy lets EventBridge do something on behalf of a rule.

Source: AWS Identity and Access Management User Guide, "Policy evaluation logic" and "IAM JSON
policy elements: Condition operators". What is not understood here is not guessed: then it can't be
told.
"""

import re
from typing import Any

_SERVICE = "events.amazonaws.com"
_EXCEPTIONS = {"NotPrincipal", "NotAction", "NotResource"}
# With * and ? in them; the others are compared as they are, but for capitals in Bool.
_WITH_WILDCARDS = {"ArnEquals", "ArnLike", "StringLike"}
_PLAIN = {"StringEquals", "StringEqualsIgnoreCase", "Bool"}


def lets_in(policy: dict[str, Any], action: str, rule: str) -> bool | None:
    """Whether the policy allows EventBridge the action for the rule; None where that can't be told.

    ``rule`` is the rule's ARN. The policy is taken to be about its own resource alone.
    """
    statements = [
        (each["Effect"], _applies(each, action, rule))
        for each in _list(policy.get("Statement", []))
    ]
    denied = [applies for effect, applies in statements if effect == "Deny"]
    allowed = [applies for effect, applies in statements if effect == "Allow"]
    if True in denied or not (True in allowed or None in allowed):
        return False
    return None if None in denied or True not in allowed else True


def _applies(statement: dict[str, Any], action: str, rule: str) -> bool | None:
    """Whether the statement is about such a request; None where that can't be told."""
    if statement.keys() & _EXCEPTIONS:
        return None
    if not _is_about_eventbridge(statement.get("Principal", {})):
        return False
    actions = [_like(pattern.lower(), action.lower()) for pattern in _list(statement["Action"])]
    if not any(actions):
        return False
    request = {
        "aws:sourcearn": rule,
        "aws:sourceaccount": rule.split(":")[4],
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
        "aws:principalservicename": _SERVICE,
    }
    met = [
        _is_met(operator, _list(wanted), request.get(key.lower()))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    ]
    if False in met:
        return False
    return None if None in met else True


def _is_about_eventbridge(principal: Any) -> bool:
    if principal == "*":
        return True
    services, accounts = _list(principal.get("Service", [])), _list(principal.get("AWS", []))
    return bool({_SERVICE, "*"} & set(services)) or "*" in accounts


def _is_met(operator: str, wanted: list[Any], value: str | None) -> bool | None:
    """Whether one condition holds; None for an operator or a key that is not known here."""
    plain = operator.removesuffix("IfExists").replace("Not", "", 1)
    if value is None or plain not in _WITH_WILDCARDS | _PLAIN:
        return None
    if plain in _WITH_WILDCARDS:
        fits = any(_like(str(pattern), value) for pattern in wanted)
    elif plain == "StringEquals":
        fits = value in wanted
    else:
        fits = value.lower() in [str(each).lower() for each in wanted]
    return fits != ("Not" in operator)


def _like(pattern: str, text: str) -> bool:
    """Whether the text is like the pattern, in which * and ? stand for any characters."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
