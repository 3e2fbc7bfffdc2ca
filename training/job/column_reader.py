"""What the texts of one column mean, as the check has decided it and written it into check.json."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColumnReader:
    """Reads the texts of one column.

    ``missing`` are the words that mean that there is no value, ``missing_numbers`` those that mean
    that there is no number; ``same`` has, for a text that is another one written differently, that
    other one; ``form`` is how numbers are written, None where plainly, with the sign ``decimal``.
    """

    missing: frozenset[str]
    missing_numbers: frozenset[str]
    same: dict[str, str]
    form: dict[str, Any] | None
    decimal: str

    @classmethod
    def of(cls, column: dict[str, Any], written: dict[str, Any]) -> Self:
        """The reader for a ``column`` of check.json in a file whose format is ``written``."""
        reading = column.get("reading") or {"missing": [], "same": {}, "form": None}
        always = [*written["always_missing"], *reading["missing"]]
        return cls(
            missing=frozenset(always),
            missing_numbers=frozenset([*written["missing"], *reading["missing"]]),
            same=reading["same"],
            form=reading["form"],
            decimal=written["decimal"],
        )

    def texts(self, texts: Sequence[str]) -> list[str | None]:
        """The texts, each value in the one way in which it is written; None where it is missing."""
        told: list[str | None] = []
        for text in texts:
            word = text.strip()
            told.append(None if not word or word in self.missing else self.same.get(text, text))
        return told

    def numbers(self, texts: Sequence[str]) -> Numbers:
        """The texts as numbers; NaN where one is none."""
        told = [self.same.get(t, t) if t.strip() not in self.missing_numbers else "" for t in texts]
        column = pa.array(told, pa.string())
        numbers = self._in_form(column, self.form) if self.form else self._plain(column)
        # Some numbers are too large for a float.
        return np.where(np.isfinite(numbers), numbers, np.nan)

    def _plain(self, texts: "pa.StringArray") -> Numbers:
        sign = re.escape(self.decimal)
        pattern = rf"^[ \t]*[-+]?(\d+{sign}?\d*|{sign}\d+)([eE][-+]?\d+)?[ \t]*$"
        plain = pc.replace_substring(pc.utf8_trim(texts, " \t"), self.decimal, ".")
        return _floats(plain, pc.match_substring_regex(texts, pattern))

    @staticmethod
    def _in_form(texts: "pa.StringArray", form: dict[str, Any]) -> Numbers:
        plain = pc.utf8_normalize(texts, "NFKC")
        for sign, instead in (("−", "-"), ("’", "'")):
            plain = pc.replace_substring(plain, sign, instead)
        parts = pc.extract_regex(pc.utf8_trim_whitespace(plain), form["amount"])
        part = {name: pc.struct_field(parts, name) for name in parts.type.names}
        fits = pc.match_substring_regex(part["number"], form["digits"])
        for condition in (
            pc.equal(part["prefix"], form["prefix"]),
            pc.is_in(part["suffix"], pa.array(form["suffixes"], pa.string())),
            pc.equal(pc.equal(part["open"], "("), pc.equal(part["close"], ")")),
        ):
            fits = pc.and_(fits, condition)
        digits = part["number"]
        if form["thousands"]:
            digits = pc.replace_substring(digits, form["thousands"], "")
        numbers = _floats(pc.replace_substring(digits, form["decimal"], "."), fits)
        minus = pc.equal(part["open"], "(")
        for name in ("sign", "inner", "trail"):
            minus = pc.or_(minus, pc.equal(part[name], "-"))
        return np.where(pc.fill_null(minus, fill_value=False), -numbers, numbers)


def _floats(texts: "pa.StringArray", are_numbers: "pa.BooleanArray") -> Numbers:
    kept = pc.if_else(are_numbers, texts, pa.scalar(None, pa.string()))
    numbers: Numbers = pc.cast(kept, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers.astype(np.float64)
