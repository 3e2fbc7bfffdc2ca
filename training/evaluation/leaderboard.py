"""NAME_leaderboard.csv: every model that was trained, with its scores."""

import numpy as np
import pandas as pd

from training.model.trained_model import Model


def leaderboard(model: Model, labelled: pd.DataFrame, truth: pd.Series) -> pd.DataFrame:
    """Every trained model, best first; with a test score if the model was kept for prediction.

    AutoGluon turns every score so that higher is better; here errors are positive again.

    Args:
        model: the model.
        labelled: rows of the test file that have a true value; all of them, or a sample.
        truth: their true values, in the model's terms.
    """
    table = model.leaderboard.rename(
        columns={
            "score_val": "validation_score",
            "pred_time_val": "predict_seconds",
            "fit_time": "fit_seconds",
        }
    )
    table["test_score"] = _test_scores(model, labelled, truth, table["model"])
    table["test_rows"] = len(labelled)
    original_direction = model.predictor.eval_metric.convert_score_to_original
    for column in ("test_score", "validation_score"):
        table[column] = table[column].astype(float).map(original_direction)
    columns = ["model", "eval_metric", "test_score", "test_rows", "validation_score"]
    columns += ["predict_seconds", "fit_seconds", "size_bytes", "stack_level"]
    return table.reindex(columns=columns)


def _test_scores(
    model: Model, labelled: pd.DataFrame, truth: pd.Series, names: pd.Series
) -> pd.Series:
    if not len(labelled):
        return pd.Series(float("nan"), index=names.index)
    table = model.with_target(labelled, truth)
    try:
        board = model.predictor.leaderboard(table, display=False)
    except ValueError as error:  # some metrics are undefined where the test file lacks a class
        print(f"No test scores for the single models: {error}")
        return pd.Series(float("nan"), index=names.index)
    scores = names.map(dict(zip(board["model"], board["score_test"], strict=True)))
    return scores.where(np.isfinite(scores.astype(float)))
