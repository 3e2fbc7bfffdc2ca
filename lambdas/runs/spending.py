"""What all runs together may cost, and what of it is reserved: one ledger for the whole stack.

A run's reservation is what it can cost at the most, until it has ended; then it is what it did
cost. Every change is a conditional write on the ledger that was read (``If-Match``; Amazon S3 User
Guide, "Conditional writes"), so however many runs reserve at once, no limit is passed. Days and
months are those of UTC.
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from lambdas.bucket.bucket import Bucket, Stored
from lambdas.bucket.layout import LEDGER
from lambdas.errors import TryAgain
from lambdas.language import spoken, to_speak

# For so long failed runs are kept, which may be redriven, then the sum of a day is enough.
_SINGLE_RUNS = timedelta(days=2)
_DAYS_KEPT = timedelta(days=62)
_ATTEMPTS = 12
_LONGEST_PAUSE_SECONDS = 0.4
# Sums of binary fractions: a millionth of a dollar is nothing that anybody is billed.
_DIGITS = 6
_DAY_IS_FULL = to_speak(
    "Today's limit of {limit:.2f} USD (DailyCostLimit) has no room for {more} more: {taken} are "
    "spent or reserved."
)
_MONTH_IS_FULL = to_speak(
    "This month's limit of {limit:.2f} USD (MonthlyCostLimit) has no room for {more} more: {taken} "
    "are spent or reserved."
)


@dataclass(frozen=True)
class Limits:
    """What the person allows: USD that the runs begun on a day and in a month may cost together,
    and how many may be under way at once."""

    day_usd: float
    month_usd: float
    runs: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Limits":
        """The limits in a Lambda function's environment variables."""
        return cls(
            day_usd=float(environment["DAILY_COST_LIMIT"]),
            month_usd=float(environment["MONTHLY_COST_LIMIT"]),
            runs=int(environment["RUNS_AT_ONCE"]),
        )

    def too_low_for(self, usd: float, of_one: str = "TrainingCost") -> str | None:
        """Why a run of ``usd`` can never be begun, in words; None where it can.

        ``of_one`` is the parameter that bounds what one may cost.
        """
        for name, limit in (("DailyCostLimit", self.day_usd), ("MonthlyCostLimit", self.month_usd)):
            if usd > limit:
                return spoken(
                    "The run may cost up to {usd:.2f} USD, and {name}, which all runs share, is "
                    "{limit:.2f}. Set {name} to {usd:.2f} or more, or {of_one} to less.",
                    usd=usd,
                    of_one=of_one,
                    name=name,
                    limit=limit,
                )
        return None


@dataclass(frozen=True)
class Reservation:
    """What a run takes of one day's money, in USD. ``open`` while its execution is under way."""

    run: str
    execution: str
    day: str
    usd: float
    open: bool = True


