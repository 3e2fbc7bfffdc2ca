"""What the texts of each column mean, decided from all rows of both files.

Each file is read once as usual. Where a column turns out to be written in another way, such as
numbers with a unit, both files are read again, with that column's own reading.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.check.profile.column_counts import MOST_VALUES_COUNTED
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.kept_text import LONGEST_KEPT
from lambdas.check.profile.labels import (
    are_whole_numbers,
    is_plain_number,
    met_labels,
    same_labels,
)
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.profile.trained_file import TrainedColumn, TrainedFile
from lambdas.check.reading.column_reading import USUAL, ColumnReading
from lambdas.check.reading.missing_words import ALWAYS_MISSING, NO_NUMBERS, PERHAPS_MISSING
from lambdas.check.reading.number_form import FileSigns, NumberForm, number_form
from lambdas.wish import WantedType

# Up to so many different numbers with a unit are classes, unless a number is asked for.
FEW_VALUES = 20
_FEWEST_CLASSES = 2

Readings = Mapping[str, ColumnReading]


@dataclass(frozen=True)
class WantedTarget:
    """The column to predict, what kind of problem it is meant to be, and the words in it that mean
    that there is no label; None where the person has not said. ``is_default`` says that nobody has
    named the column."""

    name: str
    problem_type: WantedType = "auto"
    missing_labels: frozenset[str] | None = None
    is_default: bool = False


@dataclass(frozen=True)
class DecidedReadings:
    """The readings of the columns of both files that are not read as usual; ``decided`` has that of
    every column of the train file, whether it changes anything there or not."""

    train: Readings
    test: Readings
    decided: Readings


def column_readings(train: FileProfile, test: FileProfile, target: WantedTarget) -> DecidedReadings:
    """The readings of the columns of both files."""
    of_train, of_test = _decided(train, test, target)
    return DecidedReadings(_unusual(of_train, train), _unusual(of_test, test), of_train)


def readings_of_rows(rows: FileProfile, trained: TrainedFile) -> Readings:
    """The readings of the columns of new rows that are not read as usual: those of the training,
    with what only these rows have."""
    decided = {}
    for name, column in trained.columns.items():
        here = rows.columns.get(name)
        if here is None:
            continue
        if name == trained.target:
            decided[name] = _of_new_labels(here, column, trained)
        elif column.kind == "text" and not column.reading.form and not column.reading.as_text:
            decided[name] = _of_new_texts(here, column, trained.words)
        else:
            decided[name] = column.reading
    return _unusual(decided, rows)


def readings_of_parts(whole: FileProfile, target: WantedTarget) -> Readings:
    """The readings for parts of a file that was read: also those by which words are values as in
    the whole file, for among the numbers of a part alone they would stand for missing ones."""
    decided, _ = _decided(whole, whole, target)
    with_words = {n for n, c in whole.columns.items() if c.kind == "text" and c.words}
    told = {n: decided[n] for n in with_words if decided[n].missing is not None}
    return told | dict(_unusual(decided, whole))


def _decided(
    train: FileProfile, test: FileProfile, target: WantedTarget
) -> tuple[dict[str, ColumnReading], dict[str, ColumnReading]]:
    of_train: dict[str, ColumnReading] = {}
    of_test: dict[str, ColumnReading] = {}
    words = _words_among_numbers(train)
    telling = _columns_with_decimals(train, test)
    for name, column in train.columns.items():
        tested = test.columns.get(name)
        # Of which sign is before decimals, a column says nothing for itself.
        is_told = len(telling) > (name in telling)
        signs = FileSigns(train.format.decimal if is_told else "", train.format.delimiter)
        if name == target.name:
            of_train[name] = _of_target(column, target, signs, words)
            of_test[name] = _of_test_target(tested, of_train[name], column, target)
        else:
            of_train[name], of_test[name] = _of_feature(column, tested, signs, words)
    return of_train, of_test


def unclear_labels(train: FileProfile, target: WantedTarget) -> list[str]:
    """The words in the target that may be classes and may mean that there is no label, where
    nothing tells."""
    column = train.columns[target.name]
    if target.missing_labels is not None or is_of_numbers(column):
        return []
    words = [word for word in column.words if word in PERHAPS_MISSING]
    others = {s.strip() for s in column.spellings} - {*words}
    is_gap_known = column.missing > sum(column.missing_words[word] for word in words)
    are_signs = set(words) <= {"-"} and others == {"+"}
    if len(others) < _FEWEST_CLASSES or is_gap_known or are_signs:
        return []
    return [word for word in words if word not in _words_among_numbers(train)]


def is_of_numbers(column: ColumnProfile) -> bool:
    """Whether all values are numbers, but for words that stand for a missing one."""
    return bool(column.numbers) and column.texts == column.words_as_values


def _unusual(readings: Readings, file: FileProfile) -> Readings:
    """Those that change what was read."""
    return {
        name: reading
        for name, reading in readings.items()
        if name in file.columns and _changes(file.columns[name], reading)
    }


def _changes(column: ColumnProfile, reading: ColumnReading) -> bool:
    """Whether the column would be read differently from how it was read."""
    if reading.form or reading.same or (reading.as_text and column.numbers):
        return True
    if reading.missing is None:
        return False
    taken_for_missing = column.words_as_missing and not reading.missing >= NO_NUMBERS
    taken_for_values = column.words_as_values and not reading.missing.isdisjoint(column.words)
    return bool(taken_for_missing or taken_for_values or reading.missing - NO_NUMBERS)


def _columns_with_decimals(train: FileProfile, test: FileProfile) -> set[str]:
    """The columns that have a sign which can only be the one before decimals."""
    columns = [*train.columns.items(), *test.columns.items()]
    return {name for name, column in columns if column.thousandths.decimal}


def _of_new_texts(
    here: ColumnProfile, column: TrainedColumn, words: frozenset[str]
) -> ColumnReading:
    reading, spread = column.reading, column.spread
    if not spread or spread.is_date:
        return reading
    known = [text for text in spread.categories or () if len(text) < LONGEST_KEPT]
    found = _categories(here)
    same = {text: reading.same[text] for text in found if text in reading.same}
    met = met_labels((text for text in found if text not in same), known)
    missing = words if reading.missing is None else reading.missing
    return ColumnReading(missing, same=same | met)


def _of_new_labels(
    here: ColumnProfile, column: TrainedColumn, trained: TrainedFile
) -> ColumnReading:
    known = trained.classes if len(trained.classes) <= MOST_VALUES_COUNTED else {}
    is_of_classes = column.reading.as_text or trained.problem_type != "regression"
    return _of_labels(here, column.reading, list(known) if is_of_classes else [])


def _of_feature(
    column: ColumnProfile, tested: ColumnProfile | None, signs: FileSigns, words: frozenset[str]
) -> tuple[ColumnReading, ColumnReading]:
    if column.leading_zeros or (column.kind == "number" and tested and tested.leading_zeros):
        return (ColumnReading(frozenset(), as_text=True),) * 2
    if form := _form(column, signs):
        return (ColumnReading(NO_NUMBERS, form),) * 2
    if is_of_numbers(column) or _is_of_dates(column):
        return (ColumnReading(NO_NUMBERS if column.numbers else PERHAPS_MISSING),) * 2
    if not column.present:
        return USUAL, USUAL
    same, met = _same_categories(column, tested)
    return ColumnReading(words, same=same), ColumnReading(words, same=met)


def _same_categories(
    column: ColumnProfile, tested: ColumnProfile | None
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Categories that are others written differently, in the train file and in the test file."""
    in_train = _categories(column)
    same = same_labels(in_train)
    known = [text for text in in_train if text not in same]
    in_test = _categories(tested) if tested else {}
    met = {text: same[text] for text in in_test if text in same}
    return same, met | met_labels((text for text in in_test if text not in met), known)


