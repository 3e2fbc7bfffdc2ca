"""What a model predicts for one row, and how that depends on each value.

The row is checked and read as a file of this one row would be, so the answer is the file's.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from lambdas.check.findings.finding import Finding
from lambdas.check.reading.source import Source
from lambdas.check.rows_check import RowsCheck, TrainedFile, rows_check
from operate.language import spoken
from operate.models.row_form import Field, How, fields_of
from operate.models.row_model import Answers, Instead, OneRow, RowModel

_FILE = "row.csv"
_SECONDS = 60.0
_PROBABILITY = "probability of "
# What the check says of files, and means nothing for one row.
_OF_FILES = {"all_alike", "repeated_rows", "spread_changed", "columns_respelled"}

Row = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What is predicted for a row, in the texts that a file of predictions has.

    ``probabilities`` are those of all classes, empty where a number is predicted.
    """

    prediction: str
    probabilities: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether a number is predicted."""
        return not self.probabilities

    def of(self, label: str) -> float:
        """The probability of the class ``label``, or the number that is predicted."""
        return float(self.probabilities.get(label, "nan") if label else self.prediction)

    @property
    def label(self) -> str:
        """The class that is predicted; empty for a number."""
        return "" if self.is_number else self.prediction

    @property
    def is_most_probable(self) -> bool:
        """Whether no other class has a greater probability: a threshold may decide otherwise."""
        return self.is_number or self.of(self.label) == max(map(self.of, self.probabilities))


@dataclass(frozen=True)
class Reason:
    """What would be predicted if the ``column`` had its typical value and all others stayed.

    ``value`` is the probability of the class that is predicted for the row, or the number, and
    ``change`` is what the row's own value adds to it.
    """

    column: str
    here: str
    typical: str
    how: How
    outcome: Outcome
    value: float
    change: float

    @property
    def size(self) -> float:
        """How large the change is, in either direction."""
        return abs(self.change)


@dataclass(frozen=True)
class RowAnswer:
    """The answer for a row, and for the row that it is ``compared`` with, if any.

    ``reasons`` are of the columns whose value is not the typical one, the largest change first,
    ``usual`` the columns that have it, ``untold`` those without a typical value, and ``unused``
    those that the model does not use. ``remarks`` are what the check says of values, by column.
    """

    outcome: Outcome
    compared: Outcome | None
    reasons: Sequence[Reason]
    usual: Sequence[str]
    untold: Sequence[str]
    unused: Sequence[str]
    remarks: Mapping[str, Sequence[str]]


class RowRefused(Exception):
    """A row that can't be predicted; ``remarks`` say why, by column, and under "" of the row."""

    def __init__(self, remarks: Mapping[str, Sequence[str]]) -> None:
        super().__init__(" ".join(text for texts in remarks.values() for text in texts))
        self.remarks = remarks


def answer_for(model: RowModel, row: Row, compared: Row | None = None) -> RowAnswer:
    """What the model predicts for the row.

    Args:
        model: the model, which may still be loading.
        row: the text of each of its columns, as in a file; one that is not there is empty.
        compared: another row, which is answered, too, if it can be.

    Raises:
        RowRefused: the row can't be predicted.
        CannotDo: the model can't be loaded, or does not answer.
    """
    trained = model.model.trained
    fields = fields_of(trained)
    asked, check = _read(trained, fields, row)
    rows = [asked]
    if compared is not None:
        with suppress(RowRefused):
            rows.append(_read(trained, fields, compared)[0])
    used = model.used()
    replaced = [each for each in fields if _is_replaced(each, row, used)]
    answers = model.ask(rows, [_instead(each) for each in replaced])
    outcome, *others = (_outcome(answers, texts) for texts in answers.rows)
    reasons = [
        _reason(each, row, outcome, _outcome(answers, texts))
        for each, texts in zip(replaced, answers.instead, strict=True)
    ]
    warnings = [found for found in check.warnings if found.code not in _OF_FILES]
    return RowAnswer(
        outcome=outcome,
        compared=others[0] if others else None,
        reasons=sorted(reasons, key=lambda one: -one.size),
        usual=[e.name for e in fields if e.name in used and e.is_typical(row.get(e.name, ""))],
        untold=[each.name for each in fields if each.name in used and not each.typical],
        unused=[each.name for each in fields if each.name not in used],
        remarks=_remarks(check, warnings),
    )


def _read(trained: TrainedFile, fields: Sequence[Field], row: Row) -> tuple[OneRow, RowsCheck]:
    """The row as a file, and what the check has found in it.

    Raises:
        RowRefused: no value is filled in, or the check has found errors.
    """
    values = [row.get(each.name, "") for each in fields]
    if not any(value.strip() for value in values):
        raise RowRefused({"": [spoken("Fill in at least one value.")]})
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=str(trained.format["delimiter"]), quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    writer.writerows([[each.name for each in fields], values])
    body = text.getvalue().encode("utf-8", "replace")
    source = Source(_FILE, len(body), lambda limits: io.BytesIO(body[limits[0] if limits else 0 :]))
    check = rows_check(source, trained, lambda: _SECONDS)
    if check.errors:
        raise RowRefused(_remarks(check, check.errors))
    return OneRow(body.decode(), check.as_json()), check


def _remarks(check: RowsCheck, findings: Sequence[Finding]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for found in findings:
        told.setdefault(found.column or "", []).append(_in_words(found, check))
    return told


def _in_words(found: Finding, check: RowsCheck) -> str:
    """The finding for one value, where the check speaks of a whole column."""
    column = check.trained.columns.get(found.column or "")
    spread = column.spread if column else None
    match found.code:
        case "texts_for_numbers":
            return spoken("This is not a number as in the training.")
        case "unseen_values":
            return spoken("This value never occurred in the training: the model does not know it.")
        case "empty_now" | "missing_now" if spread:
            return spoken(
                "There is no value; in the training {share:.1%} of the rows had one.",
                share=1 - spread.missing / spread.rows,
            )
        case "numbers_for_texts":
            return spoken("This is a number; in the training no value was one.")
        case "no_dates":
            return spoken("This is not a date as in the training.")
    return found.seen


def _is_replaced(each: Field, row: Row, used: frozenset[str]) -> bool:
    has_typical = each.typical is not None and each.name in used
    return has_typical and not each.is_typical(row.get(each.name, ""))


def _instead(each: Field) -> Instead:
    assert each.typical
    return Instead(each.name, each.typical.value)


def _outcome(answers: Answers, texts: Sequence[str | None]) -> Outcome:
    prediction, *probabilities = (text or "" for text in texts)
    labels = [name.removeprefix(_PROBABILITY) for name in answers.names[1:]]
    return Outcome(prediction, dict(zip(labels, probabilities, strict=True)))


def _reason(each: Field, row: Row, outcome: Outcome, instead: Outcome) -> Reason:
    assert each.typical
    value = instead.of(outcome.label)
    return Reason(
        column=each.name,
        here=row.get(each.name, ""),
        typical=each.typical.text,
        how=each.typical.how,
        outcome=instead,
        value=value,
        change=outcome.of(outcome.label) - value,
    )
