"""Why a model was not trained, in plain words."""

from typing import Any

_MOST_CHARACTERS = 200
_NOT_INSTALLED = "not tried: its library is not installed here"
_IN_WORDS = {
    "ImportError": _NOT_INSTALLED,
    "ModuleNotFoundError": _NOT_INSTALLED,
    "TimeLimitExceeded": "not finished: the time ran out",
    "NotEnoughMemoryError": "not tried: it needs more memory than is free here",
}


def failure_in_words(failure: dict[str, Any]) -> str:
    """A sentence for ``failure``, a row of AutoGluon's table of model failures."""
    kind, text = str(failure.get("exc_type")), " ".join(str(failure.get("exc_str")).split())
    known = _IN_WORDS.get(kind, f"failed ({kind}: {text[:_MOST_CHARACTERS]})")
    return f"{failure['model']}: {known}."
