"""Under which names moto looks for a field of an answer, found once.

It works them out anew for each field of each answer, those that an answer does not have among them:
that was three quarters of the work of telling an execution's history.
"""

from typing import Any

from botocore.model import Shape
from moto.core.serialize import AttributePickerContext, ResponseSerializer, XFormedAttributePicker

from local.patches import wrap

_NAMES = "codefree_names"


def patch() -> None:
    """Makes moto remember the names, where they depend on nothing but the field."""
    wrap(ResponseSerializer, "get_value", _value)


def _value(get: Any, serializer: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    picker = serializer._value_picker
    # Objects of moto's own classes may have names of their own making.
    is_usual = type(value) is dict and type(picker) is XFormedAttributePicker
    if not is_usual or picker.response_transformers:
        return get(serializer, value, key, shape)
    known: dict[str, tuple[str, ...]] = vars(shape).setdefault(_NAMES, {})
    if (names := known.get(key)) is None:
        context = AttributePickerContext(value, key, shape)
        names = known[key] = tuple(dict.fromkeys(picker.get_possible_keys(context)))
    for name in names:
        if name in value:
            return value[name]
    return None
