"""What AutoGluon is told beside the preset."""

from typing import Any

# Of fewer rows AutoGluon would keep at most 500 aside to choose the models and the threshold by
# (autogluon.core.utils.default_holdout_frac), of some hundred rows a fifth.
_FEW_ROWS = 5_000
_PRESETS_WITHOUT_FOLDS = ("medium_quality", "optimize_for_deployment")

# A model of folds takes eight fits, and one that can't be done in time is none at all. Where there
# is this much time, the quickest kinds are done several times over (measured on two processors).
_SECONDS_FOR_FOLDS = 30
_CELLS_A_SECOND = 5_000


def fit_options(presets: str, rows: int, columns: int, seconds: float) -> dict[str, Any]:
    """The further arguments of ``TabularPredictor.fit`` for a table of this size.

    On a small table the models are cross-validated, where there is time for it, whatever the
    preset: all rows are learned from, all of them help to choose, and the models of the folds
    predict together. They are not stacked, which small tables do not repay, as AutoGluon's newest
    presets do not either. docs/quality.md has what it is worth.
    """
    if rows >= _FEW_ROWS:
        return {}
    if presets not in _PRESETS_WITHOUT_FOLDS:
        return {"num_stack_levels": 0}
    in_time = seconds >= _SECONDS_FOR_FOLDS + rows * columns / _CELLS_A_SECOND
    return {"auto_stack": True, "num_stack_levels": 0} if in_time else {}
