"""The score that a model was optimised for."""

from collections.abc import Callable

from training.model.outcome import Outcome
from training.model.trained_model import Model
from training.scoring.scores import UNSEEN, Undefined, score_functions

# Scores of classes that have an order, in which one that the model does not know has no place.
_BY_ORDER = {"quadratic_kappa"}


def main_score(model: Model) -> Callable[[Outcome], float]:
    """The model's own metric, in the direction that people know.

    The function raises :class:`Undefined` for rows that the metric has no value for.
    """
    scorer = model.predictor.eval_metric

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
