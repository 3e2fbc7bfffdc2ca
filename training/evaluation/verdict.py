"""Whether the test rows can show how good a model is."""

import numpy as np

from training.model.class_names import class_name
from training.model.outcome import Outcome


def why_no_verdict(scored: Outcome) -> str | None:
    """Why rows with true values can't show how good a model is, in a sentence; None where they can.

    They can't where all have the same true value, or no more than one of the classes that the model
    knows: always guessing that one is right, too.
    """
    if reason := _reason(scored):
        return f"{reason}, so the test file can't show how good the model is."
    return None


def _reason(scored: Outcome) -> str | None:
    known = [] if scored.is_number else scored.known_truth
    if np.ptp(scored.truth) > 0 if scored.is_number else len(known) > 1:
        return None
    if len(scored) == 1:
        return "Only one test row has a true value"
    every = f"All {len(scored):,} test rows with a true value"
    if scored.is_number:
        return f"{every} have the same one, {scored.truth[0]:,.10g}"
    if not known:
        return f"{every} have a class that the model does not know"
    name = class_name(scored.labels, known[0])
    if scored.has_unseen:
        return f"The only class in the test file that the model knows is “{name}”"
    return f"{every} have the same class, “{name}”"
