"""Where the metric looks at classes alone, an ensemble weighed by log loss predicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from autogluon.tabular import TabularPredictor

from training.fitting.model_choice import choose_ensemble, ensemble_options, why_best

TREES = {"n_estimators": 20, "n_jobs": 1}


def fitted(metric: str, folder: Path) -> TabularPredictor:
    random = np.random.default_rng(3)
    x = random.normal(size=(240, 4)).round(3)
    noisy = x[:, 0] + random.normal(size=240) > 0.8
    table = pd.DataFrame(x, columns=list("abcd")).assign(label=noisy.astype(int))
    predictor = TabularPredictor(
        "label", eval_metric=metric, problem_type="binary", path=str(folder / "ag"), verbosity=0
    )
    models = {"LR": {"n_jobs": 1}, "RF": TREES, "XT": TREES}
    predictor.fit(table, hyperparameters=models, **ensemble_options(predictor.eval_metric))
    return predictor


def test_the_ensemble_is_weighed_by_log_loss_and_keeps_its_threshold(tmp_path: Path) -> None:
    predictor = fitted("f1", tmp_path)
    choose_ensemble(predictor, validation_rows=60)
    clone = predictor.clone_for_deployment(str(tmp_path / "clone"), return_clone=True)
    assert clone.model_best == "WeightedEnsemble_L2"
    assert clone._trainer.load_model(clone.model_best).stopping_metric.name == "log_loss"
    assert clone.decision_threshold == predictor.decision_threshold != 0.5
    assert "chosen by log loss" in why_best(predictor)
    predictor.set_model_best("LinearModel")
    assert "the best f1" in why_best(predictor)


@pytest.mark.parametrize(("metric", "rows"), [("precision", 60), ("f1", 49), ("accuracy", 9_999)])
def test_a_threshold_that_few_rows_can_not_tell_stays(
    tmp_path: Path, metric: str, rows: int
) -> None:
    predictor = fitted(metric, tmp_path)
    choose_ensemble(predictor, validation_rows=rows)
    assert predictor.decision_threshold == 0.5


def test_a_metric_of_probabilities_chooses_by_itself(tmp_path: Path) -> None:
    predictor = fitted("roc_auc", tmp_path)
    before = predictor.model_best
    choose_ensemble(predictor, validation_rows=60)
    assert predictor.model_best == before
    assert predictor._trainer.load_model("WeightedEnsemble_L2").stopping_metric.name == "roc_auc"
    assert "the best roc_auc" in why_best(predictor)