@dataclass(frozen=True)
class Ledger:
    """The reservations of the last days, and by day (``2026-11-25``), in USD, what older runs and
    the checks of files have cost."""

    reservations: tuple[Reservation, ...] = ()
    days: Mapping[str, float] = field(default_factory=dict)

    def day_usd(self, day: date) -> float:
        """What is reserved and spent of a day's money."""
        return self._sum(day.isoformat())

    def month_usd(self, day: date) -> float:
        """What is reserved and spent in the month of ``day``."""
        return self._sum(f"{day:%Y-%m}-")

    def open_runs(self) -> set[str]:
        """The runs that are under way."""
        return {made.run for made in self.reservations if made.open}

    def open_executions(self) -> set[str]:
        """The executions that are under way, as far as is known."""
        return {made.execution for made in self.reservations if made.open}

    def usd_of(self, run: str) -> float:
        """All that a run has reserved."""
        return _rounded(made.usd for made in self.reservations if made.run == run)

    def no_money_for(self, usd: float, limits: Limits, today: date) -> str | None:
        """Which limit has no room for ``usd`` more, in words; None where each has."""
        sums = (
            (_DAY_IS_FULL, self.day_usd(today), limits.day_usd),
            (_MONTH_IS_FULL, self.month_usd(today), limits.month_usd),
        )
        for told, taken, limit in sums:
            if usd and _rounded([taken, usd]) > limit:
                return spoken(told, limit=limit, more=_shown(usd), taken=_shown(taken))
        return None

    def no_place_for(self, run: str, limits: Limits) -> str | None:
        """Why ``run`` can't be under way beside the others, in words; None where it can."""
        others = len(self.open_runs() - {run})
        if others < limits.runs:
            return None
        return spoken(
            "{runs:,} {runs:run is|runs are} under way, and RunsAtOnce is {most}.",
            runs=others,
            most=limits.runs,
        )

    def reserving(self, run: str, execution: str, usd: float, today: date) -> "Ledger":
        """With ``usd`` in all for the run: what is new of it is taken of today's money."""
        more = max(0.0, _rounded([usd, -self.usd_of(run)]))
        if not more and run in self.open_runs():
            return self
        day = today.isoformat()
        kept = [made for made in self.reservations if (made.run, made.day) != (run, day)]
        of_today = sum(m.usd for m in self.reservations if (m.run, m.day) == (run, day))
        made = Reservation(run, execution, day, _rounded([of_today, more]))
        return replace(self, reservations=(*kept, made))

    def settled(self, run: str, usd: float) -> "Ledger":
        """With what the run, which has ended, did cost in all instead of what it had reserved."""
        ours = [made for made in self.reservations if made.run == run]
        left, settled = usd, []
        for made in ours:
            # What goes beyond all that was reserved counts for the last day.
            part = left if made is ours[-1] else min(made.usd, left)
            settled.append(replace(made, usd=_rounded([part]), open=False))
            left = max(0.0, left - part)
        others = tuple(made for made in self.reservations if made.run != run)
        return replace(self, reservations=(*others, *settled))

    def booked(self, run: str, usd: float) -> "Ledger":
        """With what the run did cost in the sums of its days alone: it has succeeded, so it never
        spends anything more. The ledger is as long as the runs that are under way are many."""
        return self.settled(run, usd).summed(lambda made: made.run == run)

    def closed(self, executions: Iterable[str]) -> "Ledger":
        """Without open reservations of executions that have ended: they count in full."""
        ended = set(executions)
        return replace(
            self,
            reservations=tuple(
                replace(made, open=False) if made.execution in ended else made
                for made in self.reservations
            ),
        )

    def charged(self, usd: float, day: date) -> "Ledger":
        """With ``usd`` more, spent on a day on something else than runs."""
        key = day.isoformat()
        return replace(self, days={**self.days, key: _rounded([self.days.get(key, 0.0), usd])})

    def shortened(self, today: date) -> "Ledger":
        """The same sums in fewer words: old runs by the day, and nothing of older months."""
        single = (today - _SINGLE_RUNS).isoformat()
        oldest = (today - _DAYS_KEPT).isoformat()
        shorter = self.summed(lambda made: not made.open and made.day < single)
        return replace(
            shorter, days={day: usd for day, usd in shorter.days.items() if day >= oldest}
        )

    def summed(self, is_over: Callable[[Reservation], bool]) -> "Ledger":
        """With only the sums of their days instead of those that are over."""
        days = dict(self.days)
        for made in filter(is_over, self.reservations):
            days[made.day] = _rounded([days.get(made.day, 0.0), made.usd])
        return Ledger(tuple(made for made in self.reservations if not is_over(made)), days)

    def _sum(self, period: str) -> float:
        reserved = [made.usd for made in self.reservations if made.day.startswith(period)]
        others = [usd for day, usd in self.days.items() if day.startswith(period)]
        return _rounded(reserved + others)


class NoRoom(Exception):
    """A limit has no room for what was asked for; the text says which, for people."""


def read_ledger(bucket: Bucket) -> Ledger:
    """The ledger as it is now; an empty one where nothing was ever spent."""
    return _ledger_in(bucket.read_stored(LEDGER))


def change_ledger(bucket: Bucket, today: date, change: Callable[[Ledger], Ledger]) -> Ledger:
    """Writes what ``change`` makes of the ledger, once; it may be asked again about a newer one.

    Raises:
        TryAgain: others have changed it each time.
    """
    for attempt in range(_ATTEMPTS):
        stored = bucket.read_stored(LEDGER)
        ledger = _ledger_in(stored)
        changed = change(ledger)
        if changed == ledger:
            return ledger
        if _is_written(bucket, _body(changed.shortened(today)), stored):
            return changed
        time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.02 * 2**attempt)))
    raise TryAgain(spoken("Many runs are reserving money at the same moment."))


def _ledger_in(stored: Stored | None) -> Ledger:
    if stored is None:
        return Ledger()
    fields = json.loads(stored.body)
    return Ledger(tuple(Reservation(**made) for made in fields["reservations"]), fields["days"])


def _body(ledger: Ledger) -> bytes:
    # dataclasses.asdict takes four times as long as all else that is done to the ledger.
    reservations = [vars(made) for made in ledger.reservations]
    return json.dumps({"reservations": reservations, "days": ledger.days}).encode()


def _is_written(bucket: Bucket, body: bytes, before: Stored | None) -> bool:
    """Writes the ledger if nobody has changed it, or is changing it; returns whether it did."""
    try:
        return bucket.write_if_unchanged(LEDGER, body, before)
    except TryAgain:
        return False


def _shown(usd: float) -> str:
    return f"{usd:.2f}" if usd >= 0.01 else f"{usd:.4f}"


def _rounded(amounts: Iterable[float]) -> float:
    return round(sum(amounts), _DIGITS)
