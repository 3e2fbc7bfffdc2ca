"""What a call to SageMaker asks for, held against the API's own model."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.validate import ParamValidator
from moto.core.responses import BaseResponse
from moto.sagemaker.exceptions import AWSValidationException

from local.boto_session import botocore_session

_SIZED = {"string", "list", "map"}
_NUMBERS = {"integer", "long", "float", "double"}


@cache
def _model() -> Any:
    return botocore_session().get_service_model("sagemaker")


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
    if wrong := list(_wrong(request, shape, "")):
        plural = "s" if len(wrong) > 1 else ""
        raise AWSValidationException(
            f"{len(wrong)} validation error{plural} detected: {'; '.join(wrong)}"
        )
    return request


def answering(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``answer``, which another object has, as a method of moto's response."""

    def method(response: BaseResponse) -> Any:
        return answer(response)

    return method


def _wrong(value: Any, shape: Any, where: str) -> Iterator[str]:
    """What botocore leaves to the service: patterns, lists of values, and the most of each."""
    known = shape.metadata
    if shape.type_name in _SIZED and len(value) > known.get("max", len(value)):
        yield _broken(value, where, f"have length less than or equal to {known['max']}")
    elif shape.type_name in _NUMBERS and value > known.get("max", value):
        yield _broken(value, where, f"have value less than or equal to {known['max']}")
    elif shape.type_name == "string" and value not in known.get("enum", [value]):
        yield _broken(value, where, f"satisfy enum value set: [{', '.join(known['enum'])}]")
    elif "pattern" in known and not fits(known["pattern"], value):
        yield _broken(value, where, f"satisfy regular expression pattern: {known['pattern']}")
    for inner, member, name in _members(value, shape):
        yield from _wrong(inner, member, f"{where}.{name}".lstrip("."))


def _members(value: Any, shape: Any) -> Iterator[tuple[Any, Any, str]]:
    """What a value is made of: its parts, their shapes, and what AWS calls them."""
    if shape.type_name == "structure":
        for name, member in value.items():
            if name in shape.members:
                yield member, shape.members[name], name[0].lower() + name[1:]
    elif shape.type_name == "list":
        for number, member in enumerate(value, 1):
            yield member, shape.member, f"{number}.member"
    elif shape.type_name == "map":
        for key, member in value.items():
            yield key, shape.key, "key"
            yield member, shape.value, f"{key}.member"


def _broken(value: Any, where: str, must: str) -> str:
    return f"Value '{value}' at '{where}' failed to satisfy constraint: Member must {must}"


def fits(pattern: str, value: str) -> bool:
    """Whether a pattern of the API's model fits the whole text.

    Its dialect has names for kinds of characters (``\\p{L}``), and the API's model repeats the end
    of a text in it. There are a few that Python can't follow: they fit everything.
    """
    return _test_of(pattern)(value)


@cache
def _test_of(pattern: str) -> Callable[[str], bool]:
    plain = re.sub(r"\$(\{\d+,\d+\})?$", "", pattern)
    by_kinds = re.sub(r"\\p\{(\w)\}", lambda found: _KINDS[found[1]], plain)
    try:
        compiled = re.compile(by_kinds)
    except re.error:
        return lambda _: True
    if by_kinds == plain:
        return lambda value: compiled.fullmatch(value) is not None
    return lambda value: compiled.fullmatch("".join(map(_specimen, value))) is not None


# A kind is a general category of Unicode, without its second letter. Beyond ASCII one character
# stands for all of its kind: a pattern that names kinds names no such character itself.
_SPECIMENS = {unicodedata.category(each)[0]: each for each in "\x80ª\u0300²¡¢\xa0"}
_KINDS: dict[str, str] = defaultdict(str)
for _each in (*map(chr, range(128)), *_SPECIMENS.values()):
    _KINDS[unicodedata.category(_each)[0]] += re.escape(_each)


def _specimen(character: str) -> str:
    return character if character.isascii() else _SPECIMENS[unicodedata.category(character)[0]]
