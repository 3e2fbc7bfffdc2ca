"""Whether a run may go on: each step that costs money asks here first, and is charged here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from lambdas.bucket.bucket import Bucket
from lambdas.language import spoken
from lambdas.runs.spending import Ledger, Limits, NoRoom, change_ledger
from lambdas.runs.waiting_runs import list_places

# A check is charged for before it is done, for a time that it does not take: a gigabyte is checked
# in well under a minute (docs/reliability.md), a packed file may hold ten times its size.
_LEAST_SECONDS = 20
_MOST_SECONDS = 900
_BYTES_A_SECOND = {".csv": 5_000_000, ".gz": 500_000}
# Lambda's most expensive region asks 0.0000229167 USD a GB-second (AWS Lambda pricing, 2025-11).
_USD_A_GB_SECOND = 0.000023
# An execution's dozen of state transitions and its requests to S3.
_USD_BESIDE = 0.0005


def today() -> date:
    """The day by UTC, for which money is reserved."""
    return datetime.now(UTC).date()


def check_usd(sizes: dict[str, int], memory_mb: int) -> float:
    """What it costs at the most to check files of these sizes in bytes, by key, in USD."""
    seconds = _LEAST_SECONDS + sum(
        size / _BYTES_A_SECOND[".gz" if key.lower().endswith(".gz") else ".csv"]
        for key, size in sizes.items()
    )
    return min(seconds, _MOST_SECONDS) * memory_mb / 1024 * _USD_A_GB_SECOND + _USD_BESIDE


def charge_check(bucket: Bucket, limits: Limits, usd: float, run: str, in_turn: bool) -> None:
    """Charges for checking a run's files, unless the run would have to wait afterwards.

    ``in_turn`` is whether the run has waited in line, and it is its turn.

    Raises:
        NoRoom: others wait before it, or a limit has no room; nothing was charged.
        TryAgain: many write at the same moment.
    """
    if not in_turn and list_places(bucket, most=1):
        raise NoRoom(spoken("Other runs wait in line before it."))

    day = today()

    def charged(ledger: Ledger) -> Ledger:
        no_room = ledger.no_place_for(run, limits) or ledger.no_money_for(usd, limits, day)
        if no_room:
            raise NoRoom(no_room)
        return ledger.charged(usd, day)

    change_ledger(bucket, day, charged)


def charge_rows_check(bucket: Bucket, limits: Limits, usd: float) -> None:
    """Charges for checking new rows. Predictions stand in no line: each tries again later.

    Raises:
        NoRoom: a limit has no room; nothing was charged.
        TryAgain: many write at the same moment.
    """
    day = today()

    def charged(ledger: Ledger) -> Ledger:
        if no_room := ledger.no_money_for(usd, limits, day):
            raise NoRoom(no_room)
        return ledger.charged(usd, day)

    change_ledger(bucket, day, charged)


@dataclass(frozen=True)
class RunBudget:
    """The most that a run can cost in all, in USD, and the execution that spends it."""

    run: str
    execution: str
    usd: float


def reserve_cost(
    bucket: Bucket, limits: Limits, budget: RunBudget, *, is_under_way: bool = False
) -> None:
    """Reserves the run's budget, and with it one of the places of runs at once.

    A run that is under way already, and needs more money, needs no new place. Reserving the same
    again changes nothing.

    Raises:
        NoRoom: a limit has no room; nothing was reserved.
        TryAgain: many write at the same moment.
    """
    day = today()

    def reserving(ledger: Ledger) -> Ledger:
        more = max(0.0, budget.usd - ledger.usd_of(budget.run))
        no_place = None if is_under_way else ledger.no_place_for(budget.run, limits)
        if no_room := no_place or ledger.no_money_for(more, limits, day):
            raise NoRoom(no_room)
        return ledger.reserving(budget.run, budget.execution, budget.usd, day)

    change_ledger(bucket, day, reserving)


def book_cost(bucket: Bucket, run: str, usd: float) -> None:
    """Gives back what a run that has succeeded had reserved and not spent, and its place.

    Raises:
        TryAgain: many write at the same moment.
    """
    change_ledger(bucket, today(), lambda ledger: ledger.booked(run, usd))


def settle_cost(bucket: Bucket, run: str, usd: float) -> None:
    """Gives back what a run that has failed had reserved and not spent, and its place. It may be
    redriven, and then needs both again.

    Raises:
        TryAgain: many write at the same moment.
    """
    change_ledger(bucket, today(), lambda ledger: ledger.settled(run, usd))


def release_place(bucket: Bucket, execution: str) -> None:
    """Gives back the place of a run whose execution has ended, and none of its money.

    Raises:
        TryAgain: many write at the same moment.
    """
    change_ledger(bucket, today(), lambda ledger: ledger.closed([execution]))
