"""Which columns play a part of their own, beside the one to predict."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from lambdas.check.reading.plain_name import plain_name


@dataclass(frozen=True)
class ColumnRoles:
    """The columns that a person has named, each as names are compared; empty where none is.

    Nothing is learned from those in ``leave_out``, from ``row_id``, which identifies rows, and from
    ``group``, which tells the rows that belong together. ``time`` tells when a row became known.
    """

    leave_out: tuple[str, ...] = ()
    row_id: str = ""
    time: str = ""
    group: str = ""

    @classmethod
    def of(cls, leave_out: Iterable[str], row_id: str, time: str, group: str) -> Self:
        """The roles of these columns, whose names may be written as people write them."""
        names = dict.fromkeys(plain_name(name) for name in leave_out)
        return cls(
            tuple(name for name in names if name),
            plain_name(row_id),
            plain_name(time),
            plain_name(group),
        )

    @property
    def unlearned(self) -> frozenset[str]:
        """The columns that nothing is learned from."""
        return frozenset({*self.leave_out, self.row_id, self.group} - {""})

    @property
    def named(self) -> list[tuple[str, str]]:
        """Each role that is given, and its column."""
        roles = [("row_id", self.row_id), ("time", self.time), ("group", self.group)]
        left_out = [("leave_out", name) for name in self.leave_out]
        return [(role, name) for role, name in [*left_out, *roles] if name]

    def as_json(self) -> dict[str, Any]:
        """The roles for check.json."""
        return {
            "leave_out": list(self.leave_out),
            "row_id": self.row_id,
            "time": self.time,
            "group": self.group,
        }


NO_ROLES = ColumnRoles()
