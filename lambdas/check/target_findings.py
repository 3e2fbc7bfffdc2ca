"""What is to be said of the column to predict."""

from lambdas.check.column_profile import ColumnProfile
from lambdas.check.file_profile import FileProfile
from lambdas.check.finding import Finding, listed, shortened
from lambdas.check.nearest_name import nearest_name
from lambdas.check.problem_type import problem_type

FEWEST_ROWS = 10
_FEW_ROWS_OF_A_CLASS = 10
_MANY_CLASSES = 1000
# So few different values may be classes whatever they look like.
_FEW_VALUES = 20
_STRONG_IMBALANCE = 50
_MOSTLY = 0.9


def target_findings(train: FileProfile, target: str) -> list[Finding]:
    """The findings on the target column of the train file."""
    column = train.columns.get(target)
    if column is None:
        return [_target_missing(train.file, train.format.columns, target)]
    if not column.present:
        return [
            _error(
                train.file,
                target,
                "target_empty",
                "The column to predict has no value in any row.",
                "Each row to learn from needs its value.",
                "Fill it in and upload the file again.",
            )
        ]
    errors = [finding for finding in _errors(train.file, column) if finding]
    if errors:
        return errors
    findings = [_how_it_is_predicted(train.file, column)]
    if column.missing:
        findings.append(_partly_missing(train.file, column))
    if problem_type(column) == "regression":
        return findings + _number_warnings(train.file, column)
    return findings + _class_warnings(train.file, column)


def _target_missing(file: str, columns: list[str], target: str) -> Finding:
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


def _errors(file: str, column: ColumnProfile) -> list[Finding | None]:
    return [_one_class(file, column), _too_few_rows(file, column), *_not_learnable(file, column)]


def _one_class(file: str, column: ColumnProfile) -> Finding | None:
    if column.distinct > 1:
        return None
    only = shortened(next(iter(column.values)))
    return _error(
        file,
        column.name,
        "one_class",
        f"Every row that has a value has the same one, {only!r}.{_told_missing(column)}",
        "A model needs rows of at least two different values to tell them apart.",
        "Add rows with another value and upload the file again.",
    )


def _too_few_rows(file: str, column: ColumnProfile) -> Finding | None:
    if column.present >= FEWEST_ROWS:
        return None
    return _error(
        file,
        column.name,
        "too_few_rows",
        f"Only {column.present} row(s) have a value in the column to predict.",
        f"At least {FEWEST_ROWS} are needed, better some hundreds.",
        "Add rows and upload the file again.",
    )


def _not_learnable(file: str, column: ColumnProfile) -> list[Finding | None]:
    odd, many = column.odd_numbers, column.distinct > _FEW_VALUES
    is_odd = odd > _MOSTLY * column.texts and odd + column.numbers > _MOSTLY * column.present
    if is_odd and many:
        return [_not_plain_numbers(file, column)]
    if column.texts and column.numbers > _MOSTLY * column.present and many:
        return [_numbers_and_texts(file, column)]
    if column.kind == "text" and column.distinct > max(_FEW_VALUES, 0.5 * column.present):
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


def _how_it_is_predicted(file: str, column: ColumnProfile) -> Finding:
    kind = problem_type(column)
    values = f"{column.distinct:,} different values in {column.present:,} rows"
    told = {
        "binary": f"It has two values, {listed(column.values)}: the model tells two classes apart.",
        "multiclass": f"It has {values}: the model tells {column.distinct:,} classes apart.",
        "regression": f"It has {values}, all of them numbers: the model predicts a number.",
    }
    few = "If these numbers are amounts, not classes, more rows with more different values help."
    is_number = column.kind == "number" and kind == "multiclass"
    return Finding(
        code="problem_type",
        severity="note",
        file=file,
        column=column.name,
        seen=told[kind],
        expected="",
        action=few if is_number else "",
    )


def _partly_missing(file: str, column: ColumnProfile) -> Finding:
    return _warning(
        file,
        column.name,
        "target_partly_missing",
        f"{column.missing:,} of {column.rows:,} rows have no value in the column to predict."
        f"{_told_missing(column)}",
        "They can't be learned from and are left out.",
        "Fill them in if you know them.",
    )


def _told_missing(column: ColumnProfile) -> str:
    """Which words were taken for missing values, if any."""
    if not column.missing_words:
        return ""
    words = [f"{word!r} in {rows:,} rows" for word, rows in column.missing_words.most_common(5)]
    return (
        f" {', '.join(words)} stands for a missing value: if it is one of the classes, write it in "
        "another way, such as 'no finding' or with its full name, in both files."
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


def _class_warnings(file: str, column: ColumnProfile) -> list[Finding]:
    findings = []
    if alike := _classes_alike(column):
        findings.append(
            _warning(
                file,
                column.name,
                "classes_alike",
                f"{' and '.join(map(_quoted, alike))} are taken for different classes.",
                "A class must be written in the same way in every row; blanks and capital letters "
                "count.",
                "If they mean the same, write them alike in both files and upload them again.",
            )
        )
    rare = [v for v, rows in column.values.items() if rows < _FEW_ROWS_OF_A_CLASS]
    if rare:
        findings.append(
            _warning(
                file,
                column.name,
                "small_classes",
                f"{len(rare):,} class(es) have fewer than {_FEW_ROWS_OF_A_CLASS} rows: "
                f"{listed(rare)}.",
                "The model learns them badly or leaves them out.",
                "Add rows of these classes, or join them with others.",
            )
        )
    if column.kind == "text" and column.distinct > _MANY_CLASSES:
        findings.append(
            _warning(
                file,
                column.name,
                "many_classes",
                f"There are {column.distinct:,} classes.",
                "Training takes long and each class is learned from few rows.",
                "Join rare classes into one if you can.",
            )
        )
    most, least = max(column.values.values()), min(column.values.values())
    if column.counts_every_value and most > _STRONG_IMBALANCE * least and not rare:
        name = min(column.values, key=lambda value: column.values[value])
        findings.append(
            _warning(
                file,
                column.name,
                "imbalance",
                f"The class {shortened(name)!r} has {least:,} rows, the most frequent one "
                f"{most:,}.",
                "A model can be right nearly always without ever finding the rare class.",
                "Do not judge it by accuracy: set EvalMetric to balanced_accuracy, f1 or roc_auc.",
            )
        )
    return findings


def _classes_alike(column: ColumnProfile) -> list[str]:
    """The first classes that differ only by blanks, capital letters or the way of writing a
    number."""
    by_plain_value: dict[str | float, list[str]] = {}
    for value in column.values:
        by_plain_value.setdefault(_plain_value(value), []).append(value)
    return next((alike for alike in by_plain_value.values() if len(alike) > 1), [])


def _plain_value(value: str) -> str | float:
    try:
        return float(value)
    except ValueError:
        return " ".join(value.split()).casefold()


def _quoted(value: str) -> str:
    return repr(shortened(value))


def _examples(column: ColumnProfile) -> str:
    return listed([repr(shortened(text)) for text in column.examples], 3)


def _error(file: str, column: str, code: str, seen: str, expected: str, action: str) -> Finding:
    return Finding(code, "error", file, seen, expected, action, column=column)


def _warning(file: str, column: str, code: str, seen: str, expected: str, action: str) -> Finding:
    return Finding(code, "warning", file, seen, expected, action, column=column)
