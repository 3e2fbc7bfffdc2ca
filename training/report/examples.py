"""A few test rows with what the model says of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.evaluation.evaluated import Evaluated
from training.evaluation.importance import Importance
from training.model.outcome import Array, Outcome
from training.report.wording import percent, shown

_ROWS_A_KIND = 3
_MOST_FEATURES = 4


@dataclass(frozen=True)
class Example:
    """One row: its number in the file from 1, and everything else as it is shown."""

    row: int
    true: str
    predicted: str
    sure: str
    features: list[str]


@dataclass(frozen=True)
class Examples:
    """Examples under titles that say why they were chosen, with the names of the features."""

    features: list[str]
    sure: str
    groups: dict[str, list[Example]]


def examples(found: Evaluated) -> Examples:
    """The most telling rows of the sample of the test file."""
    sample = found.test.sample
    places = sample.index.to_numpy(int)
    outcome = found.test.outcome.at(places)
    features = _features(found, sample)
    groups = {}
    for title, chosen in _chosen(outcome).items():
        if len(chosen):
            groups[title] = [
                _example(outcome, int(place), int(places[place]), sample, features)
                for place in chosen
            ]
    sure = "off by" if outcome.is_number else "probability"
    return Examples(features, sure, groups)


def _features(found: Evaluated, sample: pd.DataFrame) -> list[str]:
    ordered = found.model.predictor.features()
    if isinstance(found.importance, Importance):
        ordered = list(found.importance.table["feature"])
    return [name for name in ordered if name in sample][:_MOST_FEATURES]


def _chosen(outcome: Outcome) -> dict[str, Array]:
    """Places in ``outcome`` by the reason for which they are shown."""
    known = outcome.has_truth
    if outcome.is_number:
        error = np.where(known, np.abs(outcome.predicted - outcome.truth), np.nan)
        if not known.any():
            return {"The first rows": np.arange(min(len(outcome), _ROWS_A_KIND))}
        order = np.argsort(error)[: int(known.sum())]
        return {"Furthest off": order[::-1][:_ROWS_A_KIND], "Closest": order[:_ROWS_A_KIND]}
    assert outcome.probabilities is not None
    sureness = outcome.probabilities.max(axis=1)
    by_sureness = np.argsort(-sureness, kind="stable")
    if not known.any():
        least = by_sureness[::-1]
        return {"Surest": by_sureness[:_ROWS_A_KIND], "Least sure": least[:_ROWS_A_KIND]}
    by_sureness = by_sureness[known[by_sureness]]
    wrong = outcome.is_wrong[by_sureness]
    return {
        "Sure, and wrong": by_sureness[wrong][:_ROWS_A_KIND],
        "Sure, and right": by_sureness[~wrong][:_ROWS_A_KIND],
        "Least sure": by_sureness[::-1][:_ROWS_A_KIND],
    }


def _example(
    outcome: Outcome, place: int, row: int, sample: pd.DataFrame, features: list[str]
) -> Example:
    if outcome.is_number:
        off = abs(float(outcome.predicted[place] - outcome.truth[place]))
        true, predicted = shown(float(outcome.truth[place])), shown(float(outcome.predicted[place]))
        sure = shown(off)
    else:
        assert outcome.probabilities is not None
        true = _label(outcome, int(outcome.truth[place]))
        predicted = _label(outcome, int(outcome.predicted[place]))
        sure = percent(float(outcome.probabilities[place, outcome.predicted[place]]))
    values: list[Any] = [sample[name].iloc[place] for name in features]
    texts = [
        f"{v:.4g}" if isinstance(v, float | np.floating) and v == v else shown(v, 40)
        for v in values
    ]
    return Example(row + 1, true, predicted, sure, texts)


def _label(outcome: Outcome, place: int) -> str:
    return "–" if place < 0 else shown(outcome.labels[place], 40)
