"""Which kind of problem AutoGluon will see in the target column."""

from typing import Literal

from lambdas.check.column_profile import ColumnProfile

ProblemType = Literal["binary", "multiclass", "regression"]

# autogluon.core.constants 1.5: from this many rows on, integers with fewer different values than
# this share are classes; below it the other share counts.
_LARGE_DATA_ROWS = 1000
_SHARE_IN_LARGE_DATA = 0.05
_SHARE_IN_SMALL_DATA = 0.1
_MOST_NUMERIC_CLASSES = 1000


def problem_type(target: ColumnProfile) -> ProblemType:
    """The type that ``autogluon.core.utils.infer_problem_type`` infers from such a column."""
    if target.distinct == 2:
        return "binary"
    if target.kind == "text":
        return "multiclass"
    large = target.present > _LARGE_DATA_ROWS
    share = _SHARE_IN_LARGE_DATA if large else _SHARE_IN_SMALL_DATA
    few = target.distinct <= min(share * target.present, _MOST_NUMERIC_CLASSES)
    return "multiclass" if few and target.whole_numbers else "regression"
