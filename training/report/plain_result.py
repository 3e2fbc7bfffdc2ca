"""The report's first sentence: how good the model is, in rows or in the target's unit."""

import numpy as np
import pandas as pd

from training.model.class_names import class_names
from training.model.outcome import Outcome
from training.report.wording import counted, number


def plain_result(target: str, scored: Outcome) -> str:
    """The result for rows with a true value, in one sentence."""
    if scored.is_number:
        return _of_numbers(target, scored)
    return _of_two_classes(scored) if scored.is_binary else _of_classes(scored)


def _of_two_classes(scored: Outcome) -> str:
    positive = f"“{class_names(scored.classes)[1]}”"
    is_predicted = scored.predicted == 1
    actual, predicted = int(scored.is_positive.sum()), int(is_predicted.sum())
    right = int((is_predicted & scored.is_positive).sum())
    found = (
        f"Of {actual:,} {positive}, {right:,} {'was' if right == 1 else 'were'} found"
        if actual
        else f"There is no {positive} among {counted(len(scored), 'test row')}"
    )
    wrong = predicted - right
    if not predicted:
        return f"{found}; no row was predicted as {positive}."
    if not wrong:
        return f"{found}; every row predicted as {positive} is right."
    return f"{found}; {wrong:,} of the {predicted:,} predicted as {positive} {_are(wrong)} wrong."


def _of_classes(scored: Outcome) -> str:
    wrong = scored.at(scored.is_wrong)
    right = len(scored) - len(wrong)
    result = f"Of {counted(len(scored), 'test row')}, {right:,} {_was(right)} predicted correctly"
    if not len(wrong):
        return f"{result}."
    pairs = pd.DataFrame({"true": wrong.truth, "predicted": wrong.predicted}).value_counts()
    (true, predicted), rows = pairs.index[0], int(pairs.iloc[0])
    is_alone = len(pairs) == 1 or pairs.iloc[1] < rows
    mistake = "the most frequent mistake is" if is_alone else "one of the most frequent mistakes is"
    names = class_names(scored.labels)
    return (
        f"{result}; {mistake} “{names[true]}” predicted as “{names[predicted]}” "
        f"({counted(rows, 'row')})."
    )


def _of_numbers(target: str, scored: Outcome) -> str:
    off = np.abs(scored.predicted - scored.truth)
    half, most = np.quantile(off, [0.5, 0.9], method="inverted_cdf")
    return (
        f"Half of the predictions of “{target}” are off by at most {number(float(half))}, 9 of 10 "
        f"by at most {number(float(most))}."
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
