"""What a person can fill in for one row: the columns that a model has learned from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lambdas.check.profile.spread import NumberSpread
from lambdas.check.profile.trained_file import TrainedColumn, TrainedFile

# More are not offered, but may be typed.
_MOST_CHOICES = 300
_LARGEST_PLAIN = 1e15

How = Literal["near the median", "most frequent", ""]


@dataclass(frozen=True)
class Typical:
    """A value as the model gets it, how it is written in a file, and why it is typical."""

    value: float | str
    text: str
    how: How


@dataclass(frozen=True)
class Field:
    """A column that can be filled in.

    ``choices`` are the texts of the training, the most frequent first, ``range`` its least and its
    greatest number as they are written, both empty where they are not known; ``missing`` is the
    share of rows of the training that have no value, and ``are_names`` says that other values are
    to be expected than those of the training.
    """

    name: str
    is_number: bool
    typical: Typical | None
    choices: tuple[str, ...] = ()
    range: tuple[str, str] | None = None
    missing: float | None = None
    are_names: bool = False

    @property
    def default(self) -> str:
        """What stands there at first."""
        return self.typical.text if self.typical else ""

    def is_typical(self, text: str) -> bool:
        """Whether the text is the typical value."""
        if self.typical is None or text.strip() == self.typical.text:
            return self.typical is not None
        try:
            return self.is_number and float(text) == self.typical.value
        except ValueError:
            return False


def fields_of(trained: TrainedFile) -> list[Field]:
    """The columns that the model has learned from, in the order of the train file."""
    decimal = str(trained.format["decimal"])
    return [_field(trained.columns[name], decimal) for name in trained.features]


def _field(column: TrainedColumn, decimal: str) -> Field:
    spread, is_number = column.spread, column.kind != "text"
    if spread is None:
        return Field(column.name, is_number, None)
    missing = spread.missing / spread.rows
    if spread.numbers is not None:
        numbers = spread.numbers
        ends = (numbers.values[0], numbers.values[-1])
        low, high = (_written(end, column, decimal) for end in ends)
        middle = _middle(numbers)
        typical = Typical(middle, _written(middle, column, decimal), "near the median")
        return Field(column.name, is_number, typical, range=(low, high), missing=missing)
    choices = _choices(spread.categories or {})
    frequent = choices[0] if choices and not spread.are_names else None
    return Field(
        column.name,
        is_number,
        None if frequent is None else Typical(frequent, frequent, "most frequent"),
        choices=() if spread.are_names else choices,
        missing=missing,
        are_names=spread.are_names,
    )


def _choices(categories: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(categories, key=lambda text: -categories[text])[:_MOST_CHOICES])


def _middle(numbers: NumberSpread) -> float:
    """The least of the numbers that half of the rows do not exceed."""
    half = numbers.rows / 2
    return next(
        value for value, rows in zip(numbers.values, numbers.at_most, strict=True) if rows >= half
    )


def _written(number: float, column: TrainedColumn, decimal: str) -> str:
    """The number as the column's numbers are written."""
    form = column.reading.form
    is_plain = math.isfinite(number) and abs(number) < _LARGEST_PLAIN
    digits = np.format_float_positional(number, trim="-") if is_plain else repr(number)
    if form is None:
        return digits.replace(".", decimal)
    suffix = "" if "" in form.suffixes or not form.suffixes else form.suffixes[0]
    return f"{form.prefix}{digits.replace('.', form.decimal)}{suffix}"
