"""What columns that are missing may be called in the file that lacks them."""

from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.nearest_name import code_points, look_alike, matched_names

_GUESSES = 5


def name_guesses(missing: list[str], extra: list[str]) -> Phrase | None:
    """The likely names among those that only this file has; None where none is alike."""
    matched = matched_names(missing, extra)
    if not matched:
        return None
    return Phrase(
        "nearest",
        pairs=[_guess(name, matched[name]) for name in list(matched)[:_GUESSES]],
        more=Phrase("others", count=len(matched) - _GUESSES) if len(matched) > _GUESSES else None,
    )


def _guess(wanted: str, near: str) -> Phrase:
    if not look_alike(wanted, near):
        return Phrase("perhaps", wanted=wanted, near=near)
    here, there = code_points(wanted, near)
    return Phrase("looks_alike", wanted=wanted, here=here, there=there)
