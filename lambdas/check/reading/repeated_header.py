"""The header again among the rows, as where two files were joined into one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import mask_in, text_array
from lambdas.check.reading.header import plain_names


def repeated_header_places(table: pa.Table, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Which rows have the names of the columns as their values.

    Args:
        table: rows whose columns are numbers or texts, as many as there are names.
        names: the columns' names, empty for one that has none.
    """
    nowhere = np.empty(0, np.int64)
    texts = [column for column in table.itercolumns() if not pa.types.is_floating(column.type)]
    if len(texts) < table.num_columns and not any(map(_is_number, names)):
        return nowhere
    written = text_array(sorted({form for name in names for form in _forms(name)}))
    places = None
    for column in texts:
        among = column if places is None else column.take(pa.array(places))
        fits = mask_in(pc.is_in(pc.utf8_trim_whitespace(among), written))
        places = np.flatnonzero(fits) if places is None else places[fits]
        if not len(places):
            return nowhere
    if places is None:
        return nowhere
    columns = [column.take(pa.array(places)).to_pylist() for column in table.itercolumns()]
    return places[[is_header(row, names) for row in zip(*columns, strict=True)]]


def is_header(row: Sequence[str | float | None], names: Sequence[str]) -> bool:
    """Whether a row has all the names, whatever their order and their case."""
    return sorted(map(_plain, row)) == sorted(map(_plain, names))


def _forms(name: str) -> tuple[str, ...]:
    return name, name.lower(), name.upper(), name.title()


def _plain(value: str | float | None) -> str:
    if value is None:
        return ""
    plain = plain_names([str(value)])[0]
    return repr(float(plain)) if _is_number(plain) else plain.casefold()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
