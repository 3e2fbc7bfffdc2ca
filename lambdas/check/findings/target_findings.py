"""What is to be said of the column to predict."""

from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.class_findings import class_findings
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.findings.reading_findings import reading_findings
from lambdas.check.findings.target_errors import missing_words, target_errors, target_missing
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.column_readings import WantedTarget
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.reading.fact import Phrase
from lambdas.wish import WantedType

# Up to so many whole numbers may be the names of classes.
_PERHAPS_CLASSES = 20


def target_findings(train: FileProfile, target: WantedTarget) -> list[Finding]:
    """The findings on the target column of the train file."""
    column, wanted = train.columns.get(target.name), target.problem_type
    if column is None:
        return [target_missing(train.format.columns, target.name)]
    if not column.present:
        return [found(TargetFinding.target_empty, column=target.name)]
    if errors := target_errors(train, target):
        return errors
    findings = [_how_it_is_predicted(column, wanted), *reading_findings(column)]
    if column.missing:
        findings.append(
            found(
                TargetFinding.target_partly_missing,
                column=target.name,
                missing=column.missing,
                rows=column.rows,
                missing_words=missing_words(column),
            )
        )
    if problem_type(column, wanted) != "regression":
        return findings + class_findings(column)
    if _counts_the_rows(column):
        findings.append(found(TargetFinding.target_row_numbers, column=target.name))
    return findings


def _how_it_is_predicted(column: ColumnProfile, wanted: WantedType) -> Finding:
    return found(
        TargetFinding.problem_type,
        case=problem_type(column, wanted),
        column=column.name,
        values=list(column.values),
        distinct=column.distinct,
        rows=column.present,
        doubt=_doubt(column) if wanted == "auto" else None,
    )


def _doubt(column: ColumnProfile) -> Phrase | None:
    """What numbers may be besides what they were taken for."""
    kind = problem_type(column)
    if kind == "multiclass" and column.kind == "number":
        return Phrase("amounts")
    if kind == "regression" and column.whole_numbers and column.distinct <= _PERHAPS_CLASSES:
        return Phrase("classes")
    return None


def _counts_the_rows(column: ColumnProfile) -> bool:
    span = column.maximum - column.minimum + 1
    return column.whole_numbers and column.distinct >= column.present and span <= column.present
