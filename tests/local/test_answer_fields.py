"""Fields of answers are found where moto finds them."""

from typing import Any, ClassVar

import pytest
from moto.core.serialize import (
    AttributePicker,
    ResponseSerializer,
    XFormedAttributePicker,
)
from moto.core.utils import get_service_model

from local.speed import answer_fields


class _Group:
    """An object of a class of moto's own, with a name of its own making."""

    arn = "of the class"

    class Meta:
        serialization_aliases: ClassVar = {"ModelPackageGroupName": "called"}

    called = "by its alias"


_VALUES: list[Any] = [
    {},
    {"ModelPackageGroupName": "a", "ModelPackageGroupArn": None},
    {"model_package_group_name": "b", "creation_time": 1, "Arn": "c"},
    {"ModelPackageGroupStatus": "Completed", "UserContext": {"UserProfileName": "d"}},
    {"CreatedBy": {"user_profile_name": "e"}, "created_by": {}},
    _Group(),
]


@pytest.mark.parametrize("value", _VALUES)
@pytest.mark.parametrize("picker", [XFormedAttributePicker(), AttributePicker()])
@pytest.mark.parametrize("transformers", [{}, {"Output.ModelPackageGroupName": repr}])
def test_each_field_is_found_as_moto_finds_it(
    value: Any, picker: AttributePicker, transformers: dict[str, Any]
) -> None:
    picker.response_transformers = transformers
    operation = get_service_model("sagemaker").operation_model("DescribeModelPackageGroup")
    serializer = ResponseSerializer(operation_model=operation, value_picker=picker)
    serializer.path = ["Output"]
    shape = operation.output_shape
    for _ in range(2):  # found out, and remembered
        for key, member in shape.members.items():
            member.parent = shape
            expected = _get_of_moto(serializer, value, key, member)
            assert answer_fields._value(_get_of_moto, serializer, value, key, member) == expected


def _get_of_moto(serializer: ResponseSerializer, *asked: Any) -> Any:
    get: Any = ResponseSerializer.get_value
    return getattr(get, "__wrapped__", get)(serializer, *asked)
