"""How a single file is split: the rule that fits its columns and what is to be predicted."""

import numpy as np

from lambdas.check.profile.dated_rows import DatedRows
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.profile.row_keys import NO_CLASS, Codes
from lambdas.check.profile.row_split import (
    RowSplit,
    drawn,
    newest,
    rows_of_each_class,
    rows_to_test,
    whole_groups,
)
from lambdas.check.profile.single_profile import WholeFile
from lambdas.check.profile.times import as_written
from lambdas.wish import WantedType


def dated_rows(whole: WholeFile) -> DatedRows:
    """The rows by the column for times, which the file has."""
    are_numbers = whole.profile.columns[whole.keys.roles.time].kind == "number"
    times = whole.keys.times(are_numbers=are_numbers)
    return DatedRows(times, are_numbers, whole.keys.has_label)


def chosen_split(
    whole: WholeFile, target: str, wanted: WantedType, share: float
) -> RowSplit | None:
    """Which rows are tested; None where the rule that is asked for can't split them.

    Args:
        whole: the file, which has all columns that are named.
        target: the column to predict.
        wanted: what kind of problem it is meant to be.
        share: the share of the rows with a label to test with.
    """
    keys, roles = whole.keys, whole.keys.roles
    has_label = keys.has_label
    labelled = int(np.count_nonzero(has_label))
    tested = rows_to_test(labelled, share)
    if roles.time:
        return _by_time(dated_rows(whole), roles.time, tested)
    if roles.group:
        return _by_group(whole, roles.group, tested)
    classes = keys.classes
    if problem_type(whole.profile.columns[target], wanted) == "regression" or classes is None:
        every = np.where(has_label, 0, NO_CLASS).astype(np.int32)
        return RowSplit(drawn(every, np.array([tested])), "random", labelled)
    return RowSplit(drawn(classes, _of_each(classes, tested)), "stratified", labelled)


def _of_each(classes: Codes, tested: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    rows = np.bincount(classes[classes != NO_CLASS]).astype(np.int64)
    return rows_of_each_class(rows, tested)


def _by_time(rows: DatedRows, column: str, tested: int) -> RowSplit | None:
    found = newest(rows.times, rows.has_label, tested)
    if found is None:
        return None
    is_tested, oldest = found
    written = as_written(oldest, is_number=rows.are_numbers)
    return RowSplit(is_tested, "time", rows.labelled, column, oldest=written)


def _by_group(whole: WholeFile, column: str, tested: int) -> RowSplit | None:
    has_label = whole.keys.has_label
    found = whole_groups(whole.keys.groups, has_label, tested)
    if found is None:
        return None
    is_tested, learned, tested_groups = found
    labelled = int(np.count_nonzero(has_label))
    return RowSplit(is_tested, "group", labelled, column, groups=(learned, tested_groups))
