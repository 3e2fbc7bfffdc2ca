"""A metric of AutoGluon's as a function of rows, in the direction that people know."""

from collections.abc import Callable
from typing import Any

from training.model.outcome import Outcome
from training.scoring.scores import UNSEEN, Undefined, score_functions

# Scores of classes that have an order, in which one that the model does not know has no place.
_BY_ORDER = {"quadratic_kappa"}


def score_by(scorer: Any) -> Callable[[Outcome], float]:
    """The score by AutoGluon's ``scorer``; where both know it, by scikit-learn as in the report."""

    def score(outcome: Outcome) -> float:
        if (known := score_functions(outcome).get(scorer.name)) is not None:
            return float(known(outcome))
        given = outcome.predicted
        of_probabilities = scorer.needs_proba or scorer.needs_threshold
        if outcome.has_unseen and (of_probabilities or scorer.name in _BY_ORDER):
            raise Undefined(UNSEEN)
        if outcome.probabilities is not None and of_probabilities:
            given = outcome.probabilities.astype(float)
            given = outcome.positive_probability if outcome.is_binary else given
        return float(scorer.convert_score_to_original(scorer(outcome.truth, given)))

    return score
