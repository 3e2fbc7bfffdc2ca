"""What the columns of one block of rows hold, and the hashes by which its rows are compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.profile.column_block import (
    MOST_CATEGORIES,
    ColumnBlock,
    TextManner,
    number_column,
    text_column,
)
from lambdas.check.profile.distinct import Sieve
from lambdas.check.profile.hashing import Hashes, column_seed, row_weights
from lambdas.check.profile.known_names import KnownNames
from lambdas.check.profile.near_rows import dealt
from lambdas.check.profile.zero_led import zero_led_fields
from lambdas.check.reading.arrow_arrays import floats_in, text_scalar
from lambdas.check.reading.column_reading import USUAL, ColumnReading
from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.odd_rows import OddRows
from lambdas.check.reading.parsed_block import ParsedBlock, parsed_block
from lambdas.check.reading.row_blocks import RowBlock


@dataclass(frozen=True)
class Roles:
    """The column to predict, and those by which rows are compared; nothing is learned from those
    that are kept ``apart``."""

    target: str
    features: frozenset[str]
    apart: frozenset[str] = frozenset()

    @cached_property
    def halves(self) -> dict[str, int]:
        """In which half of the features each of them is, or apart from both."""
        return dealt(self.features, self.apart)

    @cached_property
    def seeds(self) -> dict[str, np.uint64]:
        """The factor for each of the features."""
        return {name: column_seed(name) for name in self.features}


@dataclass(frozen=True)
class Plan:
    """How to read a block: which columns are expected to be numbers, which of these are whole or
    may be grouped by thousands, which have a text of its own in nearly each row, or too many to
    keep them, which values were counted, which names are known, which columns differ from all
    others, and whether words stand for missing numbers."""

    format: CsvFormat
    roles: Roles
    readings: Mapping[str, ColumnReading]
    numbers: frozenset[str] = frozenset()
    whole_numbers: frozenset[str] = frozenset()
    perhaps_thousands: frozenset[str] = frozenset()
    texts_of_their_own: frozenset[str] = frozenset()
    too_many_texts: frozenset[str] = frozenset()
    sieves: Mapping[str, Sieve] = field(default_factory=dict)
    known_names: Mapping[str, KnownNames] = field(default_factory=dict)
    unlike: frozenset[str] = frozenset()
    most_categories: int = MOST_CATEGORIES
    has_words: bool = False


@dataclass
class BlockProfile:
    """What the rows of one block hold; ``filled`` are the places of the columns without a name that
    hold anything. ``halves`` are the hashes of either half of each row's features, and those of
    what is apart from both. ``has_words`` says that words stand for missing numbers."""

    rows: int
    text_bytes: int
    columns: dict[str, ColumnBlock]
    halves: tuple[Hashes, Hashes, Hashes]
    labels: Hashes
    odd: OddRows
    filled: set[int]
    has_words: bool

    @cached_property
    def features(self) -> Hashes:
        """The hash of each row's features."""
        first, second, apart = self.halves
        return first + second + apart


_NOTHING_COUNTED = Sieve()
_EMPTY = text_scalar("")

# The rows of a block that belong to each part of its file.
Cut = Callable[[pa.Table], list[pa.Table]]


def block_profile(block: RowBlock, plan: Plan, is_first: bool) -> BlockProfile:
    """Parses ``block`` and looks at each of its columns.

    Raises:
        pyarrow.ArrowInvalid: the rows can't be told apart.
    """
    [found] = block_profiles(block, [plan], is_first, lambda table: [table])
    return found


def block_profiles(
    block: RowBlock, plans: Sequence[Plan], is_first: bool, cut: Cut
) -> list[BlockProfile]:
    """Parses ``block`` and looks at each of its columns, part by part.

    Args:
        block: the rows.
        plans: how to read them, for each part; the parts differ by their sieves alone.
        is_first: whether it is the first block of the file.
        cut: cuts the parsed rows into the parts, the same way each time.

    Raises:
        pyarrow.ArrowInvalid: the rows can't be told apart.
    """
    plan = plans[0]
    found = _parsed(block, plans, plan.numbers, is_first, cut)
    if plan.whole_numbers and zero_led_fields(block.data, plan.format.delimiter) > sum(
        column.leading_zeros for part in found for column in part.columns.values()
    ):
        # A number that was read from 01234 does not tell it from 1234.
        found = _parsed(block, plans, plan.numbers - plan.whole_numbers, is_first, cut)
    return found


def _parsed(
    block: RowBlock, plans: Sequence[Plan], numbers: frozenset[str], is_first: bool, cut: Cut
) -> list[BlockProfile]:
    parsed = parsed_block(block, plans[0].format, numbers, is_first, plans[0].has_words)
    every = max(1, parsed.table.num_rows)
    found: list[BlockProfile] = []
    for plan, table in zip(plans, cut(parsed.table), strict=True):
        share = table.num_rows / every if len(plans) > 1 else 1.0
        rest = ParsedBlock(table, OddRows() if found else parsed.odd, parsed.has_words)
        found.append(_profile(rest, plan, round(share * len(block.data))))
    return found


def _profile(parsed: ParsedBlock, plan: Plan, text_bytes: int) -> BlockProfile:
    table = parsed.table
    rows = table.num_rows
    columns: dict[str, ColumnBlock] = {}
    filled: set[int] = set()
    first, second, apart, labels = (np.zeros(rows, np.uint64) for _ in range(4))
    halves, weights = (first, second, apart), row_weights(rows)
    for place, name in enumerate(plan.format.names):
        if not name:
            if _is_filled(table.column(place)):
                filled.add(place)
            continue
        column = _column(table.column(place), plan, name)
        if name not in plan.unlike:
            column.fingerprint = int(np.dot(column.hashes, weights))
        columns[name] = column
        if name == plan.roles.target:
            labels = column.hashes
        elif name in plan.roles.features:
            half = halves[plan.roles.halves[name]]
            half += column.hashes * plan.roles.seeds[name]
    return BlockProfile(
        rows, text_bytes, columns, halves, labels, parsed.odd, filled, parsed.has_words
    )


def _is_filled(texts: pa.ChunkedArray) -> bool:
    """Whether there is anything but blanks in a column without a name."""
    written = pc.not_equal(pc.utf8_trim_whitespace(texts), _EMPTY)
    return bool(pc.any(written, min_count=0).as_py())


def _column(chunks: pa.ChunkedArray, plan: Plan, name: str) -> ColumnBlock:
    if chunks.num_chunks == 1:
        array = chunks.chunk(0)
    else:
        array = pa.concat_arrays(chunks.chunks) if chunks.num_chunks else pa.nulls(0, chunks.type)
    sieve = plan.sieves.get(name, _NOTHING_COUNTED)
    if pa.types.is_floating(array.type):
        values = floats_in(array)
        return number_column(values, sieve, name in plan.perhaps_thousands)
    manner = TextManner(
        reading=plan.readings.get(name, USUAL),
        decimal=plan.format.decimal,
        sieve=sieve,
        most_categories=0 if name in plan.too_many_texts else plan.most_categories,
        count_values=name == plan.roles.target,
        hardly_come_back=name in plan.texts_of_their_own,
        known_names=plan.known_names.get(name),
    )
    return text_column(array, manner)
