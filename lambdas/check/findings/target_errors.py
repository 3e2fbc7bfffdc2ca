"""Why a column can't be predicted."""

from lambdas.check.findings.finding import Finding, listed, shortened
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.problem_type import WantedType
from lambdas.check.reading.nearest_name import nearest_name

_FEWEST_ROWS = 10
# So few different values may be classes whatever they look like.
_FEW_VALUES = 20
_MOSTLY = 0.9


def target_missing(file: str, columns: list[str], target: str) -> Finding:
    """The error for a target that is no column of the file."""
    near = nearest_name(target, columns)
    guess = f"Did you mean {shortened(near)!r}? " if near else ""
    return _error(
        file,
        target,
        "target_missing",
        f"There is no column named {shortened(target)!r}, the one to predict. {guess}"
        f"The columns are: {listed(columns, 15)}.",
        "The train file needs the column to predict, written exactly like this.",
        "Rename the column in both files, or set the stack's parameter TargetVariable to the "
        "name of the column to predict.",
    )


def target_empty(file: str, target: str) -> Finding:
    """The error for a target without any value."""
    return _error(
        file,
        target,
        "target_empty",
        "The column to predict has no value in any row.",
        "Each row to learn from needs its value.",
        "Fill it in and upload the file again.",
    )


def target_errors(file: str, column: ColumnProfile, wanted: WantedType) -> list[Finding]:
    """The errors of the target column of the train file, which has values."""
    unfit = _not_as_wanted(file, column, wanted) or _not_learnable(file, column, wanted)
    errors = [_one_class(file, column), _too_few_rows(file, column), *unfit]
    return [error for error in errors if error]


def _one_class(file: str, column: ColumnProfile) -> Finding | None:
    if column.distinct > 1:
        return None
    only = shortened(next(iter(column.values)))
    return _error(
        file,
        column.name,
        "one_class",
        f"Every row that has a value has the same one, {only!r}.{words_for_missing(column)}",
        "A model needs rows of at least two different values to tell them apart.",
        "Add rows with another value and upload the file again.",
    )


def _too_few_rows(file: str, column: ColumnProfile) -> Finding | None:
    if column.present >= _FEWEST_ROWS:
        return None
    return _error(
        file,
        column.name,
        "too_few_rows",
        f"Only {column.present} row(s) have a value in the column to predict.",
        f"At least {_FEWEST_ROWS} are needed, better some hundreds.",
        "Add rows and upload the file again.",
    )


def _not_as_wanted(file: str, column: ColumnProfile, wanted: WantedType) -> list[Finding]:
    if wanted == "binary" and column.distinct > 2:
        return [_not_two_classes(file, column)]
    if wanted == "regression" and column.kind == "text" and not _is_odd(column):
        return [_not_numbers(file, column)]
    if wanted == "multiclass" and column.kind == "number" and _hardly_repeats(column):
        return [_hardly_classes(file, column)]
    return []


def _not_two_classes(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "not_two_classes",
        f"There are {column.distinct:,} different values, such as {listed(column.values, 5)}.",
        "The stack's parameter ProblemType is binary, which needs exactly two.",
        "Correct the values, or set ProblemType to auto or multiclass.",
    )


def _not_numbers(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "target_not_numbers",
        f"{column.texts:,} row(s) have something that is not a number, such as "
        f"{_examples(column)}.",
        "The stack's parameter ProblemType is regression, which needs a number in every row, or "
        "nothing where it is not known.",
        "Repair or empty these values, or set ProblemType to auto or multiclass.",
    )


def _hardly_classes(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "hardly_classes",
        f"{column.distinct:,} different numbers stand in {column.present:,} rows, such as "
        f"{listed(column.values, 3)}.",
        "The stack's parameter ProblemType is multiclass, which needs several rows of each class.",
        "Set ProblemType to regression or auto to have the number itself predicted.",
    )


def _is_odd(column: ColumnProfile) -> bool:
    """Whether nearly all values are numbers, and nearly all that are not plain ones are odd."""
    odd = column.odd_numbers
    return odd > _MOSTLY * column.texts and odd + column.numbers > _MOSTLY * column.present


def _hardly_repeats(column: ColumnProfile) -> bool:
    """Whether the values are too many, and each too rare, to be classes."""
    return column.distinct > max(_FEW_VALUES, 0.5 * column.present)


def _not_learnable(file: str, column: ColumnProfile, wanted: WantedType) -> list[Finding]:
    many = column.distinct > _FEW_VALUES
    if _is_odd(column) and (many or wanted == "regression"):
        return [_not_plain_numbers(file, column)]
    if wanted == "regression":
        return []
    if column.texts and column.numbers > _MOSTLY * column.present and many:
        return [_numbers_and_texts(file, column)]
    if column.kind == "text" and _hardly_repeats(column):
        return [_identifier(file, column)]
    if column.distinct == 2 and min(column.values.values()) < 2:
        return [_single_row(file, column)]
    if column.kind == "text" and column.distinct == column.present:
        return [_single_rows(file, column)]
    return []


def _not_plain_numbers(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "target_not_plain_numbers",
        "The column to predict has numbers with thousands separators, units, or decimal commas "
        f"that this file does not use elsewhere, such as {_examples(column)}.",
        "A number to predict must be written plainly, like 1234.5.",
        "Remove the separators and units, write a decimal point and upload the file again.",
    )


def _numbers_and_texts(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "target_numbers_and_texts",
        f"{column.texts:,} row(s) have something that is not a number, such as "
        f"{_examples(column)}; the others are numbers.",
        "A number to predict must be a number in every row, or empty where it is not known.",
        "Repair or empty these values and upload the file again.",
    )


def _identifier(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "target_identifier",
        f"{column.distinct:,} different texts stand in {column.present:,} rows, such as "
        f"{listed(column.values, 3)}: that looks like an identifier, a date or free text.",
        "A model can learn a number, or classes of which each has many rows.",
        "Choose another column to predict (the stack's parameter TargetVariable), or group its "
        "values into classes.",
    )


def _single_row(file: str, column: ColumnProfile) -> Finding:
    rare = shortened(min(column.values, key=lambda value: column.values[value]))
    return _error(
        file,
        column.name,
        "class_too_small",
        f"Only one row has the value {rare!r}.",
        "A class needs at least two rows, one to learn from and one to check with; better dozens.",
        "Add rows of this class and upload the file again.",
    )


def _single_rows(file: str, column: ColumnProfile) -> Finding:
    return _error(
        file,
        column.name,
        "class_too_small",
        f"Each of the {column.distinct:,} values stands in one row only, such as "
        f"{listed(column.values, 3)}.",
        "A class needs at least two rows, one to learn from and one to check with; better dozens.",
        "Add rows of each class, or group the values into classes, and upload the file again.",
    )


def words_for_missing(column: ColumnProfile) -> str:
    """Which words were taken for missing values, if any."""
    if not column.missing_words:
        return ""
    words = [f"{word!r} in {rows:,} rows" for word, rows in column.missing_words.most_common(5)]
    return (
        f" {', '.join(words)} stands for a missing value: if it is one of the classes, write it in "
        "another way, such as 'no finding' or with its full name, in both files."
    )


def _examples(column: ColumnProfile) -> str:
    return listed([repr(shortened(text)) for text in column.examples], 3)


def _error(file: str, column: str, code: str, seen: str, expected: str, action: str) -> Finding:
    return Finding(code, "error", file, seen, expected, action, column=column)
