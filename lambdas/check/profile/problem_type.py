"""Which kind of problem the training will see in the target column."""

from typing import Literal

from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.wish import WantedType

ProblemType = Literal["binary", "multiclass", "regression"]

# autogluon.core.constants 1.6: from this many rows on, integers with fewer different values than
# this share are classes; below it the other share counts.
_LARGE_DATA_ROWS = 1000
_SHARE_IN_LARGE_DATA = 0.05
_SHARE_IN_SMALL_DATA = 0.1
_MOST_NUMERIC_CLASSES = 1000


def problem_type(target: ColumnProfile, wanted: WantedType = "auto") -> ProblemType:
    """The type that is wanted, or the one that ``autogluon.core.utils.infer_problem_type`` infers.

    Two classes are two classes, also to who wants more.
    """
    if wanted == "regression":
        return "regression"
    if target.distinct == 2:
        return "binary"
    if wanted == "multiclass" or target.kind == "text":
        return "multiclass"
    large = target.present > _LARGE_DATA_ROWS
    share = _SHARE_IN_LARGE_DATA if large else _SHARE_IN_SMALL_DATA
    few = target.distinct <= min(share * target.present, _MOST_NUMERIC_CLASSES)
    return "multiclass" if few and target.whole_numbers else "regression"
