"""Has random forests look at the clock.

AutoGluon grows four trees and foresees from them how long the rest will take: of more than two
classes always, otherwise only where the forest might need much memory. Elsewhere a forest is grown
to its end, however long that takes. On 60,000 rows of 40 columns, with a minute to train, that took
a minute too long, and no time was left for the models that come after it; a larger table's training
was stopped at the job's limit, with nothing to show.
"""

import math
from typing import Any

from autogluon.tabular.models import RFModel

from training.fitting.fit_options import FEW_ROWS


def keep_forests_in_time(rows: int) -> None:
    """Has AutoGluon foresee how long each forest takes on a table of so many rows. One that would
    take too long gets fewer trees, or none. On small tables every forest is a matter of seconds."""
    if rows >= FEW_ROWS:
        RFModel._expected_mem_usage = _much  # noqa: SLF001 (AutoGluon has no option for it)


def _much(*_: Any) -> float:
    return math.inf
