"""What a stack holds and spends at the moment, and what in it needs a person.

Each part is None where the credentials do not allow to see it.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import RESULTS, UPLOADS
from lambdas.endpoints import tags as tag
from lambdas.endpoints.name import endpoint_name
from lambdas.endpoints.removal import list_endpoints
from lambdas.errors import KeptDataBroken
from lambdas.predictions.lost_rows import UntakenRows, find_lost_rows, start_rows
from lambdas.runs.admission import today
from lambdas.runs.spending import read_ledger
from lambdas.runs.waiting_runs import leave_line, list_places, read_waiting_run
from lambdas.uploads.lost_pairs import LostPair, find_lost_pairs, start_lost_pair
from operate.account import DENIED
from operate.error_answer import error_answer
from operate.place import Place
from operate.stack.dead_letters import DeadLetter, read_dead_letters
from operate.stack.unused_uploads import UnusedUpload, unused_uploads

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

_MOST_IN_LINE = 50
_AT_ONCE = 8
_FRESH_SECONDS = 10.0
Found = TypeVar("Found")


@dataclass(frozen=True)
class Spent:
    """What runs may cost by the stack's parameters (USD), and what is spent or reserved of it; how
    many may be under way at once, and how many are."""

    day_usd: float
    day_limit: float
    month_usd: float
    month_limit: float
    runs: int
    most_runs: int


@dataclass(frozen=True)
class InLine:
    """A run that waits for room within the limits: its place, what it is of, and why it waits, in
    the stack's language."""

    place: str
    dataset: str
    why: str


@dataclass(frozen=True)
class ServedEndpoint:
    """An endpoint of the stack; its dataset is empty where the results have none of that name."""

    name: str
    status: str
    dataset: str
    run: str
    until: datetime | None
    usd_per_hour: float
    spent_usd: float


@dataclass(frozen=True)
class StackNow:
    """The stack at a moment. ``uploads`` are all objects in ``data/``."""

    bucket: str
    dead_letter_queue: str
    spent: Spent | None
    lost: tuple[LostPair, ...] | None
    lost_rows: tuple[UntakenRows, ...] | None
    line: tuple[InLine, ...] | None
    letters: tuple[DeadLetter, ...] | None
    endpoints: tuple[ServedEndpoint, ...] | None
    uploads: tuple["ObjectTypeDef", ...] | None

    @property
    def is_known(self) -> bool:
        """Whether all could be seen that may need a person."""
        return None not in (self.lost, self.lost_rows, self.letters, self.uploads)

    @property
    def unused(self) -> list[UnusedUpload]:
        """The uploads that no run will use, told in the language that is spoken."""
        return unused_uploads(self.uploads or ())


@dataclass
class SeenStack:
    """The stack at ``place`` for who looks again and again; any number of threads may."""

    place: Place
    _seen: StackNow | None = None
    _at: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def seen(self) -> StackNow:
        """The stack as it was some seconds ago at the most."""
        with self._lock:
            if self._seen and time.monotonic() - self._at < _FRESH_SECONDS:
                return self._seen
        return self.read()

    def read(self) -> StackNow:
        """The stack as it is now."""
        now = read_stack(self.place)
        with self._lock:
            self._seen, self._at = now, time.monotonic()
        return now

    def forget(self) -> None:
        """Has the next look read anew: something was done."""
        with self._lock:
            self._seen = None


def read_stack(place: Place) -> StackNow:
    """The stack as it is; its parts are asked for at the same time."""
    found = place.deployment.now()
    outputs, parameters = (found.outputs, found.parameters) if found else ({}, {})
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    queue = outputs.get("DeadLetterQueue", "")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        spent = pool.submit(_allowed, lambda: _spent(bucket, parameters))
        lost = pool.submit(_allowed, lambda: _lost_pairs(place, bucket))
        rows = pool.submit(_allowed, lambda: _lost_rows(place, bucket))
        line = pool.submit(_allowed, lambda: _line(bucket))
        letters = pool.submit(_allowed, lambda: read_dead_letters(place.account, queue))
        endpoints = pool.submit(_allowed, lambda: _endpoints(place, bucket))
        uploads = pool.submit(_allowed, lambda: tuple(bucket.objects(UPLOADS)))
        return StackNow(
            bucket=bucket.name,
            dead_letter_queue=queue,
            spent=spent.result(),
            lost=lost.result(),
            lost_rows=rows.result(),
            line=line.result(),
            letters=letters.result(),
            endpoints=endpoints.result(),
            uploads=uploads.result(),
        )


