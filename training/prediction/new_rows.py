"""A file of new rows, read twice at once: every field as it is written, and as the model needs it.

So the result has the file's own texts, while each value is read by the rules of the training.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from training.job.failure import KnownFailure
from training.job.language import spoken
from training.job.tables import batches_in, header_in, texts_in

if TYPE_CHECKING:
    import pyarrow as pa

PART = "rows"


@dataclass(frozen=True)
class Batch:
    """Some rows: ``texts`` has a column (n) of every field, ``table`` the columns for the model."""

    texts: list["pa.StringArray"]
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class NewRows:
    """The one file in ``folder``; ``names`` are its columns' as they are written in it, while the
    check has those of the training."""

    folder: Path
    check: dict[str, Any]
    names: list[str]

    @classmethod
    def of(cls, folder: Path, check: dict[str, Any], needed: Collection[str]) -> Self:
        """The file, of which the model takes the columns ``needed`` by their names in the training.

        Raises:
            KnownFailure: there is not exactly one file, or it can't be read.
        """
        return cls(folder, _as_trained(check, needed), header_in(folder, check, PART))

    @property
    def found(self) -> dict[str, Any]:
        """What the check has found in the file."""
        found: dict[str, Any] = self.check[PART]
        return found

    def batches(self) -> Iterator[Batch]:
        """All rows in their order, those without any value left out as the check has done.

        Raises:
            KnownFailure: the file can't be read, or has other rows than those that were checked.
        """
        done = 0
        typed = batches_in(self.folder, self.check, PART)
        for texts, table in zip(texts_in(self.folder, self.check, PART), typed, strict=True):
            if texts.num_rows != len(table):
                raise self._other_rows()
            done += len(table)
            # Rows that end with a delimiter have one field more than the header.
            yield Batch(texts.columns[: len(self.names)], table)
        if self.found["read_to_the_end"] and done != self.found["rows"]:
            raise self._other_rows()

    def _other_rows(self) -> KnownFailure:
        return KnownFailure(
            spoken(
                "{file} has another number of rows than the {rows:,} that were checked, so nothing "
                "was predicted. Upload it again.",
                file=self.found["file"],
                rows=self.found["rows"],
            )
        )


def _as_trained(check: dict[str, Any], needed: Collection[str]) -> dict[str, Any]:
    """The check without the names of columns that are not needed: these are not read."""
    rows = check[PART]
    kept = [name if name in needed else "" for name in rows["format"]["names"]]
    known = [column for column in rows["columns"] if column["name"] in needed]
    return check | {PART: rows | {"format": rows["format"] | {"names": kept}, "columns": known}}
