"""Whole numbers with zeros in front, counted in a block of rows without parsing it.

A float has no zeros in front, and columns of numbers are read as floats. Nearly no block has such a
number, so it pays to look for one in the bytes first.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

_ZERO, _QUOTE, _LINE_FEED, _RETURN = (ord(sign) for sign in '0"\n\r')
_MOST_DIGITS = 40
# So much stays near the processor.
_BYTES_AT_ONCE = 128 * 1024


def zero_led_fields(data: bytes, delimiter: str) -> int:
    """How many fields of ``data`` are digits alone, the first of several a zero. Text in quotation
    marks may have some more."""
    content = np.frombuffer(data, np.uint8)
    before = [delimiter, "\n", '"'] if b'"' in data else [delimiter, "\n"]
    pairs = [int(np.frombuffer((sign + "0").encode(), np.uint16)[0]) for sign in before]
    whole = 0
    for start in range(0, max(0, len(content) - 2), _BYTES_AT_ONCE):
        part = content[start : start + _BYTES_AT_ONCE + 2]
        for first in (0, 1):
            places = _second_digits(part[first:], pairs) + start + first
            whole += _end_with_their_field(content, places, delimiter)
    return whole


def _second_digits(content: npt.NDArray[np.uint8], pairs: list[int]) -> npt.NDArray[Any]:
    """Where a digit follows one of the ``pairs`` of bytes, of those that begin at an even place: so
    two bytes are compared at once."""
    digits = content[2::2]
    even = content[: 2 * len(digits)].view(np.uint16)
    found = even == pairs[0]
    for pair in pairs[1:]:
        found |= even == pair
    # A digit is at most 9 above the zero; what is less than a zero is far above it without a sign.
    found &= digits - np.uint8(_ZERO) < 10
    return 2 * np.flatnonzero(found) + 2


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