def _categories(column: ColumnProfile) -> dict[str, int]:
    """The different texts of a column that has few, which are kept as they are; their rows were
    not counted."""
    texts = (column.categories or {}).values()
    return dict.fromkeys((text for text in texts if len(text) < LONGEST_KEPT), 1)


def _form(column: ColumnProfile, signs: FileSigns) -> NumberForm | None:
    """The form in which all numbers of a column are written that are not written plainly."""
    if not column.amount_texts or column.amount_texts < column.texts - column.words_as_values:
        return None
    form = number_form(column.amounts, signs)
    # Blocks of plain numbers alone were not looked at closely: they have no unit.
    told = sum(column.amounts.values())
    is_all = told == column.numbers + column.texts - column.words_as_values
    return form if form and (is_all or not (form.prefix or any(form.suffixes))) else None


def _is_of_dates(column: ColumnProfile) -> bool:
    others = column.texts - column.words_as_values
    return bool(others) and column.dates.count >= 0.95 * (others + column.numbers)


def _of_target(
    column: ColumnProfile, target: WantedTarget, signs: FileSigns, words: frozenset[str]
) -> ColumnReading:
    is_number_wanted = target.problem_type == "regression" or (
        target.problem_type == "auto" and column.distinct > FEW_VALUES
    )
    if is_number_wanted and not column.leading_zeros and (form := _form(column, signs)):
        return ColumnReading(NO_NUMBERS, form)
    missing = target.missing_labels
    if missing is None:
        missing = NO_NUMBERS if is_of_numbers(column) else words
    spellings = _without(column, missing)
    are_many = column.distinct > max(FEW_VALUES, column.present / 2)
    if not spellings or not column.counts_every_value or are_many:
        return ColumnReading(missing)
    if problem_type(column, target.problem_type) == "regression" and (
        target.problem_type == "regression" or not column.leading_zeros
    ):
        return ColumnReading(missing)
    same = same_labels(spellings)
    as_text = not are_whole_numbers(s for s in spellings if s not in same)
    return ColumnReading(missing, as_text=as_text, same=same if as_text else {})


