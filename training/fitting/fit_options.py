"""What AutoGluon is told beside the preset, so that its probabilities are worth something.

AutoGluon stops its trees by the metric that is asked for. One that looks at classes alone
(accuracy, f1) stands still after a handful of rounds on the small folds of a small table, so the
probabilities of such trees are worth little; and there is no linear model among its candidates.
docs/quality.md has what these options are worth, on two dozen data sets.
"""

from typing import Any

from autogluon.tabular.configs.hyperparameter_configs import get_hyperparameter_config
from autogluon.tabular.configs.presets_configs import tabular_presets_dict

# Of fewer rows AutoGluon would keep at most 500 aside to choose the models and the threshold by
# (autogluon.core.utils.default_holdout_frac), of some hundred rows a fifth.
FEW_ROWS = 5_000
_PRESETS_WITHOUT_FOLDS = ("medium_quality", "optimize_for_deployment")
_FOLDS = 8

# A model of folds takes eight fits, and one that can't be done in time is none at all. Where there
# is this much time, the quickest kinds are done several times over (measured on two processors).
_SECONDS_FOR_FOLDS = 30
_CELLS_A_SECOND = 5_000

# Trees that stop by log loss may go on for thousands of rounds: no model takes more of the time
# than this, so that each kind gets its turn.
_LARGEST_SHARE = 0.25
_LARGEST_SHARE_OF_FOLDS = 0.15

# Up to here a linear model is fitted in seconds; it comes before the others, and takes the time
# that it needs.
_MOST_CELLS_OF_LINEAR = 2_000_000
_LINEAR_PRIORITY = 150
_LARGEST_SHARE_OF_LINEAR = 0.3


def fit_options(
    presets: str,
    problem_type: str,
    rows: int,
    columns: int,
    seconds: float,
    *,
    with_folds: bool = True,
) -> dict[str, Any]:
    """The further arguments of ``TabularPredictor.fit`` for a table of this size.

    Trees stop by log loss whatever metric chooses among the models, and where the table is small
    enough a linear model is among them.

    A small table is cross-validated, where there is time for it, whatever the preset: all rows are
    learned from, all of them help to choose, and the models of the folds predict together. They are
    not stacked, which small tables do not repay, as AutoGluon's newest presets do not either.
    ``with_folds`` is False where that is not allowed.
    """
    folds = _folds(presets, rows, columns, seconds) if with_folds else 0
    share = _LARGEST_SHARE_OF_FOLDS if folds else _LARGEST_SHARE
    limits: dict[str, Any] = {"max_time_limit": seconds * share / (folds or 1)}
    if problem_type != "regression":
        limits["stopping_metric"] = "log_loss"
    options: dict[str, Any] = {"ag_args_fit": limits}
    if rows * columns <= _MOST_CELLS_OF_LINEAR:
        most = seconds * _LARGEST_SHARE_OF_LINEAR / (folds or 1)
        options["hyperparameters"] = _models(presets) | {"LR": _linear(problem_type, most)}
    if folds:
        options["num_stack_levels"] = 0
        if presets in _PRESETS_WITHOUT_FOLDS:
            options["auto_stack"] = True
    return options


def _folds(presets: str, rows: int, columns: int, seconds: float) -> int:
    """In how many parts the table is cross-validated; 0 if that is left to the preset."""
    if rows >= FEW_ROWS:
        return 0
    needed = _SECONDS_FOR_FOLDS + rows * columns / _CELLS_A_SECOND
    return 0 if presets in _PRESETS_WITHOUT_FOLDS and seconds < needed else _FOLDS


def _linear(problem_type: str, most_seconds: float) -> dict[str, Any]:
    told = {
        "ag_args": {"priority": _LINEAR_PRIORITY},
        "ag_args_fit": {"max_time_limit": most_seconds},
    }
    # Else scikit-learn starts processes for it, which takes longer than the fit.
    return told if problem_type == "regression" else told | {"n_jobs": 1}


def _models(presets: str) -> dict[str, Any]:
    """The kinds of models that the preset tries."""
    name = tabular_presets_dict[presets].get("hyperparameters", "default")
    models: dict[str, Any] = get_hyperparameter_config(name)
    return models
