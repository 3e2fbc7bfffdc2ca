"""Both files of a pair, read and compared row by row."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from lambdas.check.profile.block_profile import BlockProfile, Roles
from lambdas.check.profile.column_readings import Readings, WantedTarget, column_readings
from lambdas.check.profile.column_roles import NO_ROLES, ColumnRoles
from lambdas.check.profile.file_profile import (
    WORKERS,
    FileProfile,
    OnBlock,
    begun_profile,
    first_plan,
    seconds_kept,
)
from lambdas.check.profile.overlap import Overlap
from lambdas.check.profile.problem_type import ProblemType, problem_type
from lambdas.check.profile.row_hashes import Repetition, RowHashes, repetition
from lambdas.check.profile.shared_values import SharedRoles
from lambdas.check.reading.csv_format import CsvFormat, Evidence, Head, recognised_format
from lambdas.check.reading.row_blocks import BLOCK_BYTES
from lambdas.check.reading.source import Source, head_of
from lambdas.check.reading.text_stream import NotUtf8
from lambdas.check.reading.unreadable import Unreadable
from lambdas.wish import WantedType

Part = Literal["train", "test"]
# The names of files that can't be read, and why.
Unread = list[tuple[str, Unreadable]]

T = TypeVar("T")


@dataclass(frozen=True)
class PairProfile:
    """What both files hold. ``overlap`` is the number of test rows that are in train, too;
    ``has_same_rows`` says that each row stands in both files, and in both equally often.
    ``readings`` are those of all columns of the train file."""

    target: str
    train: FileProfile
    test: FileProfile
    overlap: int
    overlap_is_exact: bool
    has_same_rows: bool
    repetition: Repetition
    wanted_type: WantedType = "auto"
    roles: ColumnRoles = NO_ROLES
    # Not of a single file, whose rows were split by these columns.
    shared: SharedRoles | None = None
    readings: Readings = field(default_factory=dict)

    @property
    def problem_type(self) -> ProblemType:
        """What the training will see in the target."""
        return problem_type(self.train.columns[self.target], self.wanted_type)

    @property
    def has_labels(self) -> bool:
        """Whether the test file has true values of the target."""
        return _has_labels(self.test, self.target)

    @property
    def features(self) -> list[str]:
        """The columns of the train file that the model learns from."""
        unlearned = {self.target, *self.roles.unlearned}
        return [name for name in self.train.columns if name not in unlearned]


def pair_profile(
    train: Source,
    test: Source,
    target: WantedTarget,
    roles: ColumnRoles,
    seconds_left: Callable[[], float],
) -> PairProfile | Unread:
    """What the two files hold, or which of them can't be read."""
    late: dict[Part, bytes] = {}
    while True:
        formats = _formats({"train": train, "test": test}, target.name, late)
        if isinstance(formats, list):
            return formats
        files = _Files(train, test, *formats, roles)
        target = _target_of(files, target)
        try:
            found = _read(files, target, {}, {}, seconds_left)
            if isinstance(found, list):
                return found
            readings = column_readings(found.train, found.test, target)
            if readings.train or readings.test:
                found = _read(files, target, readings.train, readings.test, seconds_left)
            if isinstance(found, list):
                return found
            return replace(found, readings=readings.decided)
        except _LateText as told:
            # Its head was plain ASCII; what stands behind tells the encoding, perhaps of both.
            late[told.part] = told.sample


class _LateText(Exception):
    """What is not ASCII begins behind the head of a file, and is not UTF-8."""

    def __init__(self, part: Part, sample: bytes) -> None:
        super().__init__(part)
        self.part: Part = part
        self.sample = sample


@dataclass(frozen=True)
class _Files:
    """Both files, how they are written, and which columns play a part of their own."""

    train: Source
    test: Source
    train_format: CsvFormat
    test_format: CsvFormat
    roles: ColumnRoles

    def of(self, part: Part) -> tuple[Source, CsvFormat]:
        """The one or the other."""
        is_train = part == "train"
        return (self.train, self.train_format) if is_train else (self.test, self.test_format)


def _target_of(files: _Files, target: WantedTarget) -> WantedTarget:
    """The column to predict: where nobody has named one and the usual one is in neither file, the
    only column that the test file lacks."""
    columns = files.train_format.columns
    if not target.is_default or target.name in {*columns, *files.test_format.columns}:
        return target
    there = {*files.test_format.columns, *(name for _, name in files.roles.named)}
    lacking = [name for name in columns if name not in there]
    return replace(target, name=lacking[0]) if len(lacking) == 1 else target


def _read(
    files: _Files,
    target: WantedTarget,
    train_readings: Readings,
    test_readings: Readings,
    seconds_left: Callable[[], float],
) -> PairProfile | Unread:
    shared = set(files.test_format.columns) - {target.name}
    compared = frozenset(files.train_format.columns) & shared
    roles = Roles(target.name, compared, files.roles.unlearned)
    share = files.test.size / max(1, files.train.size + files.test.size)
    kept = seconds_kept(len(files.train_format.columns))
    seconds = _seconds_left_of(share, seconds_left, kept)
    shared_roles = SharedRoles.of(files.roles)
    with ThreadPoolExecutor(WORKERS) as pool:
        reading = _Reading(files, roles, pool)
        comparison = _Comparison(
            reading.begin("test", test_readings, seconds, shared_roles.add_tested),
            target.name,
            shared_roles,
            may_wait=files.test.size <= BLOCK_BYTES,
        )
        trained = reading.begin("train", train_readings, seconds_left, comparison.add)()
        comparison.end()
    tested, overlap = comparison.tested, comparison.overlap
    if not trained or not tested or not overlap:
        return reading.unread
    return PairProfile(
        target=target.name,
        train=trained,
        test=tested,
        overlap=overlap.rows,
        overlap_is_exact=overlap.is_exact and trained.complete and tested.complete,
        has_same_rows=_have_same_rows(trained, tested, target.name, overlap),
        repetition=repetition(trained.row_hashes),
        wanted_type=target.problem_type,
        roles=files.roles,
        shared=shared_roles,
    )


