"""What is to be said of the classes of a column to predict."""

from lambdas.check.findings.finding import Finding, listed, shortened
from lambdas.check.profile.column_profile import ColumnProfile

_FEW_ROWS_OF_A_CLASS = 10
_MANY_CLASSES = 1000
_STRONG_IMBALANCE = 50


def class_findings(file: str, column: ColumnProfile) -> list[Finding]:
    """The warnings on the classes and their rows."""
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


def _warning(file: str, column: str, code: str, seen: str, expected: str, action: str) -> Finding:
    return Finding(code, "warning", file, seen, expected, action, column=column)
