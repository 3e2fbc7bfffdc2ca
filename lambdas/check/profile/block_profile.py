"""What the columns of one block of rows hold, and the hashes by which its rows are compared."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lambdas.check.profile.column_block import (
    MOST_CATEGORIES,
    ColumnBlock,
    number_column,
    text_column,
)
from lambdas.check.profile.hashing import Hashes, column_seed
from lambdas.check.reading.csv_format import CsvFormat
from lambdas.check.reading.parsed_block import RaggedRow, missing_words, parsed_block
from lambdas.check.reading.row_blocks import RowBlock


@dataclass(frozen=True)
class Roles:
    """The column to predict, and those by which rows are compared."""

    target: str
    features: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """How to read a block: which columns are expected to be numbers, and which hashes matter."""

    format: CsvFormat
    roles: Roles
    numbers: frozenset[str]
    limits: dict[str, np.uint64]
    most_categories: int = MOST_CATEGORIES


@dataclass
class BlockProfile:
    """What the rows of one block hold."""

    rows: int
    text_bytes: int
    columns: dict[str, ColumnBlock]
    features: Hashes
    labels: Hashes
    ragged_rows: int
    ragged: list[RaggedRow]


def block_profile(block: RowBlock, plan: Plan, is_first: bool) -> BlockProfile:
    """Parses ``block`` and looks at each of its columns.

    Raises:
        pyarrow.ArrowInvalid: the rows can't be told apart.
    """
    parsed = parsed_block(block, plan.format, plan.numbers, is_first)
    rows = parsed.table.num_rows
    columns: dict[str, ColumnBlock] = {}
    features, labels = np.zeros(rows, np.uint64), np.zeros(rows, np.uint64)
    for place, name in enumerate(plan.format.names):
        if not name:
            continue
        column = _column(parsed.table.column(place), plan, name)
        columns[name] = column
        if name == plan.roles.target:
            labels = column.hashes
            if column.missing:
                column.missing_words = missing_words(block, plan.format, name, is_first)
        elif name in plan.roles.features:
            features += column.hashes * column_seed(name)
    return BlockProfile(
        rows=rows,
        text_bytes=len(block.data),
        columns=columns,
        features=features,
        labels=labels,
        ragged_rows=parsed.ragged_rows,
        ragged=parsed.ragged,
    )


def _column(chunks: pa.ChunkedArray, plan: Plan, name: str) -> ColumnBlock:
    array = chunks.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    limit = plan.limits.get(name, np.uint64(2**64 - 1))
    if pa.types.is_floating(array.type):
        return number_column(array.to_numpy(zero_copy_only=False), limit)
    is_target = name == plan.roles.target
    return text_column(array, plan.format.decimal, limit, plan.most_categories, is_target)
