"""Parameters as CloudFormation would take or refuse them.

Source: AWS CloudFormation User Guide, "CloudFormation template Parameters syntax".
"""

import re
from typing import Any


def refused(declared: dict[str, dict[str, Any]], said: dict[str, str]) -> str:
    """Why the parameters that were said can't be; empty where they can."""
    for name, value in said.items():
        if name not in declared:
            return f"The template has no parameter {name}. It has: {', '.join(declared)}."
        if wrong := _wrong(declared[name], value):
            return f"{name} can't be {value!r}. {wrong}"
    return ""


def _wrong(entry: dict[str, Any], value: str) -> str:
    allowed = [str(each) for each in entry.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"It must be one of {', '.join(allowed)}."
    if entry["Type"] == "Number":
        return _wrong_number(entry, value)
    if not re.fullmatch(entry.get("AllowedPattern", ".*"), value, re.DOTALL):
        return str(entry.get("ConstraintDescription", f"It must match {entry['AllowedPattern']}"))
    if not entry.get("MinLength", 0) <= len(value) <= entry.get("MaxLength", 4096):
        least, most = entry.get("MinLength", 0), entry.get("MaxLength", 4096)
        return f"It must have {least} to {most} characters."
    return ""


def _wrong_number(entry: dict[str, Any], value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "It must be a number."
    least, most = entry.get("MinValue", float("-inf")), entry.get("MaxValue", float("inf"))
    # What is not a number at all, NaN, is not between anything.
    return "" if least <= number <= most else f"It must be at least {least} and at most {most}."
