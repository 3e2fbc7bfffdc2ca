"""64-bit hashes of whole columns: equal values have equal hashes however they were written.

A number has the hash of its value (1, 1.0 and 1e0 are the same), anything else that of its text.
The mixing is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
Generators, 2014). Two different values share a hash with a chance of about 2⁻⁶⁰, so counts made
with hashes are exact for every file that a Lambda function can read.
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lambdas.check.reading.arrow_arrays import mask_in

Hashes = npt.NDArray[np.uint64]

MISSING_HASH = np.uint64(0x6D697373696E6721)

_STEP = np.uint64(0x9E3779B97F4A7C15)
# Longer texts are few; they have a hash of their own each.
_LONGEST_BY_WORDS = 256
# Masks that keep the first 0 to 8 bytes of a little-endian word.
_FIRST_BYTES = np.array([(1 << 8 * kept) - 1 for kept in range(9)], np.uint64)


def column_seed(name: str) -> np.uint64:
    """An odd factor for the column called ``name``, the same in every file and process."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little") | 1)


def row_weights(rows: int) -> Hashes:
    """An odd factor for each row of a block, so that the order of the rows counts."""
    return mixed(np.arange(1, rows + 1, dtype=np.uint64)) | np.uint64(1)


def mixed(hashes: Hashes) -> Hashes:
    """``hashes`` with every bit depending on all bits, changed in place."""
    shifted = hashes >> np.uint64(30)
    hashes ^= shifted
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= np.right_shift(hashes, np.uint64(27), out=shifted)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= np.right_shift(hashes, np.uint64(31), out=shifted)
    return hashes


def number_hashes(
    values: npt.NDArray[np.float64], gone: npt.NDArray[np.bool_] | None = None
) -> Hashes:
    """The hash of each number; NaN stands for a missing value, as ``gone`` tells if it is known."""
    # Adding zero turns -0.0 into 0.0.
    hashes = (values + 0.0).view(np.uint64)
    hashes += _STEP
    mixed(hashes)
    if gone is None:
        gone = np.isnan(values)
    if gone.any():
        hashes[gone] = MISSING_HASH
    return hashes


def text_hashes(texts: pa.StringArray) -> Hashes:
    """The hash of each text; null stands for a missing value."""
    count = len(texts)
    if not count:
        return np.empty(0, np.uint64)
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + count + 1]
    content = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    starts, lengths = offsets[:-1].astype(np.int64), np.diff(offsets)
    # Times the step, or a length and a control character could cancel each other out.
    hashes = lengths.astype(np.uint64) * _STEP
    short = lengths <= _LONGEST_BY_WORDS
    if short.all():
        _add_words(hashes, content, starts, lengths)
    else:
        some = hashes[short]
        _add_words(some, content, starts[short], lengths[short])
        hashes[short] = some
        for place in np.flatnonzero(~short):
            text = content[starts[place] : starts[place] + lengths[place]]
            digest = hashlib.blake2b(text.tobytes(), digest_size=8).digest()
            hashes[place] = int.from_bytes(digest, "little")
    mixed(hashes)
    if texts.null_count:
        hashes[mask_in(texts.is_null())] = MISSING_HASH
    return hashes


def _add_words(
    hashes: Hashes, content: npt.NDArray[Any], starts: npt.NDArray[Any], lengths: npt.NDArray[Any]
) -> None:
    """Takes each text, eight bytes at a time, into its hash: hᵢ₊₁ = m((hᵢ ⊕ wordᵢ)·step), where m
    folds the upper half into the lower one."""
    padded = np.append(content, np.zeros(8, np.uint8))
    # The eight bytes from every place of the content on, as one number each.
    words = np.ndarray((len(content) + 1,), "<u8", padded, strides=(1,))
    shortest = int(lengths.min(initial=_LONGEST_BY_WORDS))
    for done in range(0, int(lengths.max(initial=0)), 8):
        if done < shortest:
            word = words[starts + done]
            if shortest < done + 8:
                word &= _FIRST_BYTES[np.minimum(lengths - done, 8)]
            hashes ^= word
            hashes *= _STEP
            hashes ^= hashes >> np.uint64(32)
            continue
        rows = np.flatnonzero(lengths > done)
        word = words[starts[rows] + done] & _FIRST_BYTES[np.minimum(lengths[rows] - done, 8)]
        hashed = (hashes[rows] ^ word) * _STEP
        hashes[rows] = hashed ^ (hashed >> np.uint64(32))
