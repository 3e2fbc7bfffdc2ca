"""Numbers as people write them, and the one form in which all numbers of a column are written.

``1,234.50``, ``(1,234.50)``, ``1.234,56-``, ``3,39,594``, ``$5``, ``12.5 %``, ``1,131만원``: a
unit, signs between the digits, a way to say minus. What is certain is read; where one sign before
exactly three digits may separate thousands as well as decimals, the rest of the file has to tell.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import (
    NO_TEXT,
    floats_in,
    mask_array,
    mask_in,
    text_array,
    text_scalar,
)

_CURRENCY = r"[$€£¥₩]|[A-Z]{0,2}\$|USD|EUR|GBP|KRW|JPY|CNY|INR|CHF|Rs\.?"
_BEGINS_WITH_CURRENCY = re.compile(_CURRENCY)
# RE2, on texts in the form NFKC.
_AMOUNT = (
    r"^(?P<open>\()?(?P<sign>[-+])? ?"
    rf"(?P<prefix>{_CURRENCY})? ?(?P<inner>[-+])?"
    r"(?P<number>\d[\d.,'_ ]*?|\.\d+) ?"
    r"(?P<suffix>[^\d\s()+\-.,'_][^()\d]{0,11}[23]?)? ?"
    r"(?P<trail>[-+])?(?P<close>\))?$"
)
_WHOLE = r"^(0|[1-9]\d{0,2})$"
_LARGE = r"^[1-9]\d{3,}$"
_SIGNS = {".": r"\.", ",": ",", "'": "'", "_": "_", " ": " "}
_FIRST_GROUP = r"[1-9]\d{0,2}"
# How the digits of a number may stand, by name; the first that fits counts.
_DIGITS = {
    "whole": _WHOLE,
    "large": _LARGE,
    ".3": rf"^{_FIRST_GROUP}\.\d{{3}}$",
    ",3": rf"^{_FIRST_GROUP},\d{{3}}$",
    ".": r"^(0|[1-9]\d*)?\.\d+$",
    ",": r"^(0|[1-9]\d*)?,\d+$",
    "thousands ,": rf"^({_FIRST_GROUP}(,\d{{3}}){{2,}}|{_FIRST_GROUP}(,\d{{3}})+\.\d+)$",
    "thousands .": rf"^({_FIRST_GROUP}(\.\d{{3}}){{2,}}|{_FIRST_GROUP}(\.\d{{3}})+,\d+)$",
    # Lakhs and crores.
    "thousands ,2": r"^[1-9]\d?(,\d{2})+,\d{3}(\.\d+)?$",
    **{
        f"thousands {sign}{decimal}": rf"^{_FIRST_GROUP}({_SIGNS[sign]}\d{{3}})+{decimals}$"
        for sign in "'_ "
        for decimal, decimals in {"": "", ".": r"\.\d+", ",": r",\d+"}.items()
    },
}
_BY_COMMAS = {"thousands ,", "thousands ,2"}
_BY_POINTS = {"thousands ."}
_MOST_FORMS = 20
_OPEN, _CLOSE, _MINUS = map(text_scalar, "()-")


class Written(NamedTuple):
    """How a number is written: what stands before and behind it, and how its digits stand (a name,
    empty where they stand like no number's)."""

    prefix: str
    suffix: str
    digits: str


Amounts = Counter[Written]


@dataclass(frozen=True)
class NumberForm:
    """How all numbers of a column are written: the unit before or behind each (of several suffixes
    any), the sign between thousands or an empty text, and the decimal sign."""

    prefix: str
    suffixes: tuple[str, ...]
    thousands: str
    decimal: str

    def numbers_in(self, texts: "pa.StringArray") -> npt.NDArray[np.float64]:
        """Each text as a number; NaN where it is none that is written in this form."""
        parts = _parts(texts)
        digits = pc.struct_field(parts, "number")
        plain = digits
        if self.thousands:
            plain = pc.replace_substring(plain, self.thousands, "")
        if self.decimal != ".":
            plain = pc.replace_substring(plain, self.decimal, ".")
        closes = pc.equal(pc.struct_field(parts, "close"), _CLOSE)
        opens = pc.equal(pc.struct_field(parts, "open"), _OPEN)
        fits = pc.and_(
            pc.and_(
                pc.equal(pc.struct_field(parts, "prefix"), text_scalar(self.prefix)),
                pc.is_in(pc.struct_field(parts, "suffix"), text_array(self.suffixes)),
            ),
            pc.and_(
                pc.match_substring_regex(digits, self._digits),
                pc.equal(opens, closes),
            ),
        )
        numbers = pc.cast(pc.if_else(fits, plain, NO_TEXT), pa.float64())
        minus = opens
        for place in ("sign", "inner", "trail"):
            minus = pc.or_(minus, pc.equal(pc.struct_field(parts, place), _MINUS))
        signed = pc.if_else(minus, pc.negate(numbers), numbers)
        return floats_in(signed)

    def as_json(self) -> dict[str, Any]:
        """The form for check.json, with the patterns by which the jobs read it."""
        return asdict(self) | {"amount": _AMOUNT, "digits": self._digits}

    @property
    def _digits(self) -> str:
        """What the digits look like."""
        decimals = rf"({_SIGNS[self.decimal]}\d+)"
        if not self.thousands:
            return rf"^(\d+{decimals}?|{decimals})$"
        sign = _SIGNS[self.thousands]
        return rf"^(({_FIRST_GROUP}({sign}\d{{2,3}})*{sign}\d{{3}}|\d+){decimals}?|{decimals})$"


def may_begin_with_currency(text: str) -> bool:
    """Whether a text that begins with a letter may be a number with its currency in front."""
    return not text.isascii() or _BEGINS_WITH_CURRENCY.match(text) is not None


def amounts_in(texts: "pa.StringArray", times: npt.NDArray[Any]) -> Amounts:
    """How many rows have a number that is written in each of some ways; texts that are none are
    left out. A text stands in as many rows as ``times`` says.
    """
    parts = _parts(texts)
    is_amount = mask_in(parts.is_valid())
    amounts: Amounts = Counter()
    if not is_amount.any():
        return amounts
    parts, times = parts.filter(mask_array(is_amount)), times[is_amount]
    digits = pc.struct_field(parts, "number")
    names = np.full(len(times), "", object)
    left = np.ones(len(times), bool)
    for name, pattern in _DIGITS.items():
        fits = mask_in(pc.match_substring_regex(digits, pattern)) & left
        names[fits] = name
        left &= ~fits
        if not left.any():
            break
    opens = pc.equal(pc.struct_field(parts, "open"), _OPEN)
    closes = pc.equal(pc.struct_field(parts, "close"), _CLOSE)
    balanced = mask_in(pc.equal(opens, closes))
    names[~balanced] = ""
    prefixes = pc.struct_field(parts, "prefix").to_pylist()
    suffixes = pc.struct_field(parts, "suffix").to_pylist()
    for prefix, suffix, name, count in zip(
        prefixes, suffixes, names.tolist(), times.tolist(), strict=True
    ):
        key = Written(prefix, suffix.rstrip(), name)
        if key in amounts or len(amounts) < _MOST_FORMS:
            amounts[key] += count
    return amounts


@dataclass(frozen=True)
class FileSigns:
    """What the rest of a file tells: the sign that its numbers have before decimals, empty where
    none has any, and the one between its values."""

    decimal: str
    delimiter: str


def number_form(amounts: Amounts, file: FileSigns) -> NumberForm | None:
    """The form in which all of these are written; None where there are several, or it is not
    certain."""
    prefixes, suffixes = {w.prefix for w in amounts}, {w.suffix for w in amounts}
    signs = _signs({w.digits for w in amounts}, file)
    if len(amounts) >= _MOST_FORMS or len(prefixes) != 1 or not _is_one_unit(suffixes) or not signs:
        return None
    return NumberForm(next(iter(prefixes)), tuple(sorted(suffixes)), *signs)


def _parts(texts: "pa.StringArray") -> "pa.StructArray":
    """The parts of each text by name; null where it is no number with what may stand around it."""
    plain = pc.utf8_normalize(texts, "NFKC")
    for sign, instead in (("−", "-"), ("’", "'")):
        plain = pc.replace_substring(plain, sign, instead)
    return pc.extract_regex(pc.utf8_trim_whitespace(plain), _AMOUNT)


def _is_one_unit(suffixes: Iterable[str]) -> bool:
    """Whether these are one unit, perhaps with and without the s of the plural, or in capitals; but
    m is not M."""
    alike = (s.casefold() if len(s) > 1 else s for s in suffixes)
    return len({suffix.removesuffix("s") for suffix in alike}) == 1


def _signs(digits: set[str], file: FileSigns) -> tuple[str, str] | None:
    """The signs between thousands and before decimals, if it is certain which these are."""
    if "" in digits:
        return None
    others = digits - {"whole", "large"}
    by_commas, by_points = bool(others & _BY_COMMAS), bool(others & _BY_POINTS)
    if by_commas or by_points:
        if by_commas and others <= _BY_COMMAS | {",3", ".", ".3"}:
            return ",", "."
        if by_points and others <= _BY_POINTS | {".3", ",", ",3"}:
            return ".", ","
        return None
    if grouped := {name for name in others if name.startswith("thousands ")}:
        return _rarer_signs(grouped, others - grouped)
    return _decimals_alone(digits, others, file)


def _rarer_signs(grouped: set[str], others: set[str]) -> tuple[str, str] | None:
    """The signs where an apostrophe, a blank or a low line stands between thousands."""
    thousands = {name[len("thousands ")] for name in grouped}
    decimals = {name[len("thousands ") + 1 :] for name in grouped} | {name[0] for name in others}
    decimals -= {""}
    if len(thousands) > 1 or len(decimals) > 1:
        return None
    return next(iter(thousands)), next(iter(decimals), ".")


def _decimals_alone(digits: set[str], others: set[str], file: FileSigns) -> tuple[str, str] | None:
    """The signs where no number has more than one."""
    has_points, has_commas = others & {".", ".3"}, others & {",", ",3"}
    if not others:
        return "", file.decimal or "."
    if has_points and has_commas:
        if others <= {".", ".3", ",3"} and "." in others:
            return ",", "."
        if others <= {",", ",3", ".3"} and "," in others:
            return ".", ","
        return None
    if "." in others or "," in others:
        return "", "." if has_points else ","
    sign, other = (".", ",") if has_points else (",", ".")
    if file.decimal == sign:
        return "", sign
    # Beside 1,131 a number such as 2456 says that the comma does not separate thousands.
    is_large = "large" in digits
    # Who writes decimal commas does not separate values by commas.
    if file.decimal == other or (not file.decimal and sign == file.delimiter):
        return None if is_large else (sign, other)
    return ("", sign) if is_large and sign == "." else None
