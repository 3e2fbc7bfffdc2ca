"""Whole numbers with more digits than a float holds: it may take different ones for the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import mask_array
from lambdas.check.reading.csv_format import LARGEST_EXACT

_MOST_KEPT = 1000


@dataclass
class LongNumbers:
    """The long numbers of a column. Each is looked at beside those of its block, and beside all
    others as long as they are few."""

    merge: bool = False
    _few: set[str] | None = field(default_factory=set)

    @property
    def example(self) -> str | None:
        """One of them as it is written, if there are any and they are few."""
        return next(iter(self._few or ()), None)

    def add(self, different: list[str]) -> None:
        """Takes in the different long numbers of one block."""
        if not different or self.merge:
            return
        self.merge = _merge(different)
        if self._few is None or self.merge:
            return
        self._few.update(different[: _MOST_KEPT + 1])
        self.merge = _merge(self._few)
        if len(self._few) > _MOST_KEPT:
            self._few = None


def long_numbers(texts: "pa.StringArray", numbers: npt.NDArray[np.float64]) -> list[str]:
    """Those of the texts, whose ``numbers`` these are, that are long whole numbers."""
    long = np.abs(numbers) >= LARGEST_EXACT
    if not long.any():
        return []
    plain = texts.filter(mask_array(long))
    found: list[str] = plain.filter(
        pc.match_substring_regex(plain, r"^-?[1-9]\d{15,}$")
    ).to_pylist()
    return found


def _merge(different: Iterable[str]) -> bool:
    return len({float(text) for text in different}) < len(set(different))
