"""The ledger: sums, places and days, whatever is reserved, settled and closed in whatever order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runs.admission import check_usd
from lambdas.runs.spending import Ledger, Limits

DAY = date(2026, 11, 30)
LIMITS = Limits(day_usd=10, month_usd=20, runs=3)


def reserved(**runs: float) -> Ledger:
    ledger = Ledger()
    for run, usd in runs.items():
        ledger = ledger.reserving(run, f"arn:{run}", usd, DAY)
    return ledger


def test_a_run_takes_what_it_can_cost_of_its_day_and_gives_back_what_it_did_not() -> None:
    ledger = reserved(a=0.65)
    assert ledger.day_usd(DAY) == ledger.month_usd(DAY) == 0.65
    assert ledger.settled("a", 0.12).day_usd(DAY) == 0.12
    assert ledger.settled("a", 0.12).open_runs() == set()


def test_to_reserve_or_settle_once_more_changes_nothing() -> None:
    ledger = reserved(a=0.65, b=1)
    assert ledger.reserving("a", "arn:a", 0.65, DAY) == ledger
    settled = ledger.settled("a", 0.12)
    assert settled.settled("a", 0.12) == settled


def test_a_run_that_has_succeeded_is_only_in_the_sums_of_its_days() -> None:
    next_day = DAY + timedelta(days=1)
    ledger = reserved(a=0.65, b=1).reserving("a", "arn:a", 1.0, next_day)
    booked = ledger.booked("a", 0.7)
    assert (booked.day_usd(DAY), booked.day_usd(next_day)) == (1.65, 0.05)
    assert [made.run for made in booked.reservations] == ["b"]
    assert booked.booked("a", 0.7) == booked
    assert booked.settled("a", 0.9) == booked, "a failure after that has nothing to give back"


def test_what_a_later_day_adds_counts_for_that_day_and_the_run_has_one_place() -> None:
    next_day = DAY + timedelta(days=1)
    ledger = reserved(a=0.65).reserving("a", "arn:a", 1.0, next_day)
    assert (ledger.day_usd(DAY), ledger.day_usd(next_day)) == (0.65, 0.35)
    assert ledger.no_place_for("b", Limits(10, 20, 2)) is None
    settled = ledger.settled("a", 0.7)
    assert (settled.day_usd(DAY), settled.day_usd(next_day)) == (0.65, 0.05)


def test_the_limits_are_kept_to_the_cent_and_named() -> None:
    ledger = reserved(a=9.99)
    assert ledger.no_money_for(0.01, LIMITS, DAY) is None
    assert ledger.no_money_for(0.0101, LIMITS, DAY) == (
        "Today's limit of 10.00 USD (DailyCostLimit) has no room for 0.01 more: 9.99 are spent or "
        "reserved."
    )
    of_the_month = ledger.reserving("b", "arn:b", 10, DAY - timedelta(days=1))
    assert "This month's limit of 20.00 USD" in str(
        of_the_month.no_money_for(0.02, Limits(99, 20, 3), DAY)
    )
    assert of_the_month.no_money_for(0.02, LIMITS, DAY + timedelta(days=1)) is None


def test_a_run_that_ended_without_a_word_gives_back_its_place_and_counts_in_full() -> None:
    ledger = reserved(a=1, b=2, c=3)
    assert ledger.no_place_for("d", LIMITS) == ("3 runs are under way, and RunsAtOnce is 3.")
    closed = ledger.closed(["arn:b"])
    assert closed.no_place_for("d", LIMITS) is None
    assert closed.day_usd(DAY) == 6


def test_a_run_above_a_limit_is_told_so_and_would_wait_for_ever() -> None:
    assert LIMITS.too_low_for(10) is None
    assert "Set DailyCostLimit to 10.50 or more, or TrainingCost to less" in str(
        LIMITS.too_low_for(10.5)
    )


@pytest.mark.parametrize("days", [0, 3, 40])
def test_a_shortened_ledger_has_the_same_sums(days: int) -> None:
    ledger = reserved(a=1, b=2).settled("a", 0.5).charged(0.01, DAY)
    later = DAY + timedelta(days=days)
    short = ledger.shortened(later)
    assert short.day_usd(DAY) == ledger.day_usd(DAY) == 2.51
    assert short.open_runs() == {"b"}
    assert len(short.reservations) == (2 if days < 3 else 1)


def test_a_month_that_is_long_past_is_forgotten() -> None:
    assert reserved(a=1).settled("a", 1).shortened(DAY + timedelta(days=70)) == Ledger()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "settle", "book", "close", "charge"]),
        st.sampled_from("abcdef"),
        st.integers(0, 600).map(lambda cents: cents / 100),
        st.integers(0, 3),
    ),
    max_size=40,
)


@given(STEPS)
def test_however_it_is_used_no_day_and_no_month_goes_over_its_limit(
    steps: list[tuple[str, str, float, int]],
) -> None:
    ledger, day = Ledger(), DAY
    for what, run, usd, passed in steps:
        day += timedelta(days=passed)
        if what == "reserve":
            more = max(0.0, usd - ledger.usd_of(run))
            if not ledger.no_money_for(more, LIMITS, day) and not ledger.no_place_for(run, LIMITS):
                ledger = ledger.reserving(run, f"arn:{run}", usd, day)
                assert run in ledger.open_runs()
        elif what == "settle":
            # A job's time limit holds what it costs to what was reserved for it.
            ledger = ledger.settled(run, min(usd, ledger.usd_of(run)))
        elif what == "book":
            ledger = ledger.booked(run, min(usd, ledger.usd_of(run)))
            assert ledger.usd_of(run) == 0
        elif what == "close":
            ledger = ledger.closed([f"arn:{run}"])
        elif not ledger.no_money_for(usd, LIMITS, day):
            ledger = ledger.charged(usd, day)
        ledger = ledger.shortened(day)
        for past in range(10):
            assert ledger.day_usd(day - timedelta(days=past)) <= LIMITS.day_usd
        assert ledger.month_usd(day) <= LIMITS.month_usd
        assert len(ledger.open_runs()) <= LIMITS.runs


def test_a_check_is_charged_for_more_time_than_it_takes_and_for_its_time_limit_at_most() -> None:
    small = check_usd({"data/a_train.csv": 1000, "data/a_test.csv": 1000}, 2048)
    packed = check_usd({"data/a_train.csv.gz": 10**7}, 2048)
    assert check_usd({"predict/a/b.CSV.GZ": 10**7}, 2048) == packed
    assert 0.001 < small < packed < 0.003
    assert check_usd({"data/a_train.csv": 10**12}, 2048) == pytest.approx(0.0419)