def _of_test_target(
    tested: ColumnProfile | None,
    in_train: ColumnReading,
    column: ColumnProfile,
    target: WantedTarget,
) -> ColumnReading:
    if tested is None or in_train.missing is None or not column.present:
        return in_train
    spellings = _without(column, in_train.missing)
    is_of_classes = column.counts_every_value and (
        in_train.as_text or problem_type(column, target.problem_type) != "regression"
    )
    return _of_labels(tested, in_train, list(spellings) if is_of_classes else [])


def _of_labels(
    tested: ColumnProfile, in_train: ColumnReading, spellings: list[str]
) -> ColumnReading:
    """How labels are read that are not learned from.

    Args:
        tested: the column that has them.
        in_train: how those are read that are learned from.
        spellings: the classes as they are written there; empty where there are none, or too many.
    """
    if not spellings or in_train.form or in_train.missing is None:
        return in_train
    if not tested.counts_every_value:
        return in_train
    labels = [spelling for spelling in spellings if spelling not in in_train.same]
    found = _without(tested, in_train.missing)
    met = met_labels(found, labels)
    same = {s: label for s, label in {**met, **in_train.same}.items() if s in found}
    unknown = [s for s in found if s not in same and s not in labels]
    if not in_train.as_text:
        same = {s: label for s, label in same.items() if not is_plain_number(s)}
    nothing = {s.strip() for s in unknown} & NO_NUMBERS
    if len(unknown) == len(found) and _is_placeholder(unknown):
        nothing |= {s.strip() for s in unknown}
    return ColumnReading(in_train.missing | nothing, as_text=in_train.as_text, same=same)


def _is_placeholder(unknown: list[str]) -> bool:
    """Whether these labels stand where nobody knows the label: one number in all rows."""
    return len(unknown) == 1 and unknown[0].strip().removeprefix("-").isdecimal()


def _without(column: ColumnProfile, words: frozenset[str]) -> Counter[str]:
    """The rows for each spelling that is none of these words, nor one that always means nothing."""
    nothing = words | ALWAYS_MISSING
    return Counter({s: n for s, n in column.spellings.items() if s.strip() not in nothing})


def _words_among_numbers(train: FileProfile) -> frozenset[str]:
    """The words that stand for a missing number somewhere: they do so in the whole file, as what R
    writes does."""
    numbers = (column for column in train.columns.values() if is_of_numbers(column))
    words = {word for column in numbers for word in column.words}
    return PERHAPS_MISSING.intersection(words)
