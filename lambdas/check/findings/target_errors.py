"""Why a column can't be predicted."""

from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.findings.outlier_findings import target_out_of_range
from lambdas.check.findings.reading_findings import (
    as_decimal,
    sign_is_known,
    words_in_rows,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.column_readings import WantedTarget, unclear_labels
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.nearest_name import code_points, look_alike, nearest_name
from lambdas.wish import WantedType

_FEWEST_ROWS = 10
# So few different values may be classes whatever they look like.
_FEW_VALUES = 20
_MOSTLY = 0.9


def target_missing(columns: list[str], target: str) -> Finding:
    """The error for a target that is not a column of the file."""
    return found(
        TargetFinding.target_missing,
        column=target,
        target=target,
        guess=_guess(target, nearest_name(target, columns)),
        columns=columns,
    )


def _guess(target: str, near: str | None) -> Phrase | None:
    """Which column may be meant, and what is different where that can't be seen."""
    if near is None:
        return None
    if not look_alike(target, near):
        return Phrase("nearest", name=near)
    asked, there = code_points(target, near)
    return Phrase("looks_alike", name=near, there=there, asked=asked)


def target_errors(train: FileProfile, target: WantedTarget) -> list[Finding]:
    """The errors of the target column of the train file, which has values."""
    column, wanted = train.columns[target.name], target.problem_type
    unfit = (
        _unclear_labels(train, target)
        or _not_as_wanted(column, wanted)
        or _not_learnable(column, wanted)
        or _infinite(column, target)
        or _perhaps_thousands(train, target)
        or _out_of_range(column, wanted)
    )
    errors = [_one_class(column), _too_few_rows(column), unfit]
    return [error for error in errors if error]


def _out_of_range(column: ColumnProfile, wanted: WantedType) -> Finding | None:
    is_amount = column.kind == "number" and problem_type(column, wanted) == "regression"
    return target_out_of_range(column) if is_amount else None


def missing_words(column: ColumnProfile) -> Phrase | None:
    """Which words were taken for missing values, if any."""
    if not column.missing_words:
        return None
    words = words_in_rows(column.missing_words)
    return Phrase("stand_for_missing", words=words, count=len(words))


def _unclear_labels(train: FileProfile, target: WantedTarget) -> Finding | None:
    column, unclear = train.columns[target.name], unclear_labels(train, target)
    if not unclear:
        return None
    words = words_in_rows({word: column.words[word] for word in unclear})
    return found(TargetFinding.unclear_labels, column=column.name, words=words, count=len(unclear))


def _perhaps_thousands(train: FileProfile, target: WantedTarget) -> Finding | None:
    column = train.columns[target.name]
    is_number = problem_type(column, target.problem_type) == "regression"
    is_certain = not column.thousandths.may_be_thousands or sign_is_known(train, column.name)
    if not is_number or is_certain:
        return None
    grouped, sign = column.thousandths.grouped, train.format.decimal
    return found(
        TargetFinding.target_perhaps_thousands,
        column=column.name,
        grouped=grouped,
        sign=Phrase(sign),
        read=as_decimal(grouped, sign),
    )


def _one_class(column: ColumnProfile) -> Finding | None:
    if column.distinct > 1:
        return None
    return found(
        TargetFinding.one_class,
        column=column.name,
        only=next(iter(column.values)),
        missing_words=missing_words(column),
    )


def _too_few_rows(column: ColumnProfile) -> Finding | None:
    if column.present >= _FEWEST_ROWS:
        return None
    return found(
        TargetFinding.too_few_rows, column=column.name, rows=column.present, fewest=_FEWEST_ROWS
    )


def _not_as_wanted(column: ColumnProfile, wanted: WantedType) -> Finding | None:
    if wanted == "binary" and column.distinct > 2:
        return found(
            TargetFinding.not_two_classes,
            column=column.name,
            distinct=column.distinct,
            values=list(column.values),
        )
    if wanted == "regression" and column.kind == "text" and not _is_odd(column):
        return found(
            TargetFinding.target_not_numbers,
            case="texts" if column.texts else "long",
            column=column.name,
            rows=column.texts,
            examples=column.examples or list(column.spellings),
        )
    if wanted == "multiclass" and column.kind == "number" and _hardly_repeats(column):
        return found(
            TargetFinding.hardly_classes,
            column=column.name,
            about=None if column.is_distinct_exact else Phrase("estimated"),
            distinct=column.distinct,
            rows=column.present,
            values=list(column.values),
        )
    return None


def _is_odd(column: ColumnProfile) -> bool:
    """Whether nearly all values are numbers, and nearly all that are not plain ones are odd."""
    odd = column.odd_numbers
    return odd > _MOSTLY * column.texts and odd + column.numbers > _MOSTLY * column.present


def _hardly_repeats(column: ColumnProfile) -> bool:
    """Whether the values are too many, and each too rare, to be classes."""
    return column.distinct > max(_FEW_VALUES, 0.5 * column.present)


def _infinite(column: ColumnProfile, target: WantedTarget) -> Finding | None:
    """The error for infinite numbers, unless the person has said that they mean nothing."""
    words = column.infinite.keys() - (target.missing_labels or frozenset())
    if not words:
        return None
    return found(
        TargetFinding.target_numbers_and_texts,
        column=column.name,
        rows=sum(column.infinite[word] for word in words),
        examples=sorted(words),
    )


def _not_learnable(column: ColumnProfile, wanted: WantedType) -> Finding | None:
    many = column.distinct > _FEW_VALUES
    if _is_odd(column) and (many or wanted == "regression"):
        return found(
            TargetFinding.target_not_plain_numbers, column=column.name, examples=column.examples
        )
    if wanted == "regression":
        return None
    if column.texts and column.numbers > _MOSTLY * column.present and many:
        return found(
            TargetFinding.target_numbers_and_texts,
            column=column.name,
            rows=column.texts,
            examples=column.examples,
        )
    if column.kind == "text" and _hardly_repeats(column):
        return found(
            TargetFinding.target_identifier,
            column=column.name,
            about=None if column.is_distinct_exact else Phrase("estimated"),
            distinct=column.distinct,
            rows=column.present,
            values=list(column.values),
        )
    if column.distinct == 2 and min(column.values.values()) < 2:
        rare = min(column.values, key=lambda value: column.values[value])
        return found(
            TargetFinding.class_too_small, case="one_of_two", column=column.name, rare=rare
        )
    if column.kind == "text" and column.distinct == column.present:
        return found(
            TargetFinding.class_too_small,
            case="each",
            column=column.name,
            classes=column.distinct,
            values=list(column.values),
        )
    return None
