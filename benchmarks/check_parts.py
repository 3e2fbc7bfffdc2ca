"""What the check of a pair takes its processor time for, part by part.

The functions of each part are timed while the check runs, in one thread so that nothing is counted
twice. A part's time is without that of the parts it calls.
"""

import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial, wraps
from inspect import isgeneratorfunction
from typing import IO, Any, Self, TypeVar, cast

from benchmarks.clocks import Function, put_clock
from lambdas.check.reading.source import Source

_READING, _PROFILE = "lambdas.check.reading", "lambdas.check.profile"
READING_S3 = "reading from S3"
PARTS = {
    "decompressing and decoding": (
        f"{_READING}.text_stream:unpacked",
        f"{_READING}.text_stream:utf8_text",
    ),
    "cutting into blocks of rows": (f"{_READING}.row_blocks:row_blocks",),
    "telling the format": (
        f"{_READING}.source:head_of",
        f"{_READING}.csv_format:recognised_format",
        f"{_PROFILE}.column_readings:column_readings",
    ),
    "parsing": (f"{_READING}.parsed_block:parsed_block",),
    "zeros in front of numbers": (f"{_PROFILE}.zero_led:zero_led_fields",),
    "different texts of a block": (f"{_PROFILE}.text_rows:TextRows.of",),
    "hashing of values": (
        f"{_PROFILE}.hashing:number_hashes",
        f"{_PROFILE}.hashing:text_hashes",
    ),
    "hashing of rows": (f"{_PROFILE}.block_profile:_profile",),
    "number of different values": (
        f"{_PROFILE}.distinct:Sieve.fresh",
        f"{_PROFILE}.distinct:Sieve.of",
        f"{_PROFILE}.distinct:DistinctValues.add",
    ),
    "statistics of numbers": (
        f"{_PROFILE}.column_block:number_column",
        f"{_PROFILE}.thousandths:thousandths_in",
        f"{_PROFILE}.thousandths:thousandths_of",
        f"{_PROFILE}.long_numbers:long_numbers",
    ),
    "statistics of texts": (
        f"{_PROFILE}.column_block:text_column",
        f"{_READING}.number_form:amounts_in",
    ),
    "dates": (f"{_PROFILE}.dates:dates_in",),
    "adding blocks up": (
        f"{_PROFILE}.column_profile:ColumnProfile.add",
        f"{_PROFILE}.file_profile:next_plan",
    ),
    "a sample of the rows": (f"{_PROFILE}.row_sample:RowSample.add",),
    "repeated rows, rows in both files": (
        f"{_PROFILE}.row_hashes:RowHashes.add",
        f"{_PROFILE}.overlap:Overlap.__init__",
        f"{_PROFILE}.overlap:Overlap.look_up",
        f"{_PROFILE}.row_hashes:repetition",
        f"{_PROFILE}.pair_profile:_have_same_rows",
    ),
    "nearly repeated rows": (
        f"{_PROFILE}.near_rows:RowHalves.add",
        f"{_PROFILE}.near_rows:near_rows",
    ),
    "findings": (
        "lambdas.check.pair_check:findings_on_rows",
        "lambdas.check.findings.file_findings:file_findings",
        f"{_PROFILE}.closing_rows:closing_rows",
    ),
}
REST = "the rest"

T = TypeVar("T")


@dataclass
class Stopwatch:
    """The seconds of each part, taken while the parts' functions run."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _inner: list[float] = field(default_factory=list)

    def timed(self, part: str, work: Callable[[], T]) -> T:
        """Does the work on the part's account."""
        self._inner.append(0.0)
        started = time.thread_time()
        try:
            return work()
        finally:
            taken = time.thread_time() - started
            self.seconds[part] += taken - self._inner.pop()
            if self._inner:
                self._inner[-1] += taken


def parts_of(check: Callable[[Callable[[Source], Source]], None]) -> dict[str, float]:
    """The processor seconds of each part of the check, which passes its sources through what it is
    given. The check's functions stay changed: this is for a process of its own."""
    watch = Stopwatch()
    _use_one_thread()
    for part, functions in PARTS.items():
        for place in functions:
            put_clock(place, partial(_clocked, watch, part), "lambdas.")
    watch.timed(REST, lambda: check(lambda source: _timed_source(watch, source)))
    return dict(sorted(watch.seconds.items(), key=lambda part: -part[1]))


def _clocked(watch: Stopwatch, part: str, function: Function) -> Function:
    if isgeneratorfunction(function):

        @wraps(function)
        def generate(*args: Any, **named: Any) -> Iterator[Any]:
            pieces, end = function(*args, **named), object()
            while (piece := watch.timed(part, lambda: next(pieces, end))) is not end:
                yield piece

        return generate

    @wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        return watch.timed(part, lambda: function(*args, **named))

    return call


@dataclass(frozen=True)
class _TimedBody:
    body: IO[bytes]
    watch: Stopwatch

    def read(self, size: int = -1) -> bytes:
        return self.watch.timed(
            READING_S3, lambda: self.body.read(size) if size >= 0 else self.body.read()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.body.close()


def _timed_source(watch: Stopwatch, source: Source) -> Source:
    def opened(limits: tuple[int, int] | None) -> IO[bytes]:
        body = watch.timed(READING_S3, lambda: source.open(limits))
        return cast(IO[bytes], _TimedBody(body, watch))

    return Source(source.file, source.size, opened)


def _use_one_thread() -> None:
    for name in ("file_profile", "pair_profile"):
        module: Any = importlib.import_module(f"{_PROFILE}.{name}")
        module.ThreadPoolExecutor = _AtOnce


class _AtOnce:
    """Runs what a pool of threads would, in the thread that asks."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *given: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given))
        except BaseException as error:  # noqa: BLE001
            done.set_exception(error)
        return done
