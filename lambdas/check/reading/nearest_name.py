"""The column that is most likely meant by a name that no column has."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

from lambdas.check.reading.fact import Phrase

_ALIKE = 0.75
# So many names are compared letter by letter; with more of them that would take seconds.
_WANTED_COMPARED = 20
_NAMES_COMPARED = 500

# Letters of other alphabets that look like Latin ones, and signs that look like others.
_LOOKS_LIKE = str.maketrans(
    "АВЕКМНОРСТХУІЈЅаеорсхуіјѕһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορ" + "‐‑‒–—―−’‘´",
    "ABEKMHOPCTXYIJSaeopcxyijshdqw" + "ABEZHIKMNOPTYXaivop" + "-------'''",
)


def nearest_name(wanted: str, names: Iterable[str]) -> str | None:
    """The name that differs from ``wanted`` least, perhaps only by case or signs; None where all
    are quite different."""
    return matched_names([wanted], list(names)).get(wanted)


def matched_names(wanted: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Which of the names is most likely meant by each one that is wanted; none is meant twice.

    Names that differ only by case, blanks and signs come first, then those that are most similar.
    """
    free: dict[str, list[str]] = {}
    for name in names:
        free.setdefault(_plain(name), []).append(name)
    found: dict[str, str] = {}
    for name in wanted:
        if same := free.get(_plain(name)):
            found[name] = same.pop(0)
    left = [name for name in wanted if name not in found][:_WANTED_COMPARED]
    rest = [name for same in free.values() for name in same][:_NAMES_COMPARED]
    for _, name, near in sorted(_similar(left, rest), key=lambda similar: -similar[0]):
        if name not in found and near not in found.values():
            found[name] = near
    return found


def look_alike(one: str, other: str) -> bool:
    """Whether two different names can't be told apart by eye."""
    return one != other and _shape(one) == _shape(other)


def code_points(one: str, other: str) -> tuple[str | Phrase, str | Phrase]:
    """The first character in which two names differ, from each: its code point and its name, or
    the phrase ``nothing`` where one of them ends."""
    pairs = zip([*one, ""], [*other, ""], strict=False)
    mine, theirs = next((a, b) for a, b in pairs if a != b)
    return _told(mine), _told(theirs)


def _told(sign: str) -> str | Phrase:
    if not sign:
        return Phrase("nothing")
    name = unicodedata.name(sign, "")
    return f"U+{ord(sign):04X} ({name.lower()})" if name else f"U+{ord(sign):04X}"


def _similar(wanted: list[str], names: list[str]) -> list[tuple[float, str, str]]:
    similar = []
    for name in names:
        matcher = difflib.SequenceMatcher(b=_plain(name))
        for want in wanted:
            matcher.set_seq1(_plain(want))
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _ALIKE:
                continue
            if (ratio := matcher.ratio()) >= _ALIKE:
                similar.append((ratio, want, name))
    return similar


def _plain(name: str) -> str:
    folded = _shape(name).casefold()
    # Of names without any letter or digit, such as + and -, the signs are what tells them apart.
    return "".join(c for c in folded if c.isalnum()) or folded


def _shape(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_LOOKS_LIKE)
