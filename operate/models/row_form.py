"""What a person can fill in for one row: the columns that a model has learned from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
    share of rows of the training that have no value. ``example`` is a value of the training where
    none is typical, because they are dates, sentences or names of rows, and ``is_date`` that they
    are dates.
    """

    name: str
    is_number: bool
    typical: Typical | None
    choices: tuple[str, ...] = ()
    range: tuple[str, str] | None = None
    missing: float | None = None
    example: str = ""
    is_date: bool = False

    @property
    def default(self) -> str:
        """What stands there at first."""
        if self.typical:
            return self.typical.text
        return self.example if self.is_date else ""

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
    told = {str(column["name"]): column for column in trained.told}
    return [_field(trained.columns[name], told[name], decimal) for name in trained.features]


def _field(column: TrainedColumn, told: Mapping[str, Any], decimal: str) -> Field:
    spread, is_number = column.spread, column.kind != "text"
    if spread is None:
        return Field(column.name, is_number, None)
    missing = spread.missing / spread.rows
    if spread.numbers is not None:
        middle = _middle(spread.numbers)
        typical = Typical(middle, _written(middle, column, decimal), "near the median")
        ends = told.get("minimum"), told.get("maximum")
        low, high = ("" if end is None else _written(end, column, decimal) for end in ends)
        ends_told = (low, high) if low and high else None
        return Field(column.name, is_number, typical, range=ends_told, missing=missing)
    choices = _choices(spread.categories or {})
    first = choices[0] if choices else ""
    if spread.are_names or not choices:
        return Field(
            column.name, is_number, None, missing=missing, example=first, is_date=spread.is_date
        )
    typical = Typical(first, first, "most frequent")
    return Field(column.name, is_number, typical, choices=choices, missing=missing)


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
