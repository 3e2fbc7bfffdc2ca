"""What the steps keep for each other in the bucket, read back with care.

Whoever may write below ``runs/`` may put anything there: it is taken for what it should be only
where it has that form, else the step fails in words.
"""

import json
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from lambdas.errors import KeptDataBroken
from lambdas.language import spoken

_T = TypeVar("_T")


def json_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object in ``text``.

    Raises:
        KeptDataBroken: it holds anything else.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise broken(spoken("It is not JSON.")) from error
    if not isinstance(value, dict):
        raise broken(spoken("It does not hold an object."))
    return value


def made_of(kind: type[_T], value: object) -> _T:
    """The value class ``kind``, whose fields are plain ones, made of the fields in ``value``.

    Raises:
        KeptDataBroken: a field is missing, unknown or of another type.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    needed = {name for name, field in known.items() if field.default is MISSING}
    if not isinstance(value, dict) or not needed <= set(value) <= set(known):
        raise broken(spoken("It does not have the fields of {kind}.", kind=kind.__name__))
    for name, found in value.items():
        if type(found) is not known[name].type:
            raise broken(
                spoken("{field} of {kind} has another type.", field=name, kind=kind.__name__)
            )
    return kind(**value)


def broken(how: str) -> KeptDataBroken:
    """The error for something there that Codefree did not write."""
    return KeptDataBroken(
        spoken(
            "A file that Codefree keeps in its own folder runs/ in the bucket is not as Codefree "
            "wrote it. {how} Somebody has changed it. Upload one of the two files again; if the "
            "same happens again, delete the newest files in runs/claims/ and choose Redrive.",
            how=how,
        )
    )
