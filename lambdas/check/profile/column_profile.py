"""What one column of a whole file holds."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdas.check.profile.column_block import MOST_CATEGORIES, ColumnBlock
from lambdas.check.profile.column_counts import MOST_VALUES_COUNTED, ColumnCounts
from lambdas.check.profile.dates import SHARE_OF_DATES
from lambdas.check.profile.distinct import DistinctValues
from lambdas.check.profile.known_names import KnownNames
from lambdas.check.profile.long_numbers import LongNumbers
from lambdas.check.reading.column_reading import USUAL, ColumnReading
from lambdas.check.reading.missing_words import ALWAYS_MISSING, INFINITE, NO_NUMBERS

Kind = Literal["number", "text", "empty"]

_TEXTS_PER_FREE_TEXT = 0.5
_LENGTH_OF_FREE_TEXT = 30
# From so many words a text on, on average, AutoGluon 1.6 takes a column for text and counts them
# (autogluon.common.features.infer_types).
_WORDS_OF_TEXT = 3
# An odd factor (of SplitMix64), so that the order of the blocks counts.
_NEXT_BLOCK = 0x9E3779B97F4A7C15


@dataclass
class ColumnProfile(ColumnCounts):
    """Counts of one column, of all rows that were read.

    ``categories`` has the different texts by their hashes, or is None where there are too many, and
    ``category_rows`` the rows for each; ``known_names`` are those of the blocks so far, where there
    was nothing else; ``reading`` is how the texts were read; ``fingerprint`` is a hash of all rows
    in their order, which columns share that hold the same. Of a column that is no copy of another
    it has only the rows until that was known.
    """

    name: str
    most_categories: int = MOST_CATEGORIES
    reading: ColumnReading = USUAL
    rows: int = 0
    fingerprint: int = 0
    categories: dict[int, str] | None = field(default_factory=dict)
    category_rows: Counter[int] = field(default_factory=Counter)
    long_numbers: LongNumbers = field(default_factory=LongNumbers)
    distinct_values: DistinctValues = field(default_factory=DistinctValues)
    known_names: KnownNames | None = None

    def add(self, rows: int, block: ColumnBlock) -> None:
        """Takes in what a block of ``rows`` rows holds."""
        self.rows += rows
        self.add_counts(block)
        self.fingerprint = (self.fingerprint * _NEXT_BLOCK + block.fingerprint) % 2**64
        self.distinct_values.add(block.fresh)
        self._add_categories(block)
        self.long_numbers.add(block.long_numbers)
        self.known_names = block.known_names

    @property
    def kind(self) -> Kind:
        """``number`` where every value is one that a float can tell from the others, ``empty``
        where there is no value at all."""
        if self.texts or self.long_numbers.merge:
            return "text"
        return "number" if self.numbers else "empty"

    @property
    def is_read_as_numbers(self) -> bool:
        """Whether the reader may take the texts that are still to come for plain numbers."""
        return self.kind == "number" and self.reading.is_usual and not self.leading_zeros

    @property
    def present(self) -> int:
        """How many rows have a value."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """How many different values there are (an estimate where they are many)."""
        if self._has_every_spelling:
            return len(self.spellings)
        return min(self.distinct_values.count, self.present)

    @property
    def missing_words(self) -> Counter[str]:
        """The rows for each word that was taken for a missing value."""
        if not self.words:
            return Counter()
        taken = NO_NUMBERS if not self.words_as_values else ALWAYS_MISSING
        taken |= self.reading.missing or frozenset()
        return Counter({word: n for word, n in self.words.items() if word in taken})

    @property
    def is_distinct_exact(self) -> bool:
        """Whether ``distinct`` is no estimate."""
        return self._has_every_spelling or self.distinct_values.is_exact

    @property
    def _has_every_spelling(self) -> bool:
        return self.kind == "text" and bool(self.spellings) and self.counts_every_value

    @property
    def infinite(self) -> dict[str, int]:
        """The rows for each way in which an infinite number is written, where these were taken for
        missing ones; all that are larger than any float are under the first of them."""
        found = {word: n for word, n in self.missing_words.items() if word in INFINITE}
        if self.kind != "number":
            return {}
        return found | ({self.too_large_example: self.too_large} if self.too_large else {})

    @property
    def is_constant(self) -> bool:
        """Whether all rows that have a value have the same one."""
        return self.distinct == 1

    @property
    def is_date(self) -> bool:
        """Whether nearly all texts are dates."""
        return self.kind == "text" and self.dates.count >= 0.95 * self.present

    @property
    def is_read_as_dates(self) -> bool:
        """Whether the training takes the column for dates."""
        return self.kind == "text" and self.dates.read >= SHARE_OF_DATES * self.rows > 0

    @property
    def has_words(self) -> bool:
        """Whether the training counts the words of the texts."""
        return self.tried_words >= _WORDS_OF_TEXT * self.tried_texts > 0

    @property
    def is_free_text(self) -> bool:
        """Whether the texts are sentences more than names of categories."""
        return (
            self.kind == "text"
            and self.has_words
            and not self.is_date
            and self.text_bytes > _LENGTH_OF_FREE_TEXT * self.texts
            and self.distinct > _TEXTS_PER_FREE_TEXT * self.present
        )

    @property
    def values(self) -> Counter[str]:
        """The rows for each value of the target, of the first ``MOST_VALUES_COUNTED`` values; the
        same number written differently is one value unless there are texts, too."""
        return self.spellings if self.kind == "text" else self.by_value

    @property
    def counts_every_value(self) -> bool:
        """Whether ``values`` has every value of the target."""
        return len(self.values) <= MOST_VALUES_COUNTED

    @property
    def memory_bytes(self) -> int:
        """What the column takes when it is loaded: 8 bytes a number; a text's object and bytes."""
        return 8 * self.rows + 57 * self.texts + self.text_bytes

    def as_json(self) -> dict[str, Any]:
        """The column for check.json."""
        return {
            "name": self.name,
            "kind": self.kind,
            "missing": self.missing,
            "missing_share": round(self.missing / self.rows, 4) if self.rows else 0.0,
            "distinct": self.distinct,
            "distinct_is_exact": self.is_distinct_exact,
            "minimum": self.minimum if self.numbers else None,
            "maximum": self.maximum if self.numbers else None,
            "longest_text_bytes": self.longest_text,
            "is_date": self.is_date,
            "is_free_text": self.is_free_text,
            "is_plain": self.is_plain,
            "reading": self.reading.as_json(),
            "memory_bytes": self.memory_bytes,
        }

    def _add_categories(self, block: ColumnBlock) -> None:
        if self.categories is not None and block.categories is not None:
            self.categories |= block.categories
            self.category_rows.update(block.category_rows)
            if len(self.categories) <= self.most_categories:
                return
        self.categories = None
        self.category_rows.clear()
