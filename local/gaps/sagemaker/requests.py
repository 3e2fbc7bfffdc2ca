"""What a call to SageMaker asks for, held against the API's own model."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from moto.core.responses import BaseResponse
from moto.sagemaker.exceptions import AWSValidationException


@cache
def _model() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


def asked(response: BaseResponse, operation: str) -> dict[str, Any]:
    """The parameters of a call.

    Raises:
        AWSValidationException: the API's model does not allow them.
    """
    request = dict(json.loads(response.body or "{}"))
    shape = _model().operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise AWSValidationException(report.generate_report())
    for name, value in request.items():
        _check_text(name, value, shape.members.get(name))
    return request


def answering(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``answer``, which another object has, as a method of moto's response."""

    def method(response: BaseResponse) -> Any:
        return answer(response)

    return method


def _check_text(name: str, value: Any, shape: Any) -> None:
    """What botocore leaves to the service: patterns and lists of values."""
    if shape is None or not isinstance(value, str):
        return
    allowed, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern", "")
    if allowed and value not in allowed:
        wrong = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
    # The other patterns are in a dialect with names for kinds of characters.
    elif pattern and "\\p" not in pattern and not re.fullmatch(pattern, value):
        wrong = f"Member must satisfy regular expression pattern: {pattern}"
    else:
        return
    field = name[0].lower() + name[1:]
    raise AWSValidationException(
        f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: "
        f"{wrong}"
    )
