"""IAM's decision: what policies say of a request.

Source: AWS IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements" and "IAM JSON
policy elements: Condition operators".
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import Any, Literal

Decision = Literal["allow", "deny"] | None
Values = str | tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """Who wants to do what.

    Args:
        principals: all names that the caller goes by: ARNs, account, or a service's name.
        action: with its prefix, ``s3:GetObject``.
        resource: an ARN, or ``*`` where the action knows none.
        context: the condition keys that the request carries.
    """

    principals: tuple[str, ...]
    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict)


class NotImitated(Exception):
    """A policy uses an element or a condition operator that is not imitated here."""


class Statement:
    """One statement of a policy.

    Raises:
        NotImitated: it can't be followed here; to pass over a part would be to allow too much.
    """

    def __init__(self, statement: Mapping[str, Any]) -> None:
        self.effect: Decision = "allow" if statement["Effect"] == "Allow" else "deny"
        self._elements = statement
        # Most statements are about other actions than the one that is asked for.
        self._is_for = cache(partial(self._matches, "Action", ignore_case=True))
        operators = statement.get("Condition", {})
        unknown = {o for o in operators if _operator(o) not in _KNOWN_OPERATORS}
        unknown |= statement.keys() & {"NotPrincipal"}
        if unknown:
            raise NotImitated(
                f"Local mode does not support {' and '.join(sorted(unknown))} in a policy. Remove "
                "it, or write the policy without it."
            )

    @property
    def actions(self) -> list[str]:
        """The actions that the statement names."""
        return _as_list(self._elements.get("Action", []))

    def applies(self, request: Request) -> bool:
        """Whether the statement is about the request."""
        return (
            self._is_for(request.action)
            # A trust policy names no resource: it is the role's own.
            and self._matches("Resource", request.resource)
            and self._is_about(request.principals)
            and all(
                _condition_holds(operator, key, _as_list(wanted), request.context)
                for operator, keys in self._elements.get("Condition", {}).items()
                for key, wanted in keys.items()
            )
        )

    def _matches(self, element: str, value: str, *, ignore_case: bool = False) -> bool:
        if f"Not{element}" in self._elements:
            patterns = _as_list(self._elements[f"Not{element}"])
            return not any(
                _is_like(value, pattern, ignore_case=ignore_case) for pattern in patterns
            )
        patterns = _as_list(self._elements.get(element, "*"))
        return any(_is_like(value, pattern, ignore_case=ignore_case) for pattern in patterns)

    def _is_about(self, principals: tuple[str, ...]) -> bool:
        principal = self._elements.get("Principal", "*")
        if principal == "*":
            return True
        named = [name for names in principal.values() for name in _as_list(names)]
        return any(name == "*" or name in principals for name in named)


def decision(policies: Iterable[tuple[Statement, ...]], request: Request) -> Decision:
    """What the policies say: a deny outweighs every allow; ``None`` where nothing applies."""
    applying = [s.effect for policy in policies for s in policy if s.applies(request)]
    if "deny" in applying:
        return "deny"
    return "allow" if applying else None


def statements(document: str | bytes | Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy, given as text or parsed."""
    if isinstance(document, Mapping):
        return _parsed(json.dumps(document))
    return _parsed(document if isinstance(document, str) else document.decode())


@lru_cache(maxsize=1024)
def _parsed(document: str) -> tuple[Statement, ...]:
    found = json.loads(document)["Statement"]
    return tuple(Statement(s) for s in (found if isinstance(found, list) else [found]))


def _condition_holds(
    operator: str, key: str, wanted: list[str], context: Mapping[str, Values]
) -> bool:
    quantifier, _, name = operator.rpartition(":")
    given, is_optional = _given(key, context), name.endswith("IfExists")
    if name == "Null":
        return (given is None) == (wanted[0].lower() == "true")
    test, negated = _OPERATORS[_operator(operator)], "Not" in name
    if given is None:
        return is_optional or negated or quantifier == "ForAllValues"
    outcomes = [any(test(value, pattern) for pattern in wanted) != negated for value in given]
    # Of a key with one value, one is all.
    return any(outcomes) if quantifier == "ForAnyValue" else all(outcomes)


def _operator(written: str) -> str:
    """The operator as it is in the table: without its quantifier, ``Not`` and ``IfExists``."""
    return written.rpartition(":")[2].removesuffix("IfExists").replace("Not", "", 1)


def _given(key: str, context: Mapping[str, Values]) -> list[str] | None:
    """The request's values for a condition key, whose case does not matter."""
    for name, values in context.items():
        if name.lower() == key.lower():
            return _as_list(values)
    return None


def _as_list(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]


def _is_like(value: str, pattern: str, *, ignore_case: bool = False) -> bool:
    return bool(_pattern(pattern, ignore_case).fullmatch(value))


@cache
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """``*`` and ``?`` as IAM means them: also across slashes and colons."""
    parts = re.split(r"([*?])", pattern)
    expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


# Negated forms have "Not" in their names and need none of their own.
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _is_like,
    "ArnEquals": _is_like,
    "ArnLike": _is_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "NumericLessThan": lambda value, wanted: float(value) < float(wanted),
}
# Null asks whether there is a value at all.
_KNOWN_OPERATORS = {*_OPERATORS, "Null"}
