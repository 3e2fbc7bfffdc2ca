"""Values in order, each once."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.generic)


def different(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The different values in order. ``np.unique`` loads ``numpy.ma`` first, to ask whether
    some are masked: some ten milliseconds of each start."""
    ordered = np.sort(values)
    found: npt.NDArray[Number] = ordered[
        np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    ]
    return found
