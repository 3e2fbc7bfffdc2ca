"""What AutoGluon is told beside the preset."""

from typing import Any

# Of fewer rows AutoGluon would keep at most 500 aside to choose the models and the threshold by
# (autogluon.core.utils.default_holdout_frac), of some hundred rows a fifth.
_FEW_ROWS = 5_000
_PRESETS_WITHOUT_FOLDS = ("medium_quality", "optimize_for_deployment")


def fit_options(presets: str, rows: int) -> dict[str, Any]:
    """The further arguments of ``TabularPredictor.fit`` for so many rows.

    On a small table the models are cross-validated whatever the preset: all rows are learned from,
    all of them help to choose, and the models of the folds predict together. They are not stacked,
    which small tables do not repay, as AutoGluon's newest presets do not either. docs/quality.md
    has what it is worth.
    """
    if rows >= _FEW_ROWS:
        return {}
    folds = {"auto_stack": True} if presets in _PRESETS_WITHOUT_FOLDS else {}
    return {"num_stack_levels": 0, **folds}
