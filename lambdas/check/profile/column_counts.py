"""What is counted of a column's values, in one block of rows and then in the whole file."""

from collections import Counter
from dataclasses import dataclass, field

from lambdas.check.profile.dates import Dates
from lambdas.check.profile.thousandths import Thousandths
from lambdas.check.reading.number_form import Amounts

MOST_VALUES_COUNTED = 5000
_EXAMPLES = 3


@dataclass(kw_only=True)
class ColumnCounts:
    """Counts of one column's values.

    ``by_value`` has the number of rows for each value of the target, and ``spellings`` for each way
    in which they are written; ``tried_words`` are the words in the first ``tried_texts`` different
    texts.

    ``words`` has the number of rows for each word that may stand for a missing value;
    ``words_as_values`` says in how many of them they were taken for values, and
    ``words_as_missing`` that some were not (beside those that always stand for one). ``is_plain``
    says that the jobs' reader can read the numbers as they are written. ``amounts`` are the ways in
    which numbers are written, where some are not written plainly (the texts among them are
    ``amount_texts``), and ``thousandths`` tells what a dot before three digits may be.
    ``too_large`` are the rows whose number is larger than any float and taken for a missing one.
    """

    missing: int = 0
    numbers: int = 0
    whole_numbers: bool = True
    minimum: float = float("inf")
    maximum: float = float("-inf")
    texts: int = 0
    text_bytes: int = 0
    longest_text: int = 0
    tried_texts: int = 0
    tried_words: int = 0
    dates: Dates = field(default_factory=Dates)
    odd_numbers: int = 0
    examples: list[str] = field(default_factory=list)
    by_value: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    words_as_values: int = 0
    words_as_missing: bool = False
    is_plain: bool = True
    leading_zeros: int = 0
    amounts: Amounts = field(default_factory=Counter)
    amount_texts: int = 0
    thousandths: Thousandths = field(default_factory=Thousandths)
    too_large: int = 0
    too_large_example: str = ""

    def add_counts(self, more: "ColumnCounts") -> None:
        """Takes in the counts of more rows."""
        self.missing += more.missing
        self.numbers += more.numbers
        self.whole_numbers = self.whole_numbers and more.whole_numbers
        self.minimum = min(self.minimum, more.minimum)
        self.maximum = max(self.maximum, more.maximum)
        self.texts += more.texts
        self.text_bytes += more.text_bytes
        self.longest_text = max(self.longest_text, more.longest_text)
        self.tried_texts += more.tried_texts
        self.tried_words += more.tried_words
        if more.dates.rows or more.dates.others:
            self.dates.add(more.dates)
        self.odd_numbers += more.odd_numbers
        if more.examples and len(self.examples) < _EXAMPLES:
            self.examples = list(dict.fromkeys(self.examples + more.examples))[:_EXAMPLES]
        _add_few(self.by_value, more.by_value)
        _add_few(self.spellings, more.spellings)
        if more.words:
            self.words += more.words
        self.words_as_values += more.words_as_values
        self.words_as_missing = self.words_as_missing or more.words_as_missing
        self.is_plain = self.is_plain and more.is_plain
        self.leading_zeros += more.leading_zeros
        if more.amounts:
            self.amounts += more.amounts
        self.amount_texts += more.amount_texts
        self.thousandths += more.thousandths
        self.too_large += more.too_large
        self.too_large_example = self.too_large_example or more.too_large_example


def _add_few(counts: Counter[str], more: Counter[str]) -> None:
    """Takes in the counts of more values, as long as they are not too many."""
    for value, count in more.items():
        if value in counts or len(counts) <= MOST_VALUES_COUNTED:
            counts[value] += count
