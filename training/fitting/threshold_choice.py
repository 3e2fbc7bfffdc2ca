"""From which probability on a row counts as positive, and why."""

from dataclasses import dataclass

from autogluon.tabular import TabularPredictor

_UNTOUCHED = 0.5


@dataclass(frozen=True)
class ThresholdChoice:
    """The threshold of a model for two classes, and the reason for people."""

    threshold: float
    why: str


def threshold_choice(predictor: TabularPredictor, validation_rows: int) -> ThresholdChoice | None:
    """What AutoGluon's calibration came to after the fit; None unless there are two classes.

    It only ever sees validation data, and leaves 0.5 where the metric does not depend on it or
    where there are too few rows to tell.
    """
    if predictor.problem_type != "binary":
        return None
    threshold, metric = float(predictor.decision_threshold), predictor.eval_metric.name
    if not predictor.eval_metric.needs_class:
        why = f"{metric} looks at the probabilities alone, so the threshold stays at one half."
    elif metric == "precision":
        why = "The highest precision would be had by finding hardly anything: it stays at one half."
    elif threshold != _UNTOUCHED:
        why = (
            f"Of all thresholds this one gave the best {metric} on {validation_rows:,} rows of the "
            "train file, each predicted by models that had not learned from it. The test rows had "
            "no part in it."
        )
    else:
        why = (
            f"No other threshold gave a better {metric} on {validation_rows:,} rows of the train "
            "file, each predicted by models that had not learned from it, or they were too few to "
            "tell. The test rows had no part in it."
        )
    return ThresholdChoice(threshold, why)
