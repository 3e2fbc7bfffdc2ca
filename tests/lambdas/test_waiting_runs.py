"""Whether a run in line can be started: within the money that is left, and the runs at once."""

from datetime import date

import pytest

from lambdas.runs.spending import Ledger, Limits
from lambdas.runs.waiting_runs import WaitingRun, has_room
from lambdas.uploads.pair import Pair, Upload

DAY = date(2026, 11, 25)
PAIR = Pair("a", Upload("data/a_train.csv", "e", "v", 1), Upload("data/a_test.csv", "e", "v", 1))


@pytest.mark.parametrize(
    ("usd", "limits", "is_allowed"),
    [
        (6.0, Limits(day_usd=10, month_usd=20, runs=2), True),
        (6.01, Limits(day_usd=10, month_usd=20, runs=2), False),
        (6.0, Limits(day_usd=10, month_usd=20, runs=1), False),
        (None, Limits(day_usd=10, month_usd=20, runs=2), True),
        (None, Limits(day_usd=4, month_usd=20, runs=2), False),
    ],
)
def test_a_run_in_line_starts_where_all_limits_have_room(
    usd: float | None, limits: Limits, is_allowed: bool
) -> None:
    ledger = Ledger().reserving("other", "arn:other", 4, DAY)
    waiting = WaitingRun(PAIR, None, "run", "20261125-070000000-0123ab", 0, usd, "why")
    assert has_room(ledger, waiting, limits, DAY) is is_allowed
