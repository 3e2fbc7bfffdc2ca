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

Hashes = npt.NDArray[np.uint64]

MISSING_HASH = np.uint64(0x6D697373696E6721)
# A float holds every whole number below this one exactly; greater ones are told apart by text.
LARGEST_EXACT = 2.0**53

_BYTE_HASHES = np.random.default_rng(20240519).integers(2**64, size=256, dtype=np.uint64)
_STEP = np.uint64(0x9E3779B97F4A7C15)
# Slices of this many bytes stay in the processor's cache with everything made of them.
_SLICE_BYTES = 128 * 1024


def column_seed(name: str) -> np.uint64:
    """An odd factor for the column called ``name``, the same in every file and process."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little") | 1)


def mixed(hashes: Hashes) -> Hashes:
    """``hashes`` with every bit depending on all bits, changed in place."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes


def number_hashes(values: npt.NDArray[np.float64]) -> Hashes:
    """The hash of each number; NaN stands for a missing value."""
    # Adding zero turns -0.0 into 0.0.
    hashes = mixed((values + 0.0).view(np.uint64) + _STEP)
    hashes[np.isnan(values)] = MISSING_HASH
    return hashes


def text_hashes(texts: "pa.StringArray") -> Hashes:
    """The hash of each text; null stands for a missing value."""
    count = len(texts)
    if not count:
        return np.empty(0, np.uint64)
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset : texts.offset + count + 1]
    content = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    powers = _powers(int(np.diff(offsets).max(initial=0)))
    hashes = np.zeros(count, np.uint64)
    start = 0
    while start < count:
        limit = int(offsets[start]) + _SLICE_BYTES
        end = max(start + 1, int(np.searchsorted(offsets, limit, side="right")) - 1)
        hashes[start:end] = _slice_hashes(content, offsets[start : end + 1], powers)
        start = end
    mixed(hashes)
    if texts.null_count:
        hashes[np.asarray(texts.is_null())] = MISSING_HASH
    return hashes


def _slice_hashes(content: npt.NDArray[Any], offsets: npt.NDArray[Any], powers: Hashes) -> Hashes:
    """Σ byte_hash(bᵢ)·stepⁱ and the length, for the texts between consecutive offsets."""
    lengths = np.diff(offsets)
    hashes: Hashes = lengths.astype(np.uint64)
    filled = lengths > 0
    if filled.any():
        starts = offsets[:-1][filled] - offsets[0]
        places = np.arange(offsets[-1] - offsets[0]) - np.repeat(starts, lengths[filled])
        terms = _BYTE_HASHES[content[offsets[0] : offsets[-1]]] * powers[places]
        hashes[filled] += np.add.reduceat(terms, starts)
    return hashes


def _powers(length: int) -> Hashes:
    return np.cumprod(np.full(max(length, 1), _STEP), dtype=np.uint64)
