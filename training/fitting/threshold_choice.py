"""The probability above which a row counts as positive, and why."""

from dataclasses import dataclass

from autogluon.tabular import TabularPredictor

from training.job.language import spoken

_DEFAULT = 0.5


@dataclass(frozen=True)
class ThresholdChoice:
    """The threshold of a model for two classes, and the reason in words."""

    threshold: float
    why: str


def threshold_choice(predictor: TabularPredictor, validation_rows: int) -> ThresholdChoice | None:
    """The threshold that AutoGluon's calibration chose; None unless there are two classes.

    The calibration only uses validation data, and leaves 0.5 where the metric does not depend on
    the threshold or there are too few rows to tell.
    """
    if predictor.problem_type != "binary":
        return None
    threshold, metric = float(predictor.decision_threshold), predictor.eval_metric.name
    if not predictor.eval_metric.needs_class:
        why = spoken(
            "{metric} depends on the probabilities alone, so the threshold stays at one half.",
            metric=metric,
        )
    elif metric == "precision":
        why = spoken(
            "The best threshold for precision would find hardly anything: it stays at one half."
        )
    elif threshold != _DEFAULT:
        why = spoken(
            "Of the thresholds tried, this one gave the best {metric} on {rows:,} rows of the "
            "train file, each predicted by models that had not been trained on it. The test rows "
            "were not used.",
            metric=metric,
            rows=validation_rows,
        )
    else:
        why = spoken(
            "No threshold tried gave a better {metric} on {rows:,} rows of the train file, each "
            "predicted by models that had not been trained on it, or there were too few rows to "
            "tell. The test rows were not used.",
            metric=metric,
            rows=validation_rows,
        )
    return ThresholdChoice(threshold, why)
