"""Values in order, each once."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.generic)


def different(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The different values in order. ``np.unique`` loads ``numpy.ma`` first, to ask whether
    some are masked: some ten milliseconds of each start."""
    return each_once(np.sort(values))


def each_once(ordered: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The different ones of values that are in order."""
    is_new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    found: npt.NDArray[Number] = ordered[is_new]
    return found
