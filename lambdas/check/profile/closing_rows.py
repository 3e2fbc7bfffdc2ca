"""Totals and remarks in the last rows of a file, told from data by what the other rows hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.closing_words import (
    CERTAIN_TOTALS,
    TOTALS,
    begins_a_total,
    closes_a_table,
    folded,
    is_phrase,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.row_sample import RowSample, SampledColumn
from lambdas.check.reading.blank_rows import is_blank
from lambdas.check.reading.comment_lines import is_comment
from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.missing_words import ALWAYS_MISSING, PERHAPS_MISSING
from lambdas.check.reading.odd_rows import OddKind, OddRow, shown_text

# Labels stand on the left.
_COLUMNS_LOOKED_AT = 50
_LONGEST_LABEL = 200
_NUMBERS_OF_A_NUMBER_COLUMN = 0.9
_NUMBERS_FOR_A_WORD = 2
_FEWEST_NUMBERS = 3
# Rounded sums and means differ so much.
_ROUNDING = 1e-3
_NOTHING = ALWAYS_MISSING | PERHAPS_MISSING


@dataclass(frozen=True)
class Table:
    """What a file holds, by which its last rows are judged."""

    format: CsvFormat
    columns: dict[str, ColumnProfile]
    rows: RowSample

    @property
    def names(self) -> Sequence[str]:
        """A name for each field; an empty one for a field that is left out."""
        return self.format.names

    @cached_property
    def sample(self) -> dict[str, SampledColumn]:
        """Some of the rows, all of them in their order if ``is_whole``."""
        return self.rows.columns

    @property
    def is_whole(self) -> bool:
        """Whether the sample has every row."""
        return self.rows.is_whole


def closing_rows(rows: Sequence[tuple[int | None, list[str]]], table: Table) -> list[OddRow]:
    """Those of the last ``rows`` of a file, with their lines, that are totals or remarks."""
    found = []
    last = [fields for _, fields in rows]
    for number, (line, fields) in enumerate(rows):
        if kind := _Row(number, last, table).kind:
            found.append(OddRow(kind, shown_text(fields), len(fields), line))
    return found


@dataclass(frozen=True)
class _Row:
    """One of the ``last`` rows."""

    number: int
    last: Sequence[Sequence[str]]
    table: Table

    @property
    def fields(self) -> Sequence[str]:
        """Its values."""
        return self.last[self.number]

    @property
    def kind(self) -> OddKind | None:
        """What the row is, if it is no data. What is a comment is told as such."""
        if is_comment(self.fields[0]):
            return None
        texts = [
            place
            for place, text in enumerate(self.fields[:_COLUMNS_LOOKED_AT])
            if 0 < len(text) <= _LONGEST_LABEL and self._number(text) is None
        ]
        if any(self._is_total(place) for place in texts) or self._is_unnamed_total:
            return "total"
        return "footer" if texts and self._is_footer(texts[0]) else None

    def _is_total(self, place: int) -> bool:
        text = self.fields[place]
        if self._holds_numbers(place):
            return begins_a_total(text) and not self._stands_elsewhere(place)
        label = folded(text)
        if label not in TOTALS or self._stands_elsewhere(place):
            return False
        is_certain = label in CERTAIN_TOTALS
        if is_certain and self._has_unusual_gaps and {place, *self._numbers} >= {*self._filled}:
            return True
        if any(map(self._adds_up, self._numbers)):
            return True
        beyond = bool(self._numbers) and all(map(self._exceeds, self._numbers))
        return beyond and (is_certain or len(self._numbers) > 1)

    @property
    def _is_unnamed_total(self) -> bool:
        """Whether sums stand alone in a row, without a word; a small number may by chance."""
        return (
            0 < 2 * len(self._filled) <= len(self.table.names)
            and self._numbers == self._filled
            and self._has_unusual_gaps
            and all(map(self._adds_up, self._numbers))
            and all(map(self._exceeds, self._numbers))
        )

    def _is_footer(self, place: int) -> bool:
        text = self.fields[place]
        if 2 * len(self._filled) > len(self.table.names) + 1 or not self._has_unusual_gaps:
            return False
        if closes_a_table(text):
            return not self._stands_elsewhere(place)
        alone = len(self._filled) == 1 and place == self._filled[0]
        return alone and self._holds_numbers(place) and is_phrase(text)

    @cached_property
    def _filled(self) -> list[int]:
        return [at for at, text in enumerate(self.fields) if not _is_missing(text)]

    @cached_property
    def _numbers(self) -> list[int]:
        """Where numbers stand in columns of numbers."""
        return [
            at
            for at in self._filled
            if self._holds_numbers(at) and self._number(self.fields[at]) is not None
        ]

    def _column(self, place: int) -> ColumnProfile | None:
        names = self.table.names
        return self.table.columns.get(names[place]) if place < len(names) else None

    def _holds_numbers(self, place: int) -> bool:
        """Whether all but a few values of the column are numbers, dates or amounts."""
        column = self._column(place)
        if column is None:
            return False
        below = [row[place] for row in self.last[self.number :] if place < len(row)]
        words = sum(not _is_missing(text) and self._number(text) is None for text in below)
        numbers = column.numbers + max(column.odd_numbers, column.dates.count)
        others = column.present - words
        return numbers >= max(
            _FEWEST_NUMBERS, _NUMBERS_OF_A_NUMBER_COLUMN * others, _NUMBERS_FOR_A_WORD * words
        )

    def _number(self, text: str) -> float | None:
        try:
            return float(text.strip().replace(self.table.format.decimal, "."))
        except ValueError:
            return None

    def _stands_elsewhere(self, place: int) -> bool:
        """Whether the same text stands in other rows of the column, too."""
        rows = self._above(place, len(self.last))
        if rows is None or rows.numbers is not None:
            return False
        texts = rows.texts.to_pylist()
        same = [number for number, text in enumerate(texts) if text == self.fields[place]]
        times = int(np.isin(rows.codes, same).sum())
        return times > (self._is_in_table or not self.table.is_whole)

    @property
    def _is_in_table(self) -> bool:
        """Whether it has as many values as it should; other rows are not in the table."""
        return len(self.fields) == len(self.table.names)

    def _above(self, place: int, number: int) -> SampledColumn | None:
        """The column's values in the rows above the last one of this number."""
        column = self._column(place)
        sampled = self.table.sample.get(column.name) if column else None
        if sampled is None or not self.table.is_whole:
            return sampled
        below = sum(len(row) == len(self.table.names) for row in self.last[number:])
        return sampled.at(np.arange(max(0, len(sampled.is_missing) - below)))

    def _numbers_above(self, place: int) -> npt.NDArray[Any]:
        above = self._above(place, self.number)
        if above is None:
            return np.empty(0)
        values = above.numbers
        if values is None:
            told = [self._number(text) for text in above.texts.to_pylist()]
            known = [np.nan if number is None else number for number in told]
            values = np.array([*known, np.nan])[above.codes]
        present: npt.NDArray[Any] = values[~np.isnan(values)]
        return present

    def _adds_up(self, place: int) -> bool:
        """Whether the number is the sum or the mean of those above it."""
        above, number = self._numbers_above(place), self._number(self.fields[place])
        if number is None or len(above) < _FEWEST_NUMBERS or not self.table.is_whole:
            return False
        told = np.array([above.sum(), above.mean()])
        is_near = np.abs(number - told) <= _ROUNDING * np.abs(told)
        return bool(is_near.any()) and number not in above

    def _exceeds(self, place: int) -> bool:
        """Whether the number is beyond all those above it."""
        above, number = self._numbers_above(place), self._number(self.fields[place])
        if number is None or not len(above):
            return False
        above = above[above != number]
        return bool(number > above.max(initial=-np.inf) or number < above.min(initial=np.inf))

    @cached_property
    def _has_unusual_gaps(self) -> bool:
        """Whether no row above the last ones has its values in the same columns."""
        filled = set(self._filled)
        same, allowed = None, (0 if self.table.is_whole else 1)
        for place, name in enumerate(self.table.names):
            above = self._above(place, 0) if name else None
            if above is None:
                continue
            fits = _missing(above) != (place in filled)
            same = fits if same is None else same & fits
        return same is None or int(same.sum()) <= allowed


def _is_missing(text: str) -> bool:
    return is_blank(text) or text.strip() in _NOTHING


def _missing(column: SampledColumn) -> npt.NDArray[np.bool_]:
    if column.numbers is not None:
        return np.isnan(column.numbers)
    words = [number for number, text in enumerate(column.texts.to_pylist()) if _is_missing(text)]
    return np.isin(column.codes, [-1, *words])
