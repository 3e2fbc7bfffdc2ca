"""Classes as they are named in sentences and plots: short, on one line, and no two alike."""

import re
import unicodedata
from collections import Counter
from typing import Any

from training.model.outcome import written_label

# Persian and Indian words have these between their letters.
_JOINERS = "\u200c\u200d"
_BLANK = "␣"
_LOST_BLANKS = re.compile(r"^ +| +$| {2,}")
_SHARE_OF_THE_BEGINNING = 0.6


def class_names(labels: list[Any], longest: int = 30) -> list[str]:
    """A name for each of ``labels``.

    What nobody would see is spelled: a blank at an end or beside another one, and any other sign
    without a shape. A long label keeps its beginning and its end; those that still look the same
    are numbered.
    """
    names, alike = [], Counter[str]()
    for label in labels:
        name = _shortened(_visible(written_label(label)), longest)
        looks = unicodedata.normalize("NFC", name)
        alike[looks] += 1
        names.append(name if alike[looks] == 1 else f"{name} ({alike[looks]})")
    return names


def class_name(labels: list[Any], place: int, longest: int = 30) -> str:
    """The name of one of ``labels`` among them."""
    return class_names(labels, longest)[place]


def _visible(text: str) -> str:
    blanks = _LOST_BLANKS.sub(lambda found: _BLANK * len(found[0]), text)
    return "".join(sign if _has_a_shape(sign) else _spelled(sign) for sign in blanks)


def _has_a_shape(sign: str) -> bool:
    return sign == " " or sign in _JOINERS or unicodedata.category(sign)[0] not in "ZC"


def _spelled(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    first = int(longest * _SHARE_OF_THE_BEGINNING)
    return f"{text[:first]}…{text[first + 1 - longest :]}"
