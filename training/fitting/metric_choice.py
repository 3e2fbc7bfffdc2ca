"""Which metric is used when the one asked for does not suit the target."""

from dataclasses import dataclass

from autogluon.core.metrics import METRICS

AUTO = "auto"

# The counterpart of a two-class metric for more classes: every class counts the same.
_FOR_MORE_CLASSES = {
    "f1": "f1_macro",
    "precision": "precision_macro",
    "recall": "recall_macro",
    "roc_auc": "roc_auc_ovo_macro",
    "average_precision": "roc_auc_ovo_macro",
}
# Also what AutoGluon takes where nobody says otherwise (autogluon.core, infer_eval_metric).
_FALLBACK = {
    "binary": "accuracy",
    "multiclass": "accuracy",
    "regression": "root_mean_squared_error",
}
_FOR_TWO_CLASSES = {"roc_auc_ovo_macro": "roc_auc", "roc_auc_ovo": "roc_auc"}
_TARGETS = {
    "binary": "has two classes",
    "multiclass": "has more than two classes",
    "regression": "is a number",
}


@dataclass(frozen=True)
class MetricChoice:
    """The metric to use, and the reason in words."""

    metric: str
    why: str


def metric_choice(asked: str, problem_type: str) -> MetricChoice:
    """The metric for AutoGluon's ``problem_type``, as close to ``asked`` as possible."""
    if asked == AUTO:
        return MetricChoice(_FALLBACK[problem_type], "The metric was left to AutoGluon.")
    if asked in METRICS[problem_type]:
        return MetricChoice(asked, f"The metric is {asked}, as asked for.")
    counterparts = {"binary": _FOR_TWO_CLASSES, "multiclass": _FOR_MORE_CLASSES}.get(
        problem_type, {}
    )
    used = counterparts.get(asked, _FALLBACK[problem_type])
    why = f"{asked} does not suit a target that {_TARGETS[problem_type]}: {used} is used instead."
    return MetricChoice(used, why)
