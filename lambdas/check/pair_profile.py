"""Both files of a pair, read and compared row by row."""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.check.csv_format import CsvFormat
from lambdas.check.encodings import legacy_encoding
from lambdas.check.file_profile import FileProfile, OnBlock, Source, file_profile, format_of
from lambdas.check.finding import Finding, Unreadable
from lambdas.check.row_hashes import Overlap, Repetition, repetition
from lambdas.check.text_stream import NotUtf8


@dataclass(frozen=True)
class PairProfile:
    """What both files hold. ``overlap`` is the number of test rows that are in train, too."""

    target: str
    train: FileProfile
    test: FileProfile
    overlap: int
    overlap_is_exact: bool
    repetition: Repetition

    @property
    def features(self) -> list[str]:
        """The columns of the train file without the target."""
        return [name for name in self.train.columns if name != self.target]


def pair_profile(
    train: Source, test: Source, target: str, seconds_left: Callable[[], float]
) -> PairProfile | list[Finding]:
    """What the two files hold, or the findings for those that can't be read."""
    formats: list[CsvFormat] = []
    unreadable: list[Finding] = []
    for source in (train, test):
        try:
            formats.append(format_of(source, target))
        except Unreadable as error:
            unreadable.append(error.finding)
    if unreadable:
        return unreadable
    train_format, test_format = formats
    shared = set(test_format.columns) - {target}
    features = [name for name in train_format.columns if name in shared]

    def read(source: Source, written: CsvFormat, on_block: OnBlock | None) -> FileProfile | None:
        try:
            return _profile(source, written, target, features, seconds_left, on_block)
        except Unreadable as error:
            unreadable.append(error.finding)
            return None

    tested = read(test, test_format, None)
    overlap = Overlap(tested.row_hashes, target in test_format.columns) if tested else None
    trained = read(train, train_format, overlap.look_up if overlap else None)
    if not trained or not tested or not overlap:
        return unreadable
    return PairProfile(
        target=target,
        train=trained,
        test=tested,
        overlap=overlap.rows,
        overlap_is_exact=overlap.is_exact and trained.complete and tested.complete,
        repetition=repetition(trained.row_hashes),
    )


def _profile(
    source: Source,
    written: CsvFormat,
    target: str,
    features: list[str],
    seconds_left: Callable[[], float],
    on_block: OnBlock | None,
) -> FileProfile:
    try:
        return file_profile(source, written, target, features, seconds_left, on_block)
    except NotUtf8 as error:
        # The head was plain ASCII; what stands behind it tells the encoding.
        other = format_of(source, target, legacy_encoding(error.sample))
        return file_profile(source, other, target, features, seconds_left, on_block)
