"""A few test rows with their predictions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.evaluation.evaluation import Evaluation
from training.evaluation.importance import Importance
from training.job.language import spoken
from training.model.class_names import class_names
from training.model.outcome import Array, Outcome
from training.report.wording import percent, shown

_ROWS_A_KIND = 3
_MOST_FEATURES = 4
_LONGEST_CLASS = 40


@dataclass(frozen=True)
class Example:
    """One row: its number in the file, counted from 1, and everything else as it is shown."""

    row: int
    true: str
    predicted: str
    certainty: str
    features: list[str]


@dataclass(frozen=True)
class Examples:
    """Examples under titles that say why they were chosen, and the names of the features."""

    features: list[str]
    certainty: str
    groups: dict[str, list[Example]]


def examples(found: Evaluation) -> Examples:
    """The most informative rows of the sample of the test file."""
    sample = found.test.sample
    places = sample.index.to_numpy(int)
    outcome = found.test.outcome.at(places)
    features = _features(found, sample)
    groups = {}
    for title, chosen in _chosen(outcome).items():
        if len(chosen):
            groups[title] = [
                _example(
                    outcome,
                    int(place),
                    found.test.row_number(int(places[place])),
                    sample,
                    features,
                )
                for place in chosen
            ]
    certainty = spoken("off by") if outcome.is_number else spoken("probability")
    return Examples(features, certainty, groups)


def _features(found: Evaluation, sample: pd.DataFrame) -> list[str]:
    ordered = found.model.predictor.features()
    if isinstance(found.importance, Importance):
        ordered = list(found.importance.table["feature"])
    return [name for name in ordered if name in sample][:_MOST_FEATURES]


def _chosen(outcome: Outcome) -> dict[str, Array]:
    """Places in ``outcome``, by the reason why they are shown."""
    known = outcome.has_truth
    if outcome.is_number:
        error = np.where(known, np.abs(outcome.predicted - outcome.truth), np.nan)
        if not known.any():
            return {spoken("The first rows"): np.arange(min(len(outcome), _ROWS_A_KIND))}
        order = np.argsort(error)[: int(known.sum())]
        return {
            spoken("Largest errors"): order[::-1][:_ROWS_A_KIND],
            spoken("Smallest errors"): order[:_ROWS_A_KIND],
        }
    assert outcome.probabilities is not None
    # Of the predicted class, which with a threshold of its own need not be the likelier one.
    confidence = outcome.probabilities[np.arange(len(outcome)), outcome.predicted]
    by_confidence = np.argsort(-confidence, kind="stable")
    if not known.any():
        least = by_confidence[::-1]
        return {
            spoken("Most certain"): by_confidence[:_ROWS_A_KIND],
            spoken("Least certain"): least[:_ROWS_A_KIND],
        }
    by_confidence = by_confidence[known[by_confidence]]
    wrong = outcome.is_wrong[by_confidence]
    return {
        spoken("Certain but wrong"): by_confidence[wrong][:_ROWS_A_KIND],
        spoken("Certain and right"): by_confidence[~wrong][:_ROWS_A_KIND],
        spoken("Least certain"): by_confidence[::-1][:_ROWS_A_KIND],
    }


def _example(
    outcome: Outcome, place: int, row: int, sample: pd.DataFrame, features: list[str]
) -> Example:
    if outcome.is_number:
        off = abs(float(outcome.predicted[place] - outcome.truth[place]))
        true, predicted = shown(float(outcome.truth[place])), shown(float(outcome.predicted[place]))
        certainty = shown(off)
    else:
        assert outcome.probabilities is not None
        names = class_names(outcome.labels, _LONGEST_CLASS)
        true = names[outcome.truth[place]] if outcome.truth[place] >= 0 else "–"
        predicted = names[outcome.predicted[place]]
        certainty = percent(float(outcome.probabilities[place, outcome.predicted[place]]))
    values: list[Any] = [sample[name].iloc[place] for name in features]
    texts = [
        f"{v:.4g}" if isinstance(v, float | np.floating) and v == v else shown(v, 40)
        for v in values
    ]
    return Example(row, true, predicted, certainty, texts)
