"""Whole numbers with zeros in front, counted in a block of rows without parsing it.

A float has no zeros in front, and columns of numbers are read as floats. Nearly no block has such a
number, so it pays to look for one in the bytes first.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

_ZERO, _QUOTE, _LINE_FEED, _RETURN, _SIGN = (ord(sign) for sign in '0"\n\r-')
_MOST_DIGITS = 40
# So much stays near the processor.
_BYTES_AT_ONCE = 128 * 1024


def zero_led_fields(data: bytes | memoryview, delimiter: str) -> int:
    """How many fields of ``data`` are digits alone, the first of several a zero. Text in quotation
    marks may have some more."""
    content = np.frombuffer(data, np.uint8)
    before = np.zeros(256, bool)
    before[[ord(delimiter), _QUOTE, _LINE_FEED]] = True
    whole = 0
    for start in range(0, max(0, len(content) - 2), _BYTES_AT_ONCE):
        found = _may_have_a_zero_in_front(content[start : start + _BYTES_AT_ONCE + 2], delimiter)
        # To look for the places takes longer than all else, and mostly there are none.
        if found.any():
            places = np.flatnonzero(found) + start
            places = places[before[content[places]]] + 2
            whole += _end_with_their_field(content, places, delimiter)
    return whole


def _may_have_a_zero_in_front(
    content: npt.NDArray[np.uint8], delimiter: str
) -> npt.NDArray[np.bool_]:
    """Which bytes, from the third one on, are digits behind a zero that may begin its field: what
    stands before one is less than any sign of a number, or a delimiter that is not."""
    begins: npt.NDArray[np.bool_] = content[:-2] < _SIGN
    if ord(delimiter) >= _SIGN:
        begins |= content[:-2] == ord(delimiter)
    begins &= content[1:-1] == _ZERO
    # A digit is at most 9 above the zero; what is less than a zero is far above it without a sign.
    begins &= content[2:] - np.uint8(_ZERO) < 10
    return begins


def _end_with_their_field(
    content: npt.NDArray[np.uint8], places: npt.NDArray[Any], delimiter: str
) -> int:
    """How many of the numbers that go on at ``places`` have digits until their field ends."""
    ends = np.zeros(256, bool)
    ends[[ord(delimiter), _QUOTE, _LINE_FEED, _RETURN]] = True
    whole = 0
    for _ in range(_MOST_DIGITS):
        places = places + 1
        whole += int((places >= len(content)).sum())
        places = places[places < len(content)]
        signs = content[places]
        whole += int(ends[signs].sum())
        places = places[signs - np.uint8(_ZERO) < 10]
        if not len(places):
            break
    return whole
