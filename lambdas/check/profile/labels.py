"""Labels that are written in several ways: which of them are one class.

What can only be one class is taken for one: blanks around a label, characters that can't be seen,
letters composed in another way (macOS writes Korean in Unicode's form NFD), the same number. A
label of the test file also meets one of the train file that differs by capital letters alone, or
says true and false in another way, where only one class can be meant.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*", re.ASCII)
_ZERO_LED = re.compile(r"\s*[-+]?0\d", re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9]\d{0,15}", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "t", "1"}), frozenset({"false", "f", "0"})


def plain_label(text: str) -> str:
    """The label without blanks around it, in Unicode's form NFC, with nothing hidden in it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c.isspace())
    return " ".join(unicodedata.normalize("NFC", seen).split())


def same_labels(spellings: Mapping[str, int]) -> dict[str, str]:
    """For each label of the train file that is another one written differently, that other one: the
    most frequent of those that are written plainly, if there is one."""
    form: Callable[[str], Hashable] = plain_label
    if all(is_plain_number(spelling) for spelling in spellings):
        form = _value
    first: dict[Hashable, str] = {}
    is_number = form is _value
    forms = {spelling: form(spelling) for spelling in spellings}

    def order(spelling: str) -> tuple[bool, int, str]:
        is_plain = _WHOLE.fullmatch(spelling) if is_number else forms[spelling] == spelling
        return not is_plain, -spellings[spelling], spelling

    for spelling in sorted(spellings, key=order):
        first.setdefault(forms[spelling], spelling)
    return {s: first[forms[s]] for s in spellings if first[forms[s]] != s}


def met_labels(spellings: Iterable[str], labels: Iterable[str]) -> dict[str, str]:
    """For each label of the test file that is one of the train file's ``labels`` written
    differently, that one."""
    known = dict.fromkeys(labels)
    others = [spelling for spelling in spellings if spelling not in known]
    if not others:
        return {}
    forms = (plain_label, label_in_any_case, _value_if_number, _truth)
    ways = [(form, _by_form(known, form)) for form in forms]
    met = {}
    for spelling in others:
        meant = [way[key] for form, way in ways if (key := form(spelling)) in way]
        if meant:
            met[spelling] = meant[0]
    return met


def are_whole_numbers(labels: Iterable[str]) -> bool:
    """Whether all labels are whole numbers, written as a program would write them."""
    return all(_WHOLE.fullmatch(label) for label in labels)


def is_plain_number(label: str) -> bool:
    """Whether the label is a number, without zeros in front of it."""
    return _NUMBER.fullmatch(label) is not None and not _ZERO_LED.match(label)


def _by_form(labels: Iterable[str], form: Callable[[str], Hashable]) -> Mapping[Hashable, str]:
    """The label by its form, for forms that only one label has."""
    forms = {label: form(label) for label in labels}
    counts = Counter(forms.values())
    return {key: s for s, key in forms.items() if key is not None and counts[key] == 1}


def label_in_any_case(label: str) -> str:
    """The label without the difference between capital and small letters, wide and narrow ones."""
    return unicodedata.normalize("NFKC", plain_label(label)).casefold()


def _value_if_number(label: str) -> Decimal | None:
    return _value(label) if is_plain_number(label) else None


def _value(label: str) -> Decimal:
    return Decimal(label.strip())


def _truth(label: str) -> bool | None:
    """Whether the label says true or false; None where it says neither."""
    word = label_in_any_case(label)
    if number := _value_if_number(word):
        word = str(number.normalize())
    return True if word in _TRUE else False if word in _FALSE or word in {"0.0", "-0"} else None