@dataclass
class _Reading:
    """The reading of both files in one pool, and why one of them can't be read."""

    files: _Files
    roles: Roles
    pool: ThreadPoolExecutor
    _why: dict[Part, Unreadable] = field(default_factory=dict)

    @property
    def unread(self) -> Unread:
        """The files that can't be read, the test file first."""
        parts: tuple[Part, ...] = ("test", "train")
        return [(self.files.of(p)[0].file, self._why[p]) for p in parts if p in self._why]

    def begin(
        self,
        part: Part,
        readings: Readings,
        seconds_left: Callable[[], float],
        on_block: OnBlock,
    ) -> Callable[[], FileProfile | None]:
        """Reads the file; what is returned waits for its last blocks."""
        source, written = self.files.of(part)
        first = first_plan(written, self.roles, readings)
        ended = self._tried(
            part, lambda: begun_profile(self.pool, source, first, seconds_left, on_block)
        )
        return lambda: self._tried(part, ended) if ended else None

    def _tried(self, part: Part, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except Unreadable as error:
            self._why[part] = error
            return None
        except NotUtf8 as error:
            raise _LateText(part, error.sample) from error


@dataclass
class _Comparison:
    """The rows of the train file beside those of the test file, whose last blocks may still be
    looked at while the train file begins. Its first block ``may_wait`` for them until there is
    another one: more blocks of both files at once would take more memory."""

    ended: Callable[[], FileProfile | None] | None
    target: str
    shared: SharedRoles
    may_wait: bool
    tested: FileProfile | None = None
    overlap: Overlap | None = None
    _waiting: list[BlockProfile] = field(default_factory=list)

    def add(self, block: BlockProfile) -> None:
        """Takes in a block of the train file."""
        self._waiting.append(block)
        if not self.may_wait:
            self.end()
        self.may_wait = False

    def end(self) -> None:
        """Looks for the rows that wait, once the test file is read, if it can be."""
        if self.ended:
            # What waits for the last blocks would keep them in memory.
            self.tested, self.ended = self.ended(), None
            if self.tested:
                has_labels = _has_labels(self.tested, self.target)
                self.overlap = Overlap(self.tested.row_hashes, has_labels)
                self.tested.row_hashes = RowHashes()
        if overlap := self.overlap:
            for block in self._waiting:
                overlap.look_up(block.features, block.labels)
                self.shared.look_up(block)
        self._waiting.clear()


def _has_labels(test: FileProfile, target: str) -> bool:
    return target in test.columns and test.columns[target].present > 0


def _have_same_rows(train: FileProfile, test: FileProfile, target: str, overlap: Overlap) -> bool:
    """Whether the two files hold the same rows, each as often; only rows with a label are judged,
    by all columns of the train file."""
    is_known = train.complete and test.complete and _has_labels(test, target)
    has_all = set(train.columns) <= set(test.columns)
    # To compare all rows takes long, so what rules it out comes first.
    return is_known and has_all and overlap.is_whole and overlap.are_all_of(train.row_hashes)


def _seconds_left_of(
    share: float, seconds_left: Callable[[], float], kept: float
) -> Callable[[], float]:
    """The time left of this share of the time for reading, so that some is left for the rest."""
    for_the_rest = max(0.0, seconds_left() - kept) * (1 - share)
    return lambda: seconds_left() - for_the_rest


def _formats(
    sources: Mapping[Part, Source], target: str, late: Mapping[Part, bytes]
) -> tuple[CsvFormat, CsvFormat] | Unread:
    """How both files are written, or which of them are not tables."""
    heads: dict[Part, Head] = {}
    formats: dict[Part, CsvFormat] = {}
    unread: Unread = []
    # S3 answers while the other file is asked for. What a source tells is in the run's language.
    with ThreadPoolExecutor(len(sources)) as pool:
        begun = {
            part: pool.submit(copy_context().run, head_of, source)
            for part, source in sources.items()
        }
    for part, source in sources.items():
        try:
            heads[part] = begun[part].result()
        except Unreadable as error:
            unread.append((source.file, error))
    begins = {part: late.get(part, head.content) for part, head in heads.items()}
    for part, head in heads.items():
        known = [name for written in formats.values() for name in written.columns]
        other = b"".join(content for name, content in begins.items() if name != part)
        try:
            evidence = Evidence(other, late.get(part, b""))
            formats[part] = recognised_format(head, target, known, evidence)
        except Unreadable as error:
            unread.append((sources[part].file, error))
    if unread:
        return unread
    of_train, of_test = formats["train"], formats["test"]
    return _with_decimals(of_train, of_test), _with_decimals(of_test, of_train)


def _with_decimals(written: CsvFormat, other: CsvFormat) -> CsvFormat:
    """The format with a decimal sign: where the file itself does not tell, the other one does."""
    return replace(written, decimal=written.decimal or other.decimal or ".")
