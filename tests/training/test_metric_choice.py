"""A metric that does not suit the target is replaced by its nearest relative, never a crash."""

import re
from pathlib import Path

import pytest
import yaml
from autogluon.core.metrics import METRICS
from autogluon.core.utils import infer_eval_metric

from training.fitting.metric_choice import metric_choice

TEMPLATE = Path(__file__).resolve().parent.parent.parent / "infra" / "template.yaml"


def offered_metrics() -> list[str]:
    text = re.search(r"  EvalMetric:\n(?:    .*\n|      .*\n)+", TEMPLATE.read_text())
    assert text
    return list(yaml.safe_load(text.group())["EvalMetric"]["AllowedValues"])


@pytest.mark.parametrize("problem_type", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("metric", offered_metrics())
def test_every_metric_that_the_template_offers_works_for_every_target(
    metric: str, problem_type: str
) -> None:
    choice = metric_choice(metric, problem_type)
    assert choice.metric in METRICS[problem_type]
    assert metric == "auto" or metric in choice.why


def test_the_relative_is_near() -> None:
    assert metric_choice("f1", "multiclass").metric == "f1_macro"
    assert metric_choice("roc_auc", "multiclass").metric == "roc_auc_ovo_macro"
    assert metric_choice("roc_auc_ovo_macro", "binary").metric == "roc_auc"
    assert metric_choice("f1", "regression").metric == "root_mean_squared_error"


@pytest.mark.parametrize("problem_type", ["binary", "multiclass", "regression"])
def test_what_is_left_to_autogluon_is_what_it_takes_by_itself(problem_type: str) -> None:
    assert metric_choice("auto", problem_type).metric == infer_eval_metric(problem_type).name
