"""What one column of a whole file holds."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdas.check.profile.column_block import MOST_CATEGORIES, MOST_VALUES_COUNTED, ColumnBlock
from lambdas.check.profile.dates import SHARE_OF_DATES, Dates
from lambdas.check.profile.distinct import DistinctValues
from lambdas.check.profile.long_numbers import LongNumbers
from lambdas.check.profile.thousandths import Thousandths
from lambdas.check.reading.column_reading import USUAL, ColumnReading
from lambdas.check.reading.missing_words import ALWAYS_MISSING, NO_NUMBERS
from lambdas.check.reading.number_form import Amounts

Kind = Literal["number", "text", "empty"]

_TEXTS_PER_FREE_TEXT = 0.5
_LENGTH_OF_FREE_TEXT = 30
# From so many words a text on, on average, AutoGluon 1.6 takes a column for text and counts them
# (autogluon.common.features.infer_types).
_WORDS_OF_TEXT = 3


@dataclass
class ColumnProfile:
    """Counts of one column, of all rows that were read.

    ``categories`` has the different texts by their hashes, or is None where there are too many;
    ``spellings`` the rows for each value of the target as it is written. ``reading`` is how the
    texts were read; ``words`` and all that follows is as in the blocks.
    """

    name: str
    most_categories: int = MOST_CATEGORIES
    reading: ColumnReading = USUAL
    rows: int = 0
    missing: int = 0
    numbers: int = 0
    texts: int = 0
    whole_numbers: bool = True
    minimum: float = float("inf")
    maximum: float = float("-inf")
    text_bytes: int = 0
    longest_text: int = 0
    tried_texts: int = 0
    tried_words: int = 0
    dates: Dates = field(default_factory=Dates)
    odd_numbers: int = 0
    examples: list[str] = field(default_factory=list)
    categories: dict[int, str] | None = field(default_factory=dict)
    long_numbers: LongNumbers = field(default_factory=LongNumbers)
    spellings: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    words_as_values: int = 0
    words_as_missing: bool = False
    is_plain: bool = True
    leading_zeros: int = 0
    amounts: Amounts = field(default_factory=Counter)
    amount_texts: int = 0
    thousandths: Thousandths = field(default_factory=Thousandths)
    _values: Counter[str] = field(default_factory=Counter)
    distinct_values: DistinctValues = field(default_factory=DistinctValues)

    def add(self, rows: int, block: ColumnBlock) -> None:
        """Takes in what a block of ``rows`` rows holds."""
        self.rows += rows
        self.missing += block.missing
        self.numbers += block.numbers
        self.texts += block.texts
        self.whole_numbers = self.whole_numbers and block.whole_numbers
        self.minimum = min(self.minimum, block.minimum)
        self.maximum = max(self.maximum, block.maximum)
        self.text_bytes += block.text_bytes
        self.longest_text = max(self.longest_text, block.longest_text)
        self.tried_texts += block.tried_texts
        self.tried_words += block.tried_words
        self.dates.add(block.dates)
        self.odd_numbers += block.odd_numbers
        self.examples = list(dict.fromkeys(self.examples + block.examples))[:3]
        self.distinct_values.add(block.fresh)
        self._add_categories(block.categories)
        self.long_numbers.add(block.long_numbers)
        _add_counts(self._values, block.values)
        _add_counts(self.spellings, block.spellings)
        self.words += block.words
        self.words_as_values += block.words_as_values
        self.words_as_missing = self.words_as_missing or block.words_as_missing
        self.is_plain = self.is_plain and block.is_plain
        self.leading_zeros += block.leading_zeros
        self.amounts += block.amounts
        self.amount_texts += block.amount_texts
        self.thousandths += block.thousandths

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
        return self.spellings if self.kind == "text" else self._values

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

    def _add_categories(self, categories: dict[int, str] | None) -> None:
        if self.categories is None or categories is None:
            self.categories = None
            return
        self.categories |= categories
        if len(self.categories) > self.most_categories:
            self.categories = None


def _add_counts(counts: Counter[str], more: Counter[str]) -> None:
    for value, count in more.items():
        if value in counts or len(counts) <= MOST_VALUES_COUNTED:
            counts[value] += count
