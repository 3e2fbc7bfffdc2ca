"""The report's first sentence: how good the model is, in rows or in the target's unit."""

import numpy as np
import pandas as pd

from training.job.language import spoken
from training.model.class_names import class_names
from training.model.outcome import Outcome
from training.report.wording import number


def plain_result(target: str, scored: Outcome) -> str:
    """The result for rows with a true value, in one sentence."""
    if scored.is_number:
        return _of_numbers(target, scored)
    return _of_two_classes(scored) if scored.is_binary else _of_classes(scored)


def _of_two_classes(scored: Outcome) -> str:
    positive = class_names(scored.classes)[1]
    actual = int(scored.is_positive.sum())
    if not actual:
        found = spoken(
            "There is no “{positive}” among {rows:,} test {rows:row|rows}",
            positive=positive,
            rows=len(scored),
        )
    else:
        right = int(((scored.predicted == 1) & scored.is_positive).sum())
        found = spoken(
            "Of {actual:,} “{positive}”, {right:,} {right:was|were} found",
            actual=actual,
            positive=positive,
            right=right,
        )
    return _joined(found, _wrongly_positive(scored, positive))


def _wrongly_positive(scored: Outcome, positive: str) -> str:
    """How many of the rows predicted as positive are not."""
    is_predicted = scored.predicted == 1
    predicted, wrong = int(is_predicted.sum()), int((is_predicted & ~scored.is_positive).sum())
    if not predicted:
        return spoken("no row was predicted as “{positive}”", positive=positive)
    if not wrong:
        return spoken("every row predicted as “{positive}” is right", positive=positive)
    return spoken(
        "{wrong:,} of the {predicted:,} predicted as “{positive}” {wrong:is|are} wrong",
        wrong=wrong,
        predicted=predicted,
        positive=positive,
    )


def _of_classes(scored: Outcome) -> str:
    wrong = scored.at(scored.is_wrong)
    result = spoken(
        "Of {rows:,} test {rows:row|rows}, {right:,} {right:was|were} predicted correctly",
        rows=len(scored),
        right=len(scored) - len(wrong),
    )
    if not len(wrong):
        return f"{result}."
    pairs = pd.DataFrame({"true": wrong.truth, "predicted": wrong.predicted}).value_counts()
    (true, predicted), rows = pairs.index[0], int(pairs.iloc[0])
    names = class_names(scored.labels)
    mistake = {"true": names[true], "predicted": names[predicted], "rows": rows}
    if len(pairs) == 1 or pairs.iloc[1] < rows:
        most = spoken(
            "the most frequent mistake is “{true}” predicted as “{predicted}” "
            "({rows:,} {rows:row|rows})",
            **mistake,
        )
    else:
        most = spoken(
            "one of the most frequent mistakes is “{true}” predicted as “{predicted}” "
            "({rows:,} {rows:row|rows})",
            **mistake,
        )
    return _joined(result, most)


def _joined(one: str, other: str) -> str:
    return spoken("{one}; {other}.", one=one, other=other)


def _of_numbers(target: str, scored: Outcome) -> str:
    off = np.abs(scored.predicted - scored.truth)
    half, most = np.quantile(off, [0.5, 0.9], method="inverted_cdf")
    return spoken(
        "Half of the predictions of “{target}” are off by at most {half}, 9 of 10 by at most "
        "{most}.",
        target=target,
        half=number(float(half)),
        most=number(float(most)),
    )
