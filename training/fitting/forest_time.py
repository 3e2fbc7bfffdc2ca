"""Has random forests look at the clock.

AutoGluon grows four trees and foresees from them how long the rest will take: of more than two
classes always, otherwise only where the forest might need much memory. Elsewhere a forest is grown
to its end, however long that takes. On 60,000 rows of 40 columns, with a minute to train, that took
a minute too long, and no time was left for the models that come after it; a larger table's training
was stopped at the job's limit, with nothing to show.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

from autogluon.tabular.models import RFModel

from training.fitting.fit_options import FEW_ROWS

# How many trees AutoGluon times (RFModel._fit).
_TIMED_TREES = 4


def keep_forests_in_time(rows: int) -> None:
    """Has AutoGluon foresee how long each forest takes on a table of so many rows. One that would
    take too long gets fewer trees, or none. On small tables every forest is a matter of seconds."""
    if rows >= FEW_ROWS:
        # AutoGluon has no option for it.
        RFModel._expected_mem_usage = _much  # noqa: SLF001
        RFModel._fit = _on_all_processors(RFModel._fit)  # noqa: SLF001


def _much(*_: Any) -> float:
    return math.inf


def _on_all_processors(fit: Callable[..., Any]) -> Callable[..., Any]:
    """Of more processors than trees that are timed, the others stand still meanwhile; then the
    forest is done in a part of the time that AutoGluon foresees."""

    @functools.wraps(fit)
    def fitted(
        forest: Any, *, num_cpus: int = 1, time_limit: float | None = None, **given: Any
    ) -> Any:
        if time_limit is not None:
            time_limit *= max(1, num_cpus / _TIMED_TREES)
        return fit(forest, num_cpus=num_cpus, time_limit=time_limit, **given)

    return fitted
