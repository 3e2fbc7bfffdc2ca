"""What is to be said of the column to predict."""

from typing import Literal

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
# Other numbers may be, too, if each stands in so many rows on average.
_ROWS_OF_A_CLASS = 5
_YEARS = 1800, 2100


def target_findings(train: FileProfile, target: WantedTarget) -> list[Finding]:
    """The findings on the target column of the train file."""
    column, wanted = train.columns.get(target.name), target.problem_type
    if column is None:
        return [target_missing(train.format.columns, target.name)]
    if not column.present:
        return [found(TargetFinding.target_empty, column=target.name)]
    if errors := target_errors(train, target):
        return errors
    findings = [_how_it_is_predicted(column, wanted)]
    # Which words mean that a label is missing is said where the labels are missing.
    findings += [f for f in reading_findings(column) if f.code != "words_for_missing"]
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
    row_numbers = _row_numbers(column)
    return [*findings, row_numbers] if row_numbers else findings


def target_found(name: str, asked: str, test: str) -> Finding:
    """The note that another column is predicted than the one that nobody has named."""
    return found(TargetFinding.target_found, column=name, asked=asked, test=test)


def _how_it_is_predicted(column: ColumnProfile, wanted: WantedType) -> Finding:
    doubt = _doubt(column) if wanted == "auto" else None
    is_strong = doubt is not None and (
        doubt == "years" or (doubt == "amounts" and column.distinct > _PERHAPS_CLASSES)
    )
    return found(
        TargetFinding.problem_type,
        case=problem_type(column, wanted),
        is_mild=not is_strong,
        column=column.name,
        values=list(column.values),
        about=None if column.is_distinct_exact else Phrase("estimated"),
        distinct=column.distinct,
        rows=column.present,
        doubt=Phrase(doubt) if doubt else None,
    )


def _doubt(column: ColumnProfile) -> Literal["years", "amounts", "classes"] | None:
    """What numbers may be besides what they were taken for."""
    kind = problem_type(column)
    if kind == "multiclass" and column.kind == "number":
        return "years" if _look_like_years(column) else "amounts"
    few = column.distinct <= _PERHAPS_CLASSES
    repeat = column.whole_numbers or column.distinct * _ROWS_OF_A_CLASS <= column.present
    return "classes" if kind == "regression" and few and repeat else None


def _look_like_years(column: ColumnProfile) -> bool:
    return _YEARS[0] <= column.minimum and column.maximum <= _YEARS[1]


def _row_numbers(column: ColumnProfile) -> Finding | None:
    span = column.maximum - column.minimum + 1
    if not column.whole_numbers or column.distinct < column.present or span > column.present:
        return None
    return found(
        TargetFinding.target_row_numbers,
        column=column.name,
        each=None if column.is_distinct_exact else Phrase("nearly"),
        least=f"{column.minimum:.0f}",
        most=f"{column.maximum:.0f}",
    )
