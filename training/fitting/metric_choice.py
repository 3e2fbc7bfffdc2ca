"""Which metric is used when the one asked for does not suit the target."""

from dataclasses import dataclass

from autogluon.core.metrics import METRICS

from training.job.language import spoken, to_speak

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
_INSTEAD = {
    "binary": to_speak(
        "{asked} does not suit a target that has two classes: {used} is used instead."
    ),
    "multiclass": to_speak(
        "{asked} does not suit a target that has more than two classes: {used} is used instead."
    ),
    "regression": to_speak(
        "{asked} does not suit a target that is a number: {used} is used instead."
    ),
}


@dataclass(frozen=True)
class MetricChoice:
    """The metric to use, and the reason in words."""

    metric: str
    why: str


def metric_choice(asked: str, problem_type: str) -> MetricChoice:
    """The metric for AutoGluon's ``problem_type``, as close to ``asked`` as possible."""
    if asked == AUTO:
        return MetricChoice(_FALLBACK[problem_type], spoken("The metric was left to AutoGluon."))
    if asked in METRICS[problem_type]:
        return MetricChoice(asked, spoken("The metric is {asked}, as asked for.", asked=asked))
    counterparts = {"binary": _FOR_TWO_CLASSES, "multiclass": _FOR_MORE_CLASSES}.get(
        problem_type, {}
    )
    used = counterparts.get(asked, _FALLBACK[problem_type])
    return MetricChoice(used, spoken(_INSTEAD[problem_type], asked=asked, used=used))
