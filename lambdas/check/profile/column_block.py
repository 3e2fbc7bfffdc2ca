"""What one column holds within one block of rows."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.distinct import smallest_hashes
from lambdas.check.profile.hashing import MISSING_HASH, Hashes, number_hashes, text_hashes
from lambdas.check.profile.long_numbers import long_numbers
from lambdas.check.reading.csv_format import LARGEST_EXACT

# Of more different texts than these, nobody wants to see each.
MOST_CATEGORIES = 1000
MOST_VALUES_COUNTED = 5000
# Of a longer text the first characters are kept to show them.
LONGEST_KEPT = 200

_BEGINS_A_NUMBER = np.zeros(256, bool)
_BEGINS_A_NUMBER[list(b" \t\n\v\f\r+-.,0123456789")] = True
_CURRENCY = "[$€£¥₩]"
_BEGINS_AN_AMOUNT = _BEGINS_A_NUMBER.copy()
_BEGINS_AN_AMOUNT[[sign.encode()[0] for sign in "$€£¥₩"]] = True
_GROUPED = r"\d{1,3}([,.'’ \x{a0}\x{202f}]\d{3})+([.,]\d+)?"
_ANY_NUMBER = rf"({_GROUPED}|\d+([.,]\d+)?)"
_UNIT = rf"({_CURRENCY}|%|USD|EUR|GBP|KRW|JPY|원|kg|km|cm|mm|mg|ml)"
# Grouped by thousands, or with a decimal comma, a currency or a unit.
_ODD_NUMBER = (
    rf"^\s*[-+]?({_GROUPED}|\d*,\d+|{_CURRENCY}[ \x{{a0}}]?[-+]?{_ANY_NUMBER}"
    rf"|{_ANY_NUMBER}[ \x{{a0}}]?{_UNIT})\s*$"
)
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    r"(?i)^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})"
    rf"|\d{{1,2}}[-. ]{_MONTH}[-. ](\d{{4}}|\d{{2}}))"
    r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m|Z|[-+]\d{2}:?\d{2})?)?\s*$"
)


@dataclass
class ColumnBlock:
    """Counts and hashes of one column's values in one block.

    ``hashes`` has one hash for each row; ``fresh`` those different values that may change the
    number of different values; ``values`` the number of rows for each value of the target, and
    ``spellings`` for each way in which they are written; ``missing_words`` the number of rows for
    each word that stands for a missing value of the target;
    ``content`` the values themselves, numbers as floats and texts as texts, for a sample of them.
    """

    hashes: Hashes
    fresh: Hashes
    content: Any
    missing: int
    numbers: int = 0
    whole_numbers: bool = True
    minimum: float = float("inf")
    maximum: float = float("-inf")
    texts: int = 0
    text_bytes: int = 0
    longest_text: int = 0
    dates: int = 0
    odd_numbers: int = 0
    examples: list[str] = field(default_factory=list)
    categories: dict[int, str] | None = field(default_factory=dict)
    long_numbers: list[str] = field(default_factory=list)
    values: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    missing_words: Counter[str] = field(default_factory=Counter)


def number_column(values: npt.NDArray[np.float64], limit: np.uint64) -> ColumnBlock:
    """The column whose values were all read as exact numbers; NaN is a missing value."""
    gone = np.isnan(values)
    missing = int(gone.sum())
    present = values[~gone] if missing else values
    if not len(present):
        nothing = np.full(len(values), MISSING_HASH)
        return ColumnBlock(nothing, present.view(np.uint64), values, missing)
    hashes = number_hashes(values)
    return ColumnBlock(
        hashes=hashes,
        fresh=smallest_hashes(hashes[~gone] if missing else hashes, limit),
        content=values,
        missing=missing,
        numbers=len(present),
        whole_numbers=bool((np.floor(present) == present).all()),
        minimum=float(present.min()),
        maximum=float(present.max()),
    )


def text_column(
    array: "pa.StringArray",
    decimal: str,
    limit: np.uint64,
    most_categories: int,
    count_values: bool,
) -> ColumnBlock:
    """The column whose values were read as texts; null is a missing value."""
    encoded = array.dictionary_encode()
    different: pa.StringArray = encoded.dictionary
    places = encoded.indices.fill_null(len(different)).to_numpy(zero_copy_only=False)
    times = np.bincount(places, minlength=len(different) + 1)[: len(different)]
    begins = _first_bytes(different)
    like_number = _BEGINS_A_NUMBER[begins]
    numbers = np.full(len(different), np.nan)
    if like_number.any():
        numbers[like_number] = numbers_in(different.filter(pa.array(like_number)), decimal)
    is_number = ~np.isnan(numbers)
    hashes = np.append(_value_hashes(different, numbers), MISSING_HASH)
    present = numbers[is_number]
    texts = different.filter(pa.array(~is_number)) if len(present) else different
    text_times = times[~is_number]
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    column = ColumnBlock(
        hashes=hashes[places],
        fresh=smallest_hashes(hashes[:-1], limit),
        content=array if len(texts) else np.append(numbers, np.nan)[places],
        missing=array.null_count,
        numbers=int(times[is_number].sum()),
        whole_numbers=bool((np.floor(present) == present).all()),
        minimum=float(present.min(initial=np.inf)),
        maximum=float(present.max(initial=-np.inf)),
        texts=int(text_times.sum()),
        text_bytes=int((lengths * text_times).sum()),
        longest_text=int(lengths.max(initial=0)),
        examples=[text[:LONGEST_KEPT] for text in texts.slice(0, 3).to_pylist()],
        categories=_categories(texts, hashes[:-1][~is_number], most_categories),
        long_numbers=long_numbers(different, numbers),
    )
    likely = _BEGINS_AN_AMOUNT[begins] & ~is_number
    if likely.any():
        texts, text_times = different.filter(pa.array(likely)), times[likely]
        column.dates = _times_matching(texts, text_times, _DATE)
        column.odd_numbers = _times_matching(texts, text_times, _ODD_NUMBER)
    if count_values:
        column.values, column.spellings = _counted(different, numbers, times)
    return column


def _first_bytes(texts: "pa.StringArray") -> npt.NDArray[np.uint8]:
    """The byte that each text begins with; to look closer at all of them would take long."""
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    filled = np.diff(offsets) > 0
    begins = np.zeros(len(texts), np.uint8)
    if filled.any():
        begins[filled] = np.frombuffer(data, np.uint8)[offsets[:-1][filled]]
    return begins


def numbers_in(texts: "pa.StringArray", decimal: str) -> npt.NDArray[np.float64]:
    """Each text as a number; NaN where it is none."""
    # Casting what is not a number takes long, so a few values tell whether it is worth a try.
    is_likely = _cast(texts.slice(0, 64), decimal) is not None
    numbers = _cast(texts, decimal) if is_likely else None
    if numbers is None:
        comma = re.escape(decimal)
        number = rf"^[ \t]*[-+]?(\d+{comma}?\d*|{comma}\d+)([eE][-+]?\d+)?[ \t]*$"
        like = pc.match_substring_regex(texts, number)
        if not pc.any(like).as_py():
            return np.full(len(texts), np.nan)
        numbers = _cast(pc.if_else(like, texts, pa.scalar(None, pa.string())), decimal)
    if numbers is None:
        return np.full(len(texts), np.nan)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


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
    return np.array(numbers.to_numpy(zero_copy_only=False), copy=True)


def _value_hashes(different: "pa.StringArray", numbers: npt.NDArray[np.float64]) -> Hashes:
    exact = np.abs(numbers) < LARGEST_EXACT
    if exact.all():
        return number_hashes(numbers)
    hashes = text_hashes(different)
    hashes[exact] = number_hashes(numbers[exact])
    return hashes


def _categories(texts: "pa.StringArray", hashes: Hashes, most: int) -> dict[int, str] | None:
    if len(texts) > most:
        return None
    kept = [text[:LONGEST_KEPT] for text in texts.to_pylist()]
    return dict(zip(hashes.tolist(), kept, strict=True))


def _times_matching(texts: "pa.StringArray", times: npt.NDArray[Any], pattern: str) -> int:
    return int(times[_as_mask(pc.match_substring_regex(texts, pattern))].sum())


def _as_mask(flags: "pa.BooleanArray") -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False).astype(bool)
    return mask


def _counted(
    different: "pa.StringArray", numbers: npt.NDArray[np.float64], times: npt.NDArray[Any]
) -> tuple[Counter[str], Counter[str]]:
    """The rows for each value, and for each way in which the values are written."""
    values: Counter[str] = Counter()
    spellings: Counter[str] = Counter()
    texts = different.slice(0, MOST_VALUES_COUNTED + 1).to_pylist()
    for text, number, count in zip(texts, numbers.tolist(), times.tolist(), strict=False):
        written = text[:LONGEST_KEPT]
        digits = 15 if abs(number) < LARGEST_EXACT else 17
        values[written if number != number else f"{number:.{digits}g}"] += count
        spellings[written] += count
    return values, spellings
