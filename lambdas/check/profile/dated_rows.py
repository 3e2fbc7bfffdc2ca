"""The rows of a file by their time."""

from dataclasses import dataclass

import numpy as np

from lambdas.check.profile.row_split import Mask
from lambdas.check.profile.times import NO_TIME, Times


@dataclass(frozen=True)
class DatedRows:
    """The time of each row, whether it is a number, and which rows have a label."""

    times: Times
    are_numbers: bool
    has_label: Mask

    @property
    def labelled(self) -> int:
        """The rows with a label."""
        return int(np.count_nonzero(self.has_label))

    @property
    def without_time(self) -> int:
        """Those of them that have no time that can be read."""
        return int(np.count_nonzero(self.has_label & (self.times == NO_TIME)))
