"""New rows for a trained model: their file, read by the rules of the training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lambdas.check.profile.block_profile import Roles
from lambdas.check.profile.column_readings import Readings, readings_of_rows
from lambdas.check.profile.file_profile import FileProfile, file_profile
from lambdas.check.profile.rows_tally import RowsTally
from lambdas.check.profile.trained_file import TrainedFile
from lambdas.check.reading.csv_format import CsvFormat, Evidence, recognised_format
from lambdas.check.reading.matched_columns import respelled_columns
from lambdas.check.reading.source import Source, head_of
from lambdas.check.reading.text_stream import NotUtf8

# So much of what the training's data says is enough to tell an encoding by.
_MOST_EVIDENCE = 100_000


@dataclass(frozen=True)
class RowsProfile:
    """What the file holds, each column under the training's name; ``renamed`` has these names by
    those in the file, where they are spelled differently; ``tally`` tells of columns of numbers."""

    profile: FileProfile
    renamed: Mapping[str, str]
    tally: RowsTally


def rows_profile(
    rows: Source, trained: TrainedFile, seconds_left: Callable[[], float]
) -> RowsProfile:
    """Reads the file once, or twice where a column turns out to be written in a way of its own.

    Raises:
        Unreadable: it can't be read to its end.
    """
    head = head_of(rows)
    other, late = _evidence(trained), b""
    while True:
        evidence = Evidence(other, late)
        written = recognised_format(head, trained.target, list(trained.columns), evidence)
        decimal = written.decimal or str(trained.format["decimal"])
        renamed = respelled_columns(list(trained.columns), written.columns)
        names = tuple(renamed.get(name, name) for name in written.names)
        written = replace(written, decimal=decimal, names=names)
        try:
            profile, tally = _read(rows, written, trained, seconds_left)
            return RowsProfile(profile, renamed, tally)
        except NotUtf8 as error:
            # The head was plain ASCII; what stands behind tells the encoding.
            late = error.sample


def _read(
    rows: Source, written: CsvFormat, trained: TrainedFile, seconds_left: Callable[[], float]
) -> tuple[FileProfile, RowsTally]:
    compared = frozenset(trained.features).intersection(written.columns)
    roles = Roles(trained.target, compared, trained.unlearned)
    known = {name: column.reading for name, column in trained.columns.items()}
    first: Readings = {
        name: reading
        for name in written.columns
        if (reading := known.get(name)) and (reading.form or reading.as_text or reading.same)
    }
    tally = RowsTally.of(trained)
    found = file_profile(rows, written, roles, first, seconds_left, tally.add)
    readings = {**first, **readings_of_rows(found, trained)}
    if readings != first:
        tally = RowsTally.of(trained)
        found = file_profile(rows, written, roles, readings, seconds_left, tally.add)
    return found, tally


def _evidence(trained: TrainedFile) -> bytes:
    """Text of the training's data in its encoding, by which that of a file like it is told."""
    encoding = str(trained.format["encoding"])
    told = " ".join([*trained.columns, *trained.some_texts])[:_MOST_EVIDENCE]
    return told.encode(encoding, errors="ignore")
