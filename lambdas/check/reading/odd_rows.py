"""Rows that are not like the others: how many there are of each kind, and where the first stand."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lambdas.check.reading.row_blocks import RowBlock

# A ragged row has too few or too many values; of these five kinds only blank ones may stand there.
OddKind = Literal["blank", "ragged", "repeated_header", "comment", "total", "footer"]

# Of ragged rows a few are shown, for each may have another reason; of the last rows all.
_SHOWN: dict[OddKind, int] = {"ragged": 5, "total": 10, "footer": 10}
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class OddRow:
    """One of them, with its number of values. The line is known where all before it was read."""

    kind: OddKind
    text: str
    values: int
    line: int | None = None


@dataclass
class OddRows:
    """All of them in a block or in a file; ``shown`` has the first ones of each kind."""

    counts: Counter[OddKind] = field(default_factory=Counter)
    shown: dict[OddKind, list[OddRow]] = field(default_factory=dict)

    def add(self, row: OddRow) -> None:
        """Takes in one more row."""
        self.counts[row.kind] += 1
        self._show([row])

    def add_at(self, kind: OddKind, table: pa.Table, places: npt.NDArray[np.int64]) -> None:
        """Takes in the rows of ``table`` at these places."""
        self.counts[kind] += len(places)
        for place in places[: most_shown(kind)].tolist():
            values = [value for [value] in table.slice(place, 1).to_pydict().values()]
            text = shown_text("" if value is None else str(value) for value in values)
            self._show([OddRow(kind, text, len(values))])

    def rename(self, kind: OddKind, other: OddKind) -> None:
        """Takes all rows of one kind for those of another."""
        self.counts[other] += self.counts.pop(kind, 0)
        self._show(replace(row, kind=other) for row in self.shown.pop(kind, []))

    def merge(self, later: "OddRows") -> None:
        """Takes in those of a later part of the file."""
        self.counts += later.counts
        for rows in later.shown.values():
            self._show(rows)

    def with_lines(
        self,
        rows: Iterable[tuple[int, list[str]]],
        kinds: Mapping[OddKind, Callable[[list[str]], bool]],
    ) -> "OddRows":
        """The same rows with their lines, which are looked up among all ``rows``; the first of
        ``kinds`` that fits a row is its own."""
        wanted = {kind: min(self.counts[kind], most_shown(kind)) for kind in kinds}
        kinds = {kind: fits for kind, fits in kinds.items() if self.counts[kind]}
        found = OddRows(self.counts)
        for line, fields in rows:
            if not any(wanted.values()):
                break
            kind = next((kind for kind, fits in kinds.items() if fits(fields)), None)
            if kind and wanted[kind]:
                wanted[kind] -= 1
                found._show([OddRow(kind, shown_text(fields), len(fields), line)])
        return found

    def _show(self, rows: Iterable[OddRow]) -> None:
        for row in rows:
            shown = self.shown.setdefault(row.kind, [])
            if len(shown) < most_shown(row.kind):
                shown.append(row)


def most_shown(kind: OddKind) -> int:
    """How many rows of this kind are shown."""
    return _SHOWN.get(kind, 1)


def shown_text(fields: Iterable[str]) -> str:
    """A row as it is shown to people: its values, without those that are empty."""
    return ", ".join(field.strip() for field in fields if field.strip())[:_LONGEST_SHOWN]


def rows_with_lines(
    block: RowBlock, delimiter: str, skip: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """The rows of ``block`` without the first ``skip`` ones, each with the line on which it begins;
    empty lines are no rows, but count among those that are skipped."""
    begins = block.first_line or 1
    text = io.StringIO(str(block.data, errors="replace"), newline="")
    reader = csv.reader(text, delimiter=delimiter)
    for number, row in enumerate(reader):
        if row and number >= skip:
            yield begins, row
        begins = (block.first_line or 1) + reader.line_num
