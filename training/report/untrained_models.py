"""Why a model was not trained, in plain words."""

from typing import Any

from training.job.language import spoken, to_speak

_MOST_CHARACTERS = 200
_NOT_INSTALLED = to_speak("{model}: not tried: its library is not installed here.")
_FAILED = to_speak("{model}: failed ({kind}: {text}).")
_IN_WORDS = {
    "ImportError": _NOT_INSTALLED,
    "ModuleNotFoundError": _NOT_INSTALLED,
    "TimeLimitExceeded": to_speak("{model}: not finished: the time ran out."),
    "NotEnoughMemoryError": to_speak("{model}: not tried: it needs more memory than is free here."),
}


def failure_in_words(failure: dict[str, Any]) -> str:
    """A sentence for ``failure``, a row of AutoGluon's table of model failures."""
    kind, text = str(failure.get("exc_type")), " ".join(str(failure.get("exc_str")).split())
    template = _IN_WORDS.get(kind, _FAILED)
    return spoken(template, model=failure["model"], kind=kind, text=text[:_MOST_CHARACTERS])
