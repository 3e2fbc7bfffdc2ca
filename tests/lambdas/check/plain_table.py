"""A table read slowly and plainly, with Python's csv module, and what can be counted in it.

What counts as missing and as a number stands in :func:`value_of` alone.
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

Value = Fraction | str | None

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")


def value_of(text: str) -> Value:
    """A number, a text, or None where nothing is written."""
    plain = text.strip()
    if not plain:
        return None
    return Fraction(plain) if _NUMBER.fullmatch(plain) else text


@dataclass(frozen=True)
class PlainColumn:
    """The values of one column, row by row."""

    name: str
    values: list[Value]
    written: list[str]

    @property
    def present(self) -> list[Fraction | str]:
        """The values of the rows that have one."""
        return [value for value in self.values if value is not None]

    @property
    def missing(self) -> int:
        """How many rows have none."""
        return self.values.count(None)

    @property
    def numbers(self) -> list[Fraction]:
        """Those of the values that are numbers."""
        return [value for value in self.present if isinstance(value, Fraction)]

    @property
    def texts(self) -> list[str]:
        """Those of the values that are not."""
        return [value for value in self.present if isinstance(value, str)]

    @property
    def is_number(self) -> bool:
        """Whether all values are numbers, and there are some."""
        return bool(self.present) and not self.texts

    @property
    def is_text(self) -> bool:
        """Whether some are not."""
        return bool(self.texts)

    @property
    def counts(self) -> Counter[Fraction | str]:
        """The rows for each value."""
        return Counter(self.present)

    @property
    def spellings(self) -> Counter[str]:
        """The rows for each way in which a value is written."""
        rows = zip(self.values, self.written, strict=True)
        return Counter(written for value, written in rows if value is not None)

    @property
    def is_whole(self) -> bool:
        """Whether all numbers are whole."""
        return all(number.denominator == 1 for number in self.numbers)

    @property
    def has_words(self) -> bool:
        """Whether the different texts have three words or more on average."""
        different = {w for w, value in zip(self.written, self.values, strict=True) if value}
        return sum(len(text.split()) for text in different) >= 3 * len(different) > 0

    @property
    def is_free_text(self) -> bool:
        """Whether these are sentences more than names."""
        size = sum(len(text.encode()) for text in self.texts)
        return (
            self.is_text
            and self.has_words
            and size > 30 * len(self.texts)
            and len(self.counts) > 0.5 * len(self.present)
        )

    @property
    def is_identifier(self) -> bool:
        """Whether nearly every row that has a value has one of its own."""
        rows = len(self.present)
        if rows < 20 or len(self.counts) < 0.97 * rows:
            return False
        if self.is_text:
            return not self.is_free_text
        return self.is_whole and max(self.numbers) - min(self.numbers) < 3 * rows

    @property
    def may_help(self) -> bool:
        """Whether a model can make anything of it."""
        if len(self.counts) < 2:
            return bool(self.present) and self.missing > 0
        different = len(self.counts) + (self.missing > 0)
        return not self.is_text or self.has_words or different <= 0.99 * len(self.values)


@dataclass(frozen=True)
class PlainTable:
    """The columns of a file by their names."""

    columns: dict[str, PlainColumn]

    @classmethod
    def of(cls, content: bytes) -> "PlainTable":
        """The table in a CSV with commas."""
        # A row without any value is none.
        header, *rows = [
            row
            for row in csv.reader(io.StringIO(content.decode(), newline=""))
            if any(field.strip() for field in row)
        ]
        return cls(
            {
                name: PlainColumn(
                    name, [value_of(row[place]) for row in rows], [row[place] for row in rows]
                )
                for place, name in enumerate(header)
            }
        )

    def rows(self, names: list[str]) -> list[tuple[Value, ...]]:
        """The rows, with these columns alone."""
        return list(zip(*(self.columns[name].values for name in names), strict=True))
