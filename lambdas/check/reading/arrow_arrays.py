"""Arrow's arrays from numpy's and from texts, and back, without pandas.

Arrow imports pandas for ``pa.array`` and ``pa.scalar``, to tell its types apart, for ``to_numpy``,
and for a function of ``pyarrow.compute`` that is given a text or a number. That would take as long
as all else that the check needs to start.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def mask_array(mask: npt.NDArray[np.bool_]) -> "pa.BooleanArray":
    """``mask`` as Arrow has it, a bit for each row."""
    return pa.Array.from_buffers(pa.bool_(), len(mask), [None, _bits(mask)])


def number_array(
    numbers: npt.NDArray[Any], is_missing: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """``numbers`` as Arrow has them, null where one ``is_missing``; they are not copied."""
    is_valid = None if is_missing is None else _bits(~is_missing)
    content = pa.py_buffer(np.ascontiguousarray(numbers))
    kind = pa.from_numpy_dtype(numbers.dtype)
    return pa.Array.from_buffers(kind, len(numbers), [is_valid, content])


def text_array(texts: Collection[str | None]) -> "pa.StringArray":
    """``texts`` as Arrow has them; None is a missing one."""
    is_missing = np.array([text is None for text in texts], bool)
    encoded = [text.encode() if text else b"" for text in texts]
    ends = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    is_valid = _bits(~is_missing) if is_missing.any() else None
    buffers = [is_valid, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def text_scalar(text: str | None) -> "pa.StringScalar":
    """``text`` as Arrow's functions take it beside a column."""
    return text_array([text])[0]


def mask_in(flags: "pa.BooleanArray | pa.ChunkedArray") -> npt.NDArray[np.bool_]:
    """The flags, False for a null."""
    if isinstance(flags, pa.ChunkedArray):
        return np.concatenate([np.zeros(0, bool), *map(mask_in, flags.chunks)])
    mask = _mask(flags.buffers()[1], flags.offset, len(flags))
    return mask & _is_valid(flags) if flags.null_count else mask


def floats_in(numbers: "pa.DoubleArray") -> npt.NDArray[np.float64]:
    """The numbers, NaN for a null; without any they are not copied and can't be changed."""
    content = np.frombuffer(numbers.buffers()[1], np.float64)
    floats = content[numbers.offset : numbers.offset + len(numbers)]
    return np.where(_is_valid(numbers), floats, np.nan) if numbers.null_count else floats


def places_in(indices: "pa.Int32Array") -> npt.NDArray[np.int32]:
    """A dictionary's indices, -1 for a null; without any they are not copied."""
    content = np.frombuffer(indices.buffers()[1], np.int32)
    places = content[indices.offset : indices.offset + len(indices)]
    return np.where(_is_valid(indices), places, np.int32(-1)) if indices.null_count else places


def _is_valid(array: pa.Array) -> npt.NDArray[np.bool_]:
    return _mask(array.buffers()[0], array.offset, len(array))


def _bits(mask: npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(mask, bitorder="little"))


def _mask(bits: pa.Buffer, first: int, count: int) -> npt.NDArray[np.bool_]:
    every = np.unpackbits(np.frombuffer(bits, np.uint8), count=first + count, bitorder="little")
    return every[first:].view(bool)


# A missing text, as Arrow's functions take it beside a column.
NO_TEXT = text_scalar(None)
