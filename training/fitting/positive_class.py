"""Which of two classes is the positive one: the one that a person would look for."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.job.failure import KnownFailure
from training.job.language import spoken
from training.model.class_names import class_names
from training.model.outcome import plain_label, written_label

# Words and signs of which one affirms what the other denies, and that mean nothing else.
_AFFIRMED = {
    *(("yes", "no"), ("y", "n"), ("true", "false"), ("t", "f"), ("+", "-"), ("+", "−")),
    *(("positive", "negative"), ("pos", "neg"), ("present", "absent"), ("on", "off")),
    *(("예", "아니오"), ("예", "아니요"), ("네", "아니오"), ("네", "아니요"), ("참", "거짓")),
    *(("양성", "음성"), ("있음", "없음"), ("유", "무")),
    *(("はい", "いいえ"), ("真", "偽"), ("陽性", "陰性"), ("有", "無"), ("有り", "無し")),
    *(("是", "否"), ("真", "假"), ("阳性", "阴性"), ("有", "无")),
    *(("ja", "nein"), ("ja", "nee"), ("ja", "nej"), ("wahr", "falsch"), ("positiv", "negativ")),
    *(("oui", "non"), ("vrai", "faux"), ("positif", "négatif"), ("да", "нет"), ("tak", "nie")),
    *(("sí", "no"), ("si", "no"), ("sì", "no"), ("positivo", "negativo"), ("vero", "falso")),
    *(("verdadero", "falso"), ("sim", "não"), ("verdadeiro", "falso"), ("evet", "hayır")),
}
_DENYING = ("no", "not", "non", "without")
# What nobody looks for, beside anything else.
_NORMAL = {"normal", "healthy", "benign", "ham", "정상", "양품"}
_NORMAL_BESIDE = {("악성", "양성")}


@dataclass(frozen=True)
class PositiveClass:
    """The label of the positive class as it is in the table, and the reason in a sentence."""

    label: Any
    why: str


def positive_class(rows: Mapping[Any, int], named: str | None) -> PositiveClass:
    """The positive one of two classes.

    Args:
        rows: how many rows of the train file each class has.
        named: the class that the person has chosen, None where the rule is to.

    Raises:
        KnownFailure: there is no class of that name.
    """
    classes = sorted(rows, key=_order)
    rarer, every = min(classes, key=rows.__getitem__), sum(rows.values())

    def name(label: Any) -> str:
        return class_names(classes)[classes.index(label)]

    if named is not None:
        chosen = _class_named(named, classes)
        why = spoken("The positive class is “{name}”, as it was asked for.", name=name(chosen))
    elif (chosen := _greater(*classes)) is not None:
        why = spoken(
            "The positive class is “{name}”, the greater of the two numbers.", name=name(chosen)
        )
    elif (chosen := _affirmed(*classes)) is not None:
        why = spoken(
            "The positive class is “{name}”, the affirmative of the two.", name=name(chosen)
        )
    elif (chosen := _unusual(*classes)) is not None:
        why = spoken(
            "The positive class is “{name}”, for the other one is the normal case.",
            name=name(chosen),
        )
    elif 2 * rows[rarer] < every:
        chosen = rarer
        why = spoken(
            "The positive class is “{name}”, which is rarer in the train file ({few:,} of "
            "{every:,} rows).",
            name=name(chosen),
            few=rows[rarer],
            every=every,
        )
    else:
        chosen = classes[-1]
        why = spoken(
            "The positive class is “{name}”, the last of the two in order, for each has {few:,} "
            "rows in the train file.",
            name=name(chosen),
            few=rows[rarer],
        )
    return PositiveClass(chosen, why)


def _class_named(named: str, classes: list[Any]) -> Any:
    for label in classes:
        if written_label(label) == named or (
            _number(label) is not None and _number(label) == _number(named)
        ):
            return label
    one, other = map(written_label, classes)
    raise KnownFailure(
        spoken(
            "The positive class is to be {named!r}, and the classes are {one!r} and {other!r}.",
            named=named,
            one=one,
            other=other,
        )
    )


def _greater(one: Any, other: Any) -> Any | None:
    numbers = _number(one), _number(other)
    if numbers[0] is None or numbers[1] is None or numbers[0] == numbers[1]:
        return None
    return one if numbers[0] > numbers[1] else other


def _affirmed(one: Any, other: Any) -> Any | None:
    for yes, no in ((one, other), (other, one)):
        if (_word(yes), _word(no)) in _AFFIRMED or _denies(_word(no), _word(yes)):
            return yes
    return None


def _unusual(one: Any, other: Any) -> Any | None:
    for case, normal in ((one, other), (other, one)):
        words = _word(case), _word(normal)
        if words in _NORMAL_BESIDE or (words[1] in _NORMAL and words[0] not in _NORMAL):
            return case
    return None


def _denies(word: str, other: str) -> bool:
    """Whether the one is the other with a "no" before it: no churn and churn."""
    letters, others = ("".join(sign for sign in each if sign.isalnum()) for each in (word, other))
    return bool(others) and any(letters == denying + others for denying in _DENYING)


def _word(label: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", written_label(label)).split()).casefold()


def _number(label: Any) -> float | None:
    try:
        number = float(label)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _order(label: Any) -> tuple[bool, Any]:
    """Numbers by their value, texts by their letters."""
    plain = plain_label(label)
    return (True, plain) if isinstance(plain, str) else (False, plain)
