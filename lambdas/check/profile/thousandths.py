"""Whether a sign before exactly three digits may separate thousands: is 1.131 beside 926 one
thousand or about one?

German spreadsheets write it for 1131. It is read as 1.131, which is no error that can be seen in
one value; all values of the column and the rest of the file tell.
"""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import mask_in

_THOUSAND = 1000
_TRIED_FIRST = 16


@dataclass(frozen=True)
class Thousandths:
    """What speaks for and against. ``grouped`` numbers have three digits behind their one sign, and
    one to three in front; ``decimal`` says that another has a sign that can only be a decimal one,
    ``below`` that one has no sign and is less than 1000, ``above`` that one is not."""

    grouped: str = ""
    decimal: bool = False
    below: bool = False
    above: bool = False

    @property
    def may_be_thousands(self) -> bool:
        """Whether nothing in the column speaks against it, and not all numbers look alike: where
        all have three decimals, it makes no difference to a model."""
        return bool(self.grouped) and self.below and not self.decimal and not self.above

    def __add__(self, other: Self) -> "Thousandths":
        return Thousandths(
            self.grouped or other.grouped,
            self.decimal or other.decimal,
            self.below or other.below,
            self.above or other.above,
        )


def thousandths_in(
    texts: "pa.StringArray", numbers: npt.NDArray[np.float64], decimal: str
) -> Thousandths:
    """What texts say that are these numbers."""
    sign = re.escape(decimal)
    pattern = rf"^[ \t]*[-+]?[1-9]\d{{0,2}}{sign}\d{{3}}[ \t]*$"
    # Mostly one of the first ones has other decimals.
    for text in texts.slice(0, _TRIED_FIRST).to_pylist():
        if decimal in text and not re.match(pattern, text, re.ASCII):
            return Thousandths(decimal=True)
    content = texts.buffers()[2]
    if content is None or decimal.encode() not in content.to_pybytes():
        return thousandths_without_signs(numbers)
    signed = mask_in(pc.match_substring(texts, decimal))
    grouped = mask_in(pc.match_substring_regex(texts, pattern))
    if (signed != grouped).any():
        return Thousandths(decimal=True)
    if not grouped.any():  # the sign stands in texts that are not these
        return thousandths_without_signs(numbers)
    first = texts[int(grouped.argmax())].as_py()
    return Thousandths(grouped=first.strip()) + thousandths_without_signs(numbers[~signed])


def thousandths_of(numbers: npt.NDArray[np.float64]) -> Thousandths:
    """What numbers say of which it is not known any more how they were written."""
    size = np.abs(numbers)
    broken = np.floor(size) != size
    if not broken.any():
        return Thousandths(above=bool((size >= _THOUSAND).any()))
    moved = size[broken] * _THOUSAND
    is_grouped = (np.abs(np.round(moved) - moved) < 1e-6 * moved) & (size[broken] >= 1)
    if not (is_grouped.all() and (size[broken] < _THOUSAND).all()):
        return Thousandths(decimal=True)
    return Thousandths(above=bool((size[~broken] >= _THOUSAND).any()))


def thousandths_without_signs(numbers: npt.NDArray[np.float64]) -> Thousandths:
    """What numbers without a decimal sign say."""
    above = np.abs(numbers) >= _THOUSAND
    return Thousandths(below=not above.all(), above=bool(above.any()))
