"""The one way in which results write numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def digits(numbers: npt.NDArray[Any]) -> "pa.StringArray":
    """The texts of ``numbers`` (n), null for NaN.

    They have the fewest digits from which a reader gets the same numbers again. So a number has the
    same digits wherever it is written, as long as its type is the same; a whole one has no point.
    """
    return pa.array(np.ascontiguousarray(numbers), from_pandas=True).cast(pa.string())
