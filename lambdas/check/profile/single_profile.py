"""A single file, read for its rows, and again in two parts: the rows to learn from, and those to
test with.

The first reading tells what the columns hold and collects what decides where a row goes; the last
one looks at the two parts as at the two files of a pair. One more lies between where the column to
predict, or the one of times or groups, turns out to be written in a way of its own.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from lambdas.check.profile.block_profile import BlockProfile, Roles, block_profiles
from lambdas.check.profile.column_readings import (
    Readings,
    WantedTarget,
    column_readings,
    readings_of_parts,
)
from lambdas.check.profile.column_roles import ColumnRoles
from lambdas.check.profile.file_profile import (
    WORKERS,
    FileProfile,
    begin_blocks,
    empty_profile,
    file_profile,
    first_plan,
    known_names_of,
    named_reason,
    next_plan,
    sieves_of,
)
from lambdas.check.profile.overlap import Overlap
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_hashes import RowHashes, repetition
from lambdas.check.profile.row_keys import RowKeys
from lambdas.check.profile.row_split import Mask
from lambdas.check.profile.shared_values import comes_day_first
from lambdas.check.reading.arrow_arrays import mask_array
from lambdas.check.reading.csv_format import CsvFormat, Evidence, recognised_format
from lambdas.check.reading.row_blocks import RowBlock
from lambdas.check.reading.source import Source, head_of
from lambdas.check.reading.text_stream import NotUtf8


@dataclass(frozen=True)
class WholeFile:
    """All rows of a file, as they are read, and the keys by which they are split; ``decided`` has
    the reading of every column, whether it changes anything or not."""

    source: Source
    profile: FileProfile
    readings: Readings
    decided: Readings
    keys: RowKeys


def whole_file(
    source: Source,
    target: WantedTarget,
    roles: ColumnRoles,
    seconds_left: Callable[[], float],
) -> WholeFile:
    """Reads the file once, or twice where a key turns out to be written in a way of its own.

    Raises:
        Unreadable: the file can't be read.
    """
    head = head_of(source)
    late = b""
    while True:
        known = [name for _, name in roles.named]
        written = recognised_format(head, target.name, known, Evidence(late=late))
        written = replace(written, decimal=written.decimal or ".")
        try:
            return _read(source, written, target, roles, seconds_left)
        except NotUtf8 as error:
            # The head was plain ASCII; what stands behind tells the encoding.
            late = error.sample


def _read(
    source: Source,
    written: CsvFormat,
    target: WantedTarget,
    roles: ColumnRoles,
    seconds_left: Callable[[], float],
) -> WholeFile:
    keys = RowKeys(roles)
    compared = _compared(written, target)
    found = file_profile(source, written, compared, {}, seconds_left, keys.add)
    readings: Readings = {}
    decided: Readings = {}
    if target.name in found.columns and found.complete:
        told = column_readings(found, found, target)
        unusual, decided = told.train, told.decided
        readings = readings_of_parts(found, target)
        day_first = comes_day_first(found.columns.get(roles.time))
        if day_first or not unusual.keys().isdisjoint({target.name, roles.time, roles.group}):
            keys = RowKeys(roles, day_first)
            found = file_profile(source, written, compared, readings, seconds_left, keys.add)
    # The rows are compared part by part.
    found.row_hashes = RowHashes()
    return WholeFile(source, found, readings, decided, keys)


def split_profile(
    whole: WholeFile,
    target: WantedTarget,
    is_tested: Mask,
    seconds_left: Callable[[], float],
) -> PairProfile:
    """What the rows to learn from and those to test with hold, as of two files.

    Raises:
        Unreadable: the file can't be read to its end.
    """
    train, test = _parts(whole, target, is_tested, seconds_left)
    # Where only some rows are kept, these must be the same ones of both parts.
    threshold = min(train.row_hashes.threshold, test.row_hashes.threshold)
    overlap = Overlap(test.row_hashes.below(threshold), with_label=True)
    kept = train.row_hashes.below(threshold)
    for features, labels in kept.blocks:
        overlap.look_up(features, labels)
    return PairProfile(
        target=target.name,
        train=train,
        test=test,
        overlap=overlap.rows,
        overlap_is_exact=overlap.is_exact,
        has_same_rows=False,
        repetition=repetition(train.row_hashes),
        wanted_type=target.problem_type,
        roles=whole.keys.roles,
        readings=whole.decided,
    )


def _parts(
    whole: WholeFile, target: WantedTarget, is_tested: Mask, seconds_left: Callable[[], float]
) -> tuple[FileProfile, FileProfile]:
    source, written = whole.source, whole.profile.format
    train, test = (empty_profile(source, written, whole.readings) for _ in range(2))
    first = first_plan(written, _compared(written, target), whole.readings)
    ends: Future[int] = Future()
    ends.set_result(0)

    def task(block: RowBlock, is_first: bool) -> Callable[[], list[BlockProfile]]:
        nonlocal ends
        begins, ends = ends, Future()
        plan = first if is_first else next_plan(first, [train, test])
        of_test = replace(plan, sieves=sieves_of(test), known_names=known_names_of(test))
        plans = [plan, of_test]
        cut = _Cut(is_tested, begins, ends)
        return partial(_profiled, block, lambda: block_profiles(block, plans, is_first, cut), cut)

    def merge(blocks: list[BlockProfile]) -> None:
        for part, block in zip((train, test), blocks, strict=True):
            part.add(block)

    with ThreadPoolExecutor(WORKERS) as pool:
        begin_blocks(pool, source, train, task, merge, seconds_left)()
    test.complete, test.read_of_size = train.complete, train.read_of_size
    # Rows that are left out are of neither part.
    test.odd, test.had_end_mark = train.odd, train.had_end_mark
    return train, test


def _compared(written: CsvFormat, target: WantedTarget) -> Roles:
    return Roles(target.name, frozenset(written.columns) - {target.name})


def _profiled(
    block: RowBlock, task: Callable[[], list[BlockProfile]], cut: "_Cut"
) -> list[BlockProfile]:
    try:
        with named_reason(block):
            return task()
    except BaseException as error:
        cut.fail(error)
        raise


@dataclass(frozen=True)
class _Cut:
    """Cuts a block by the mask. How many rows come before it is known as soon as the blocks before
    it are parsed, which other processors do at the same time."""

    is_tested: Mask
    begins: "Future[int]"
    ends: "Future[int]"

    def __call__(self, table: pa.Table) -> list[pa.Table]:
        start = self.begins.result()
        end = start + table.num_rows
        if not self.ends.done():
            self.ends.set_result(end)
        tested = self.is_tested[start:end]
        return [table.filter(mask_array(~tested)), table.filter(mask_array(tested))]

    def fail(self, error: BaseException) -> None:
        """Keeps the blocks behind this one from waiting for it."""
        if not self.ends.done():
            self.ends.set_exception(error)
