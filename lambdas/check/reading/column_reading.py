"""What the texts of one column mean, beyond what is so in every column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.check.reading.arrow_arrays import text_array
from lambdas.check.reading.number_form import NumberForm

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class ColumnReading:
    """How the texts of one column are read.

    ``missing`` are words that mean that there is no value, beside those that always do, and None
    where that has not been decided yet; ``form`` is how the numbers are written, None where they
    are written plainly; ``as_text`` says that what looks like numbers is names; ``same`` has, for a
    text that is another one written differently, that other one.
    """

    missing: frozenset[str] | None = None
    form: NumberForm | None = None
    as_text: bool = False
    same: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_usual(self) -> bool:
        """Whether the column is read like any other."""
        return not (self.missing or self.form or self.as_text or self.same)

    def as_json(self) -> dict[str, Any] | None:
        """The reading for check.json; None where it is the usual one."""
        if self.is_usual:
            return None
        return {
            "missing": sorted(self.missing or ()),
            "form": self.form.as_json() if self.form else None,
            "same": dict(self.same),
        }

    def in_one_spelling(self, texts: "pa.StringArray") -> "pa.StringArray":
        """The texts, each in the one way in which its value is written."""
        return text_array([self.same.get(text, text) for text in texts.to_pylist()])


USUAL = ColumnReading()
