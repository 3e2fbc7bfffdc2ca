"""Whole numbers with zeros in front, counted in a block of rows without parsing it.

A float has no zeros in front, and columns of numbers are read as floats. Nearly no block has such a
number, so it pays to look for one in the bytes first.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

_ZERO, _QUOTE, _LINE_FEED, _RETURN = (ord(sign) for sign in '0"\n\r')
_MOST_DIGITS = 40


def zero_led_fields(data: bytes, delimiter: str) -> int:
    """How many fields of ``data`` are digits alone, the first of several a zero. Text in quotation
    marks may have some more."""
    content = np.frombuffer(data, np.uint8)
    if len(content) < 3:
        return 0
    before, zero = content[:-2], content[1:-1]
    begins = (before == ord(delimiter)) | (before == _LINE_FEED)
    if b'"0' in data:
        begins |= before == _QUOTE
    # A digit is at most 9 above the zero; what is less than a zero is far above it without a sign.
    begins &= (zero == _ZERO) & (content[2:] - np.uint8(_ZERO) < 10)
    return int(_end_with_their_field(content, np.flatnonzero(begins) + 2, delimiter))


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
