"""What is to be said of the column to predict."""

from lambdas.check.findings.class_findings import class_findings
from lambdas.check.findings.finding import Finding, listed
from lambdas.check.findings.target_errors import (
    target_empty,
    target_errors,
    target_missing,
    words_for_missing,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.problem_type import WantedType, problem_type

# Up to so many whole numbers may be the names of classes.
_PERHAPS_CLASSES = 20


def target_findings(train: FileProfile, target: str, wanted: WantedType) -> list[Finding]:
    """The findings on the target column of the train file."""
    column = train.columns.get(target)
    if column is None:
        return [target_missing(train.file, train.format.columns, target)]
    if not column.present:
        return [target_empty(train.file, target)]
    if errors := target_errors(train.file, column, wanted):
        return errors
    findings = [_how_it_is_predicted(train.file, column, wanted)]
    if column.missing:
        findings.append(_partly_missing(train.file, column))
    if problem_type(column, wanted) == "regression":
        return findings + _number_warnings(train.file, column)
    return findings + class_findings(train.file, column)


def _how_it_is_predicted(file: str, column: ColumnProfile, wanted: WantedType) -> Finding:
    kind = problem_type(column, wanted)
    values = f"{column.distinct:,} different values in {column.present:,} rows"
    told = {
        "binary": f"It has two values, {listed(column.values)}: the model tells two classes apart.",
        "multiclass": f"It has {values}: the model tells {column.distinct:,} classes apart.",
        "regression": f"It has {values}, all of them numbers: the model predicts a number.",
    }
    return Finding(
        code="problem_type",
        severity="note",
        file=file,
        column=column.name,
        seen=told[kind],
        expected="",
        action=_other_type(column) if wanted == "auto" else "",
    )


def _other_type(column: ColumnProfile) -> str:
    """What to do where numbers may have been taken for what they are not."""
    kind = problem_type(column)
    if kind == "multiclass" and column.kind == "number":
        return "If these numbers are amounts, set the stack's parameter ProblemType to regression."
    if kind == "regression" and column.whole_numbers and column.distinct <= _PERHAPS_CLASSES:
        return "If these numbers are classes, set the stack's parameter ProblemType to multiclass."
    return ""


def _partly_missing(file: str, column: ColumnProfile) -> Finding:
    return _warning(
        file,
        column.name,
        "target_partly_missing",
        f"{column.missing:,} of {column.rows:,} rows have no value in the column to predict."
        f"{words_for_missing(column)}",
        "They can't be learned from and are left out.",
        "Fill them in if you know them.",
    )


def _number_warnings(file: str, column: ColumnProfile) -> list[Finding]:
    span = column.maximum - column.minimum + 1
    if not column.whole_numbers or column.distinct < column.present or span > column.present:
        return []
    return [
        _warning(
            file,
            column.name,
            "target_row_numbers",
            "The column to predict counts the rows: each whole number stands there once.",
            "A row number says nothing that a model could learn.",
            "Check that this is the column to predict.",
        )
    ]


def _warning(file: str, column: str, code: str, seen: str, expected: str, action: str) -> Finding:
    return Finding(code, "warning", file, seen, expected, action, column=column)
