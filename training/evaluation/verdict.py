"""Whether the test rows can show how good a model is."""

import numpy as np

from training.job.language import spoken
from training.model.class_names import class_name
from training.model.outcome import Outcome


def why_no_verdict(scored: Outcome) -> str | None:
    """Why rows with true values can't show how good a model is, in a sentence; None where they can.

    They can't where all have the same true value, or no more than one of the classes that the model
    knows: always guessing that one is right, too.
    """
    if reason := _reason(scored):
        return spoken("{reason}, so the test file can't show how good the model is.", reason=reason)
    return None


def _reason(scored: Outcome) -> str | None:
    known = [] if scored.is_number else scored.known_truth
    if np.ptp(scored.truth) > 0 if scored.is_number else len(known) > 1:
        return None
    rows = len(scored)
    if rows == 1:
        return spoken("Only one test row has a true value")
    if scored.is_number:
        return spoken(
            "All {rows:,} test rows with a true value have the same one, {value:,.10g}",
            rows=rows,
            value=scored.truth[0],
        )
    if not known:
        return spoken(
            "All {rows:,} test rows with a true value have a class that the model does not know",
            rows=rows,
        )
    name = class_name(scored.labels, known[0])
    if scored.has_unseen:
        return spoken("The only class in the test file that the model knows is “{name}”", name=name)
    return spoken(
        "All {rows:,} test rows with a true value have the same class, “{name}”",
        rows=rows,
        name=name,
    )