def start_lost(place: Place) -> int:
    """Starts what was uploaded and nothing has taken, as ``codefree status --fix`` does; returns
    how many executions that were. Doing it again starts nothing twice."""
    bucket, states = (
        Bucket(place.account.bucket(place.stack), place.account.s3),
        place.account.states,
    )
    started = [start_lost_pair(states, place.state_machine, p) for p in _lost_pairs(place, bucket)]
    machine = str(place.prediction_machine)
    started += [start_rows(states, machine, rows) for rows in _lost_rows(place, bucket)]
    return len([execution for execution in started if execution])


def leave(place: Place, waiting: str) -> None:
    """Removes a run from the waiting ones; nothing happens where it is gone."""
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    if waiting in list_places(bucket):
        leave_line(bucket, waiting)


def _allowed(read: Callable[[], Found]) -> Found | None:
    try:
        return read()
    except ClientError as error:
        if error_answer(error).code not in DENIED:
            raise
        return None


def _spent(bucket: Bucket, parameters: dict[str, str]) -> Spent:
    ledger, day = read_ledger(bucket), today()
    return Spent(
        day_usd=ledger.day_usd(day),
        day_limit=float(parameters.get("DailyCostLimit", 0)),
        month_usd=ledger.month_usd(day),
        month_limit=float(parameters.get("MonthlyCostLimit", 0)),
        runs=len(ledger.open_runs()),
        most_runs=int(parameters.get("RunsAtOnce", 0)),
    )


def _lost_pairs(place: Place, bucket: Bucket) -> tuple[LostPair, ...]:
    states, now = place.account.states, datetime.now(UTC)
    return tuple(find_lost_pairs(bucket, states, place.state_machine, now))


def _lost_rows(place: Place, bucket: Bucket) -> tuple[UntakenRows, ...]:
    machine, states = place.prediction_machine, place.account.states
    return tuple(find_lost_rows(bucket, states, machine, datetime.now(UTC))) if machine else ()


def _line(bucket: Bucket) -> tuple[InLine, ...]:
    waiting = (read_waiting_run(bucket, since) for since in list_places(bucket, _MOST_IN_LINE))
    return tuple(InLine(run.since, run.pair.name, run.why) for run in waiting if run)


def _endpoints(place: Place, bucket: Bucket) -> tuple[ServedEndpoint, ...]:
    found = list(list_endpoints(place.account.sagemaker, place.stack))
    # A tag can't carry every name of a dataset; the endpoint's own name follows from it.
    names = {endpoint_name(place.stack, each): each for each in _datasets(bucket)} if found else {}
    now, served = datetime.now(UTC), []
    for each in found:
        price, since = float(each.tags.get(tag.PRICE, 0)), each.tags.get(tag.SINCE)
        hours = (now - datetime.fromisoformat(since)).total_seconds() / 3600 if since else 0.0
        served.append(
            ServedEndpoint(
                name=each.name,
                status=each.status,
                dataset=names.get(each.name, ""),
                run=each.tags.get(tag.RUN, ""),
                until=_until(each.tags, each.name),
                usd_per_hour=price,
                spent_usd=round(float(each.tags.get(tag.SPENT, 0)) + price * hours, 2),
            )
        )
    return tuple(served)


def _until(tags: dict[str, str], name: str) -> datetime | None:
    try:
        return tag.end_of(tags, name)
    except KeptDataBroken:
        return None


def _datasets(bucket: Bucket) -> list[str]:
    """The datasets that there are results of."""
    pages: Any = bucket.s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket.name, Prefix=RESULTS, Delimiter="/"
    )
    folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
    return [folder.removeprefix(RESULTS).removesuffix("/") for folder in folders]
