"""What is to be said of the columns to predict from, in the train file by itself."""

from collections.abc import Iterable

from lambdas.check.findings.finding import Finding, Severity, listed, shortened
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.row_names import is_identifier, names_rows


def feature_findings(train: FileProfile, target: str) -> list[Finding]:
    """The findings on the columns beside the target."""
    features = [column for name, column in train.columns.items() if name != target]
    usable = [c for c in features if c.present and not c.is_constant and not names_rows(c)]
    if not usable:
        return [_no_usable_column(train.file, features)]
    findings = []
    for column in features:
        found = _finding(train.file, column)
        if found:
            findings.append(found)
    return findings


def _no_usable_column(file: str, features: Iterable[ColumnProfile]) -> Finding:
    return Finding(
        code="no_usable_column",
        severity="error",
        file=file,
        seen="The columns beside the one to predict have one value only, or a name of its own in "
        f"each row: {listed(column.name for column in features)}.",
        expected="A model predicts from columns whose values differ, and come back in other rows.",
        action="Add such columns to both files and upload them again.",
    )


def _finding(file: str, column: ColumnProfile) -> Finding | None:
    odd = column.odd_numbers
    if not column.present:
        return _about(file, column, "empty_column", "note", *_EMPTY)
    if column.is_constant:
        value = shortened(column.examples[0]) if column.examples else f"{column.minimum:.15g}"
        return _about(file, column, "constant_column", "note", *_constant(column, value))
    if column.texts and odd > 0.9 * column.texts and odd + column.numbers > 0.9 * column.present:
        return _about(file, column, "not_plain_numbers", "warning", *_not_plain(column))
    if column.texts and column.numbers > 0.5 * column.present:
        return _about(file, column, "numbers_and_texts", "warning", *_mixed(column))
    if is_identifier(column):
        return _about(file, column, "identifier", "note", *_identifier(column))
    if column.is_date:
        return _about(file, column, "dates", "note", *_DATES)
    if column.is_free_text:
        return _about(file, column, "free_text", "note", *_FREE_TEXT)
    return None


_EMPTY = (
    "The column is empty in every row.",
    "A column helps where its values differ.",
    "It is left out; remove it, or fill it in.",
)
_DATES = (
    "The column holds dates.",
    "The model takes year, month, day and weekday from them.",
    "Nothing has to be done.",
)
_FREE_TEXT = (
    "The column holds free text.",
    "The model counts the words in it, which takes time and memory.",
    "Remove the column if it does not help to predict.",
)


def _constant(column: ColumnProfile, value: str) -> tuple[str, str, str]:
    empty = f" or is empty ({column.missing:,} rows)" if column.missing else ""
    return (
        f"Every row has the same value, {value!r}{empty}.",
        "A column helps where its values differ.",
        "It says little to the model; you may remove it.",
    )


def _not_plain(column: ColumnProfile) -> tuple[str, str, str]:
    return (
        "The column has numbers with thousands separators, units, or decimal commas that this file "
        f"does not use elsewhere, such as {_examples(column)}.",
        "What such signs mean is not guessed: the values are taken for names, not for amounts.",
        "Write the numbers plainly, like 1234.5, in both files and upload them again.",
    )


def _mixed(column: ColumnProfile) -> tuple[str, str, str]:
    return (
        f"{column.texts:,} value(s) are not numbers, such as {_examples(column)}; the other "
        f"{column.numbers:,} are.",
        "One such value makes the whole column names instead of amounts.",
        "Repair or empty these values, in both files, and upload them again.",
    )


def _identifier(column: ColumnProfile) -> tuple[str, str, str]:
    return (
        f"Nearly every row has a value of its own ({column.distinct:,} in {column.present:,} "
        "rows), like an identifier.",
        "A model can't learn from values that do not come back.",
        "You may remove the column.",
    )


def _examples(column: ColumnProfile) -> str:
    return listed([repr(shortened(text)) for text in column.examples], 3)


def _about(
    file: str,
    column: ColumnProfile,
    code: str,
    severity: Severity,
    seen: str,
    expected: str,
    action: str,
) -> Finding:
    return Finding(code, severity, file, seen, expected, action, column=column.name)
