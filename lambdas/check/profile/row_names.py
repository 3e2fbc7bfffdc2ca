"""Columns that only name their rows, from which nothing can be learned."""

import re

from lambdas.check.profile.column_profile import ColumnProfile

_IDENTIFIER_NAME = re.compile(r"(^|[\W_])(id|key|index|idx|no|nr|number|uuid|guid)$", re.IGNORECASE)
_FEWEST_ROWS_OF_IDENTIFIERS = 20
_SHARE_OF_IDENTIFIERS = 0.97
# Above this share of different values AutoGluon 1.6 leaves a column of names out, where a missing
# value is one of them (autogluon.features.generators.drop_unique).
_SHARE_OF_NAMES = 0.99


def is_identifier(column: ColumnProfile) -> bool:
    """Whether nearly every row has a value of its own that only names the row."""
    if column.present < _FEWEST_ROWS_OF_IDENTIFIERS or column.distinct < (
        _SHARE_OF_IDENTIFIERS * column.present
    ):
        return False
    if column.kind == "text":
        return not column.is_date and not column.is_free_text
    if column.kind != "number" or not column.whole_numbers:
        return False
    # Half of the numbers of a running count may be in the other file.
    counts = column.maximum - column.minimum < 3 * column.present
    return counts or has_name_of_identifier(column.name)


def has_name_of_identifier(name: str) -> bool:
    """Whether the column is called what columns are called that name their rows."""
    return _IDENTIFIER_NAME.search(name) is not None


def names_rows(column: ColumnProfile) -> bool:
    """Whether nearly each row has a name of its own, of which AutoGluon makes nothing at all."""
    if column.kind != "text" or column.is_read_as_dates or column.has_words:
        return False
    different = column.distinct + (column.missing > 0)
    share = _SHARE_OF_NAMES if column.distinct_values.is_exact else _SHARE_OF_IDENTIFIERS
    return different > share * column.rows
