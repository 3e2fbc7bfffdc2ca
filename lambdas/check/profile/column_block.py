"""What one column holds within one block of rows."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.column_counts import MOST_VALUES_COUNTED, ColumnCounts
from lambdas.check.profile.dates import MAY_BEGIN_A_DATE, dates_in
from lambdas.check.profile.distinct import Sieve
from lambdas.check.profile.hashing import MISSING_HASH, Hashes, number_hashes, text_hashes
from lambdas.check.profile.kept_text import kept_text
from lambdas.check.profile.known_names import (
    BEGINS_A_CURRENCY,
    BEGINS_A_NUMBER,
    BEGINS_AN_AMOUNT,
    KnownNames,
)
from lambdas.check.profile.long_numbers import long_numbers
from lambdas.check.profile.plain_numbers import plain_numbers
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.profile.thousandths import Thousandths, thousandths_in, thousandths_of
from lambdas.check.reading.arrow_arrays import NO_TEXT, floats_in, mask_array, mask_in, number_array
from lambdas.check.reading.column_reading import ColumnReading
from lambdas.check.reading.csv_format import LARGEST_EXACT
from lambdas.check.reading.missing_words import ALWAYS_MISSING, NO_NUMBERS
from lambdas.check.reading.number_form import amounts_in, may_begin_with_currency

# Of more different texts than these, nobody wants to see each.
MOST_CATEGORIES = 1000
# Of so many texts of a block the words are counted.
_TEXTS_TRIED = 50
_NUMBERS_TRIED = 100

_LETTERED_TRIED = 64
# Numbers in other bases or in a program's way.
_PROGRAMMED = r"^\s*[-+]?(0[xXoObB][0-9a-fA-F]+|\d+(\.\d+)?[dDlLfF][-+]?\d*)\s*$"
_BEGINS_ZERO = np.zeros(256, bool)
_BEGINS_ZERO[list(b" \t\n\v\f\r0")] = True
_LEADING_ZERO = r"^\s*0\d+\s*$"


@dataclass(kw_only=True)
class ColumnBlock(ColumnCounts):
    """Counts and hashes of one column's values in one block.

    ``hashes`` has one hash for each row; ``fresh`` those different values that may change the
    number of different values; ``content`` the values themselves, numbers as floats and texts as
    texts, for a sample of them; where they are texts, ``as_numbers`` has the number that each
    different one is, NaN where it is none; ``fingerprint`` is a hash of all rows in their order;
    ``categories`` the different texts by their hashes, those that were known left out, or None
    where there are too many, and ``category_rows`` the rows for each; ``known_names`` are those
    that are known from now on, where the column has no other texts.
    """

    hashes: Hashes
    fresh: Hashes
    content: Any
    as_numbers: npt.NDArray[np.float64] | None = None
    fingerprint: int = 0
    categories: dict[int, str] | None = field(default_factory=dict)
    category_rows: dict[int, int] = field(default_factory=dict)
    long_numbers: list[str] = field(default_factory=list)
    known_names: KnownNames | None = None


def number_column(
    values: npt.NDArray[np.float64], sieve: Sieve, perhaps_thousands: bool
) -> ColumnBlock:
    """The column whose values were all read as exact numbers; NaN is a missing value."""
    gone = np.isnan(values)
    missing = int(np.count_nonzero(gone))
    present = values[~gone] if missing else values
    if not len(present):
        nothing = np.full(len(values), MISSING_HASH)
        none = present.view(np.uint64)
        return ColumnBlock(hashes=nothing, fresh=none, content=values, missing=missing)
    hashes = number_hashes(values, gone)
    return ColumnBlock(
        hashes=hashes,
        fresh=sieve.fresh(hashes[~gone] if missing else hashes),
        content=values,
        missing=missing,
        numbers=len(present),
        whole_numbers=bool((np.floor(present) == present).all()),
        minimum=float(present.min()),
        maximum=float(present.max()),
        words_as_missing=missing > 0,
        thousandths=thousandths_of(present) if perhaps_thousands else Thousandths(),
    )


@dataclass(frozen=True)
class TextManner:
    """How a column of texts is looked at: its reading, the file's decimal sign, the sieve for
    new values, how many categories are kept, whether the rows for each value are counted, whether
    values hardly come back, and the names that are known from other blocks, if names are kept."""

    reading: ColumnReading
    decimal: str
    sieve: Sieve
    most_categories: int
    count_values: bool
    hardly_come_back: bool = False
    known_names: KnownNames | None = None


def text_column(array: "pa.StringArray", manner: TextManner) -> ColumnBlock:
    """The column whose values were read as texts."""
    reading = manner.reading
    if reading.is_usual and manner.decimal == "." and not manner.count_values:
        plain = plain_numbers(array)
        if plain is not None:
            return _column_of_plain(*plain, manner)
    written = TextRows.one_by_one(array) if manner.hardly_come_back else TextRows.of(array)
    known = manner.known_names
    if known is None or not reading.is_usual or manner.hardly_come_back:
        return _column_of_texts(written, manner)
    places = known.places_of(written.different)
    if places is not None:
        return _column_of_known(written, known, places, manner)
    column = _column_of_texts(written, manner)
    column.known_names = known.and_those_of(written, manner.most_categories)
    return column


def _column_of_plain(
    numbers: npt.NDArray[np.float64], thousandths: Thousandths, manner: TextManner
) -> ColumnBlock:
    """The column that has these numbers, plainly written, and nothing else."""
    column = number_column(numbers, manner.sieve, perhaps_thousands=False)
    column.thousandths = thousandths
    few = set(numbers[:_NUMBERS_TRIED].tolist())
    different = few if len(few) >= _TEXTS_TRIED else set(numbers.tolist())
    # Each of them is one word.
    column.tried_texts = column.tried_words = min(len(different), _TEXTS_TRIED)
    return column


def _column_of_known(
    texts: TextRows, known: KnownNames, places: npt.NDArray[np.int64], manner: TextManner
) -> ColumnBlock:
    """The column that has these of the known names and nothing else."""
    different, times = texts.different, texts.times
    hashes, lengths = known.hashes[places], known.lengths[places]
    numbers = np.full(len(different), np.nan)
    column = ColumnBlock(
        hashes=hashes[texts.places],
        fresh=manner.sieve.fresh(hashes),
        content=texts,
        as_numbers=numbers,
        texts=len(texts),
        text_bytes=int(np.dot(lengths, times)),
        longest_text=int(lengths.max()),
        tried_texts=min(len(different), _TEXTS_TRIED),
        tried_words=int(known.words[places[:_TEXTS_TRIED]].sum()),
        examples=[kept_text(text) for text in different.slice(0, 3).to_pylist()],
        category_rows=dict(zip(hashes.tolist(), times.tolist(), strict=True)),
        known_names=known,
    )
    if manner.count_values:
        column.by_value, column.spellings = _counted(different, numbers, times)
    return column


def _column_of_texts(written: TextRows, manner: TextManner) -> ColumnBlock:
    """The column with any texts."""
    reading = manner.reading
    texts = written.told_by(reading)
    numbers = _numbers_in(texts, manner)
    undecided = written.words.keys() - ALWAYS_MISSING - (reading.missing or frozenset())
    too_large = _too_large(texts, numbers, manner)
    no_number, large = None, 0
    if (undecided and reading.missing is None) or too_large.any():
        no_number = texts.stands_for_no_number(numbers, too_large)
    if no_number is not None:
        large = int(texts.times[too_large].sum())
        example = kept_text(texts.different[int(too_large.argmax())].as_py()) if large else ""
        texts, numbers = texts.without(no_number), numbers[~no_number]
    column = _column_of(texts, numbers, manner)
    if large:
        column.too_large, column.too_large_example = large, example
    column.words, column.words_as_missing = written.words, no_number is not None
    if no_number is None:
        column.words_as_values = sum(written.words[word] for word in undecided)
    column.is_plain = written.has_plain_words and reading.is_usual
    return column


def _numbers_in(texts: TextRows, manner: TextManner) -> npt.NDArray[np.float64]:
    """Each different text as a number; NaN where it is none."""
    reading, different = manner.reading, texts.different
    numbers = np.full(len(different), np.nan)
    if reading.form:
        return reading.form.numbers_in(different)
    if reading.as_text:
        return numbers
    like_number = texts.begin_with(BEGINS_A_NUMBER)
    if like_number.any():
        likely = different.filter(mask_array(like_number))
        numbers[like_number] = numbers_in(likely, manner.decimal)
    return numbers


def _too_large(
    texts: TextRows, numbers: npt.NDArray[np.float64], manner: TextManner
) -> npt.NDArray[np.bool_]:
    """Which texts are numbers beyond the largest float, in a column that has other numbers."""
    reading, likely = manner.reading, np.isnan(numbers)
    is_told_otherwise = reading.missing is not None and not reading.missing >= NO_NUMBERS
    none = np.zeros(len(numbers), bool)
    if reading.form or reading.as_text or is_told_otherwise or likely.all() or not likely.any():
        return none
    likely &= texts.begin_with(BEGINS_A_NUMBER)
    if not likely.any():
        return none
    written = texts.different.filter(mask_array(likely))
    likely[likely] = mask_in(pc.match_substring_regex(written, _plain_number(manner.decimal)))
    return likely


def _column_of(
    texts: TextRows, numbers: npt.NDArray[np.float64], manner: TextManner
) -> ColumnBlock:
    """What is known of the texts of which some are these numbers."""
    different, times = texts.different, texts.times
    is_number = ~np.isnan(numbers)
    are_numbers = bool(is_number.all())
    present = numbers if are_numbers else numbers[is_number]
    hashes = _value_hashes(different, numbers)
    column = ColumnBlock(
        hashes=texts.in_rows(hashes, MISSING_HASH),
        fresh=manner.sieve.fresh(hashes),
        content=texts.in_rows(numbers, np.nan) if are_numbers else texts,
        as_numbers=None if are_numbers else numbers,
        missing=texts.missing,
        numbers=int(times[is_number].sum()) if len(present) else 0,
        whole_numbers=bool((np.floor(present) == present).all()),
        minimum=float(present.min(initial=np.inf)),
        maximum=float(present.max(initial=-np.inf)),
        long_numbers=long_numbers(different, numbers) if len(present) else [],
        tried_texts=min(len(different), _TEXTS_TRIED),
    )
    # A number is one word.
    column.tried_words = column.tried_texts
    if not are_numbers:
        _add_names(column, texts, ~is_number, hashes, manner)
    if manner.reading.form and len(present):
        # One that is not written plainly shows what is meant.
        odd = is_number & np.isnan(numbers_in(different, manner.decimal))
        shown = different.filter(mask_array(odd if odd.any() else is_number))
        column.examples = shown.slice(0, 3).to_pylist()
    elif not manner.reading.form and (manner.reading.as_text or len(present)):
        _add_leading_zeros(column, texts, manner.reading.as_text | is_number)
        if not manner.reading.as_text:
            written = different if are_numbers else different.filter(mask_array(is_number))
            column.thousandths = thousandths_in(written, present, manner.decimal)
    if column.amounts and len(present):
        column.amounts += amounts_in(different.filter(mask_array(is_number)), times[is_number])
    if manner.count_values:
        column.by_value, column.spellings = _counted(different, numbers, times)
    return column


def _add_names(
    column: ColumnBlock,
    texts: TextRows,
    is_name: npt.NDArray[np.bool_],
    hashes: Hashes,
    manner: TextManner,
) -> None:
    """Adds what is known of the texts that are no numbers."""
    if is_name.all():
        names, times, lengths = texts.different, texts.times, texts.lengths
    else:
        names, times = texts.different.filter(mask_array(is_name)), texts.times[is_name]
        lengths, hashes = texts.lengths[is_name], hashes[is_name]
    column.texts = int(times.sum())
    column.text_bytes = int((lengths * times).sum())
    column.longest_text = int(lengths.max(initial=0))
    tried = texts.different.slice(0, _TEXTS_TRIED).to_pylist()
    column.tried_words = sum(len(text.split()) for text in tried)
    column.examples = [kept_text(text) for text in names.slice(0, 3).to_pylist()]
    column.categories = _categories(names, hashes, manner.most_categories)
    if column.categories:
        column.category_rows = dict(zip(hashes.tolist(), times.tolist(), strict=True))
    may_be_date = texts.begin_with(MAY_BEGIN_A_DATE)
    column.dates = dates_in(names, times, may_be_date[is_name])
    likely = _likely_amounts(texts) & is_name
    if likely.any():
        names, times = texts.different.filter(mask_array(likely)), texts.times[likely]
        column.amounts = amounts_in(names, times)
        column.amount_texts = column.amounts.total()
        programmed = _times_matching(names, times, _PROGRAMMED)
        column.odd_numbers = sum(n for w, n in column.amounts.items() if w.digits) + programmed


def _add_leading_zeros(
    column: ColumnBlock, texts: TextRows, are_digits: npt.NDArray[np.bool_]
) -> None:
    """Adds the rows with a zero in front, and such values as examples where there are any."""
    likely = texts.begin_with(_BEGINS_ZERO) & are_digits
    if not likely.any():
        return
    some = texts.different.filter(mask_array(likely))
    zero_led = pc.match_substring_regex(some, _LEADING_ZERO)
    column.leading_zeros = int(texts.times[likely][mask_in(zero_led)].sum())
    if column.leading_zeros:
        column.examples = some.filter(zero_led).slice(0, 3).to_pylist()


def _likely_amounts(texts: TextRows) -> npt.NDArray[np.bool_]:
    """Which texts may be dates or amounts. To look at all that begin with a letter takes long, so
    the first ones tell whether it is worth a try."""
    likely = texts.begin_with(BEGINS_AN_AMOUNT)
    lettered = np.flatnonzero(texts.begin_with(BEGINS_A_CURRENCY))
    if len(lettered):
        first = texts.different.take(number_array(lettered[:_LETTERED_TRIED]))
        are_likely = any(map(may_begin_with_currency, first.to_pylist()))
        if are_likely and amounts_in(first, np.ones(len(first), np.int64)):
            likely[lettered] = True
    return likely


def numbers_in(texts: "pa.StringArray", decimal: str) -> npt.NDArray[np.float64]:
    """Each text as a number; NaN where it is none."""
    # Casting what is not a number takes long, so a few values tell whether it is worth a try.
    is_likely = _cast(texts.slice(0, 64), decimal) is not None
    numbers = _cast(texts, decimal) if is_likely else None
    if numbers is None:
        like = pc.match_substring_regex(texts, _plain_number(decimal))
        if not pc.any(like).as_py():
            return np.full(len(texts), np.nan)
        numbers = _cast(pc.if_else(like, texts, NO_TEXT), decimal)
    if numbers is None:
        return np.full(len(texts), np.nan)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _plain_number(decimal: str) -> str:
    comma = re.escape(decimal)
    return rf"^[ \t]*[-+]?(\d+{comma}?\d*|{comma}\d+)([eE][-+]?\d+)?[ \t]*$"


def _cast(texts: "pa.StringArray", decimal: str) -> npt.NDArray[np.float64] | None:
    plain = pc.utf8_trim(texts, " \t")
    if decimal != ".":
        if pc.any(pc.match_substring(plain, ".")).as_py():
            return None
        plain = pc.replace_substring(plain, decimal, ".")
    try:
        numbers = pc.cast(plain, pa.float64())
    except pa.ArrowInvalid:
        return None
    return floats_in(numbers).copy()


def _value_hashes(different: "pa.StringArray", numbers: npt.NDArray[np.float64]) -> Hashes:
    exact = np.abs(numbers) < LARGEST_EXACT
    if exact.all():
        return number_hashes(numbers)
    hashes = text_hashes(different)
    if exact.any():
        hashes[exact] = number_hashes(numbers[exact])
    return hashes


def _categories(texts: "pa.StringArray", hashes: Hashes, most: int) -> dict[int, str] | None:
    if len(texts) > most:
        return None
    kept = [kept_text(text) for text in texts.to_pylist()]
    return dict(zip(hashes.tolist(), kept, strict=True))


def _times_matching(texts: "pa.StringArray", times: npt.NDArray[Any], pattern: str) -> int:
    return int(times[mask_in(pc.match_substring_regex(texts, pattern))].sum())


def _counted(
    different: "pa.StringArray", numbers: npt.NDArray[np.float64], times: npt.NDArray[Any]
) -> tuple[Counter[str], Counter[str]]:
    """The rows for each value, and for each way in which the values are written."""
    values: Counter[str] = Counter()
    spellings: Counter[str] = Counter()
    texts = different.slice(0, MOST_VALUES_COUNTED + 1).to_pylist()
    for text, number, count in zip(texts, numbers.tolist(), times.tolist(), strict=False):
        written = kept_text(text)
        digits = 15 if abs(number) < LARGEST_EXACT else 17
        # To add zero makes -0 plain.
        values[written if number != number else f"{number + 0.0:.{digits}g}"] += count
        spellings[written] += count
    return values, spellings
