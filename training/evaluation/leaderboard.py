"""NAME_leaderboard.csv: every model that was trained, with its scores."""

import numpy as np
import pandas as pd

from training.model.outcome import Outcome
from training.model.trained_model import Model
from training.scoring.metric_score import score_by
from training.scoring.scores import Undefined, value_of


def leaderboard(model: Model, labelled: pd.DataFrame, by_model: dict[str, Outcome]) -> pd.DataFrame:
    """Every trained model, best first; with a test score if the model was kept for prediction.

    AutoGluon turns every score so that higher is better; here errors are positive again.

    Args:
        model: the model.
        labelled: rows of the test file that have a true value; all of them, or a sample.
        by_model: what was predicted for them, by the best model and those that it is made of.
    """
    table = model.leaderboard.rename(
        columns={
            "score_val": "validation_score",
            "pred_time_val": "predict_seconds",
            "fit_time": "fit_seconds",
        }
    )
    scores = _test_scores(model, by_model | _of_others(model, labelled, by_model))
    table["test_score"] = table["model"].map(scores).astype(float)
    table["test_rows"] = len(labelled)
    original_direction = model.predictor.eval_metric.convert_score_to_original
    table["validation_score"] = table["validation_score"].astype(float).map(original_direction)
    columns = ["model", "eval_metric", "test_score", "test_rows", "validation_score"]
    columns += ["predict_seconds", "fit_seconds", "size_bytes", "stack_level"]
    return table.reindex(columns=columns)


def _of_others(
    model: Model, labelled: pd.DataFrame, by_model: dict[str, Outcome]
) -> dict[str, Outcome]:
    """What the other models that were kept predict for the same rows."""
    others = [name for name in model.kept if name not in by_model] if len(labelled) else []
    if not others:
        return {}
    known = by_model[model.predictor.model_best]
    return {
        name: Outcome(predicted, known.truth, probabilities, known.labels)
        for name, (predicted, probabilities) in model.predictions(labelled, others).items()
        if name in others
    }


def _test_scores(model: Model, by_model: dict[str, Outcome]) -> dict[str, float]:
    """The score of each model; NaN where the metric is undefined, as some are where the test file
    lacks a class."""
    score, scores = score_by(model.predictor.eval_metric), {}
    for name, outcome in by_model.items():
        try:
            scores[name] = value_of(score, outcome)
        except Undefined:
            scores[name] = np.nan
    return scores
