"""How the values of a column of the train file are spread, as far as new rows are compared with it.

It is kept beside the model, where the train file is not: a few numbers for each column, the fewer
the more columns there are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.ordered import different
from lambdas.check.profile.row_names import is_identifier
from lambdas.check.profile.short_number import short_number
from lambdas.check.reading.column_reading import ColumnReading
from lambdas.check.reading.missing_words import NO_NUMBERS, PERHAPS_MISSING

# For a table of up to 400 columns; beyond, they share these.
_MOST_POINTS = 50
_FEWEST_POINTS = 10
_POINTS_OF_ALL = 20_000
# The characters of all categories of one column, and those that the columns share.
_LONGEST_CATEGORIES = 60_000
_LONGEST_OF_ALL = 2_000_000
# Words that many columns have in common, by one name.
_COMMON_WORDS = {"numbers": NO_NUMBERS, "perhaps": PERHAPS_MISSING}

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NumberSpread:
    """Some of a column's numbers, in order and with few digits, and how many of ``rows`` rows have
    a smaller number and one that is at most as large; ``is_sample`` says that these are not all
    rows of the file."""

    values: Sequence[float]
    below: Sequence[int]
    at_most: Sequence[int]
    rows: int
    is_sample: bool

    @classmethod
    def of_numbers(cls, numbers: Numbers, most: int, *, is_sample: bool) -> Self | None:
        """The spread of these numbers, told by up to ``most`` of them; None where there is none."""
        if not len(numbers):
            return None
        ordered = np.sort(numbers)
        places = np.linspace(0, len(ordered) - 1, most).round().astype(int)
        values = np.array(_short(different(ordered[places]), different(ordered)))
        return cls(
            values.tolist(),
            np.searchsorted(ordered, values, "left").tolist(),
            np.searchsorted(ordered, values, "right").tolist(),
            len(ordered),
            is_sample,
        )

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What :meth:`as_json` wrote."""
        found = cls(
            [float(value) for value in told["values"]],
            [int(count) for count in told["below"]],
            [int(count) for count in told["at_most"]],
            int(told["rows"]),
            bool(told["is_sample"]),
        )
        lengths = {len(found.values), len(found.below), len(found.at_most)}
        if len(lengths) > 1 or found.rows < 1 or not np.isfinite(found.values).all():
            raise ValueError(lengths)
        return found

    def as_json(self) -> dict[str, Any]:
        """The spread for check.json."""
        return {
            "values": list(self.values),
            "below": list(self.below),
            "at_most": list(self.at_most),
            "rows": self.rows,
            "is_sample": self.is_sample,
        }


def _short(values: Numbers, all_values: Numbers) -> list[float]:
    """The values, each with as few digits as tell it from the next greater one: whatever is said of
    one is true of the other, and people read it."""
    following = np.append(all_values, np.inf)[np.searchsorted(all_values, values, "right")]
    pairs = zip(values.tolist(), following.tolist(), strict=True)
    return [float(short_number(value, next_one)) for value, next_one in pairs]


@dataclass(frozen=True)
class Spread:
    """What new rows of a column are compared with.

    Of ``rows`` rows, ``missing`` have no value. ``categories`` has the rows for each different
    text, None where they are too many or too long to be kept; ``numbers`` is None where the column
    is not one of numbers. ``are_names`` says that the values name rows or are dates or sentences,
    so that others are to be expected. ``words`` stand for a missing value somewhere in the column.
    ``missing_words`` and ``as_text`` are how its texts are read
    (:class:`~lambdas.check.reading.column_reading.ColumnReading`), whether that changed anything in
    the train file or not. ``written`` is a number as it stands there if not plainly, else empty.
    """

    rows: int
    missing: int
    numbers: NumberSpread | None
    categories: Mapping[str, int] | None
    has_numbers: bool
    is_date: bool
    are_names: bool
    words: Collection[str]
    missing_words: Collection[str] | None
    as_text: bool
    written: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What :meth:`as_json` wrote."""
        categories, numbers, words = told["categories"], told["numbers"], told["missing_words"]
        if int(told["rows"]) < 1:
            raise ValueError(told["rows"])
        return cls(
            rows=int(told["rows"]),
            missing=int(told["missing"]),
            numbers=NumberSpread.of(numbers) if numbers else None,
            categories=None
            if categories is None
            else {str(text): int(rows) for text, rows in categories.items()},
            has_numbers=bool(told["has_numbers"]),
            is_date=bool(told["is_date"]),
            are_names=bool(told["are_names"]),
            words=[str(word) for word in told["words"]],
            missing_words=_COMMON_WORDS[words] if isinstance(words, str) else words and list(words),
            as_text=bool(told["as_text"]),
            written=str(told["written"]),
        )

    def as_json(self) -> dict[str, Any]:
        """The spread for check.json."""
        words = self.missing_words
        common = [name for name, known in _COMMON_WORDS.items() if known == words]
        return {
            "rows": self.rows,
            "missing": self.missing,
            "numbers": self.numbers.as_json() if self.numbers else None,
            "categories": None if self.categories is None else dict(self.categories),
            "has_numbers": self.has_numbers,
            "is_date": self.is_date,
            "are_names": self.are_names,
            "words": sorted(self.words),
            "missing_words": common[0] if common else None if words is None else sorted(words),
            "as_text": self.as_text,
            "written": self.written,
        }


def trained_columns(
    train: FileProfile, readings: Mapping[str, ColumnReading]
) -> list[dict[str, Any]]:
    """The columns of the train file for check.json, with their spread.

    Args:
        train: the train file.
        readings: how its columns are read, whether that changes anything in it or not.
    """
    count = max(1, len(train.columns))
    points = max(_FEWEST_POINTS, min(_MOST_POINTS, _POINTS_OF_ALL // count))
    longest = min(_LONGEST_CATEGORIES, _LONGEST_OF_ALL // count)
    sampled = train.sample.columns if train.rows else {}
    told = []
    for name, column in train.columns.items():
        numbers = sampled[name].numbers if name in sampled else None
        spread = Spread(
            rows=column.rows,
            missing=column.missing,
            numbers=None
            if numbers is None or column.kind != "number"
            else NumberSpread.of_numbers(
                numbers[~np.isnan(numbers)], points, is_sample=not train.sample.is_whole
            ),
            categories=_categories(column, longest),
            has_numbers=column.numbers > 0,
            is_date=column.is_date,
            are_names=column.is_date or column.is_free_text or is_identifier(column),
            words=column.words.keys() & PERHAPS_MISSING,
            missing_words=readings[name].missing if name in readings else None,
            as_text=name in readings and readings[name].as_text,
            written=column.examples[0] if column.reading.form and column.examples else "",
        )
        told.append({**column.as_json(), "spread": spread.as_json()})
    return told


def _categories(column: ColumnProfile, longest: int) -> dict[str, int] | None:
    """The rows for each text, the most frequent first."""
    if column.categories is None or sum(map(len, column.categories.values())) > longest:
        return None
    rows = column.category_rows
    return {column.categories[value]: count for value, count in rows.most_common()}
