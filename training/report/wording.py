"""Numbers and names as they are written in a sentence or a table."""

import functools
import unicodedata
from typing import Any

from training.job.language import spoken, translated
from training.scoring.scores import LOWER_IS_BETTER, PLAIN_NAMES

_LONGEST = 60


def shown(value: Any, longest: int = _LONGEST) -> str:
    """Any value of a table, short enough for a cell; a number with four significant digits."""
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return number(value)
    text = " ".join(str(value).split())
    if not any(_is_visible(character) for character in text):
        text = f"“{str(value).encode('unicode_escape').decode()}”"
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _is_visible(character: str) -> bool:
    """Whether the character is neither a space nor a control."""
    return unicodedata.category(character)[0] not in "ZC"


def listed(texts: list[str]) -> str:
    """The texts one after another, as in a sentence."""
    return functools.reduce(
        lambda one, other: spoken("{one} and {other}", one=one, other=other), texts
    )


def number(value: float | None) -> str:
    """Four significant digits, without a power of ten where possible."""
    if value is None or value != value:
        return spoken("undefined")
    if value and not 1e-4 <= abs(value) < 1e12:
        return f"{value:.3g}"
    if float(value).is_integer():
        return f"{value:,.0f}"
    digits = 4 if abs(value) < 1 else max(0, 4 - len(str(int(abs(value)))))
    return f"{value:,.{digits}f}"


def score(value: float | None) -> str:
    """A score in a sentence: three decimals are enough for shares."""
    is_near_a_share = value is not None and (value == 0 or 0.0005 <= abs(value) < 10)
    return f"{value:.3f}" if is_near_a_share else number(value)


def percent(share: float | None) -> str:
    """A share as a percentage; nearly all is not rounded to 100%, nor nearly none to 0%."""
    if share is None or share != share:
        return spoken("undefined")
    if 0 < share < 0.001 or 0.999 < share < 1:
        return "<0.1%" if share < 0.5 else ">99.9%"
    if 0 < share < 0.01 or 0.99 < share < 1:
        return f"{share:.1%}"
    return f"{share:.0%}"


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds."""
    if seconds < 120:
        return spoken("{seconds:.3g} s", seconds=seconds)
    minutes, seconds = divmod(int(seconds), 60)
    return spoken("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)


def size(byte_count: float) -> str:
    """Bytes in a suitable unit."""
    if byte_count != byte_count:
        return "–"
    for unit, bytes_a_unit in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if byte_count >= bytes_a_unit:
            return f"{byte_count / bytes_a_unit:.3g} {unit}"
    return f"{byte_count:.0f} B"


def metric_in_words(metric: str) -> str:
    """The common name of a metric, and what it means."""
    return translated(PLAIN_NAMES[metric]) if metric in PLAIN_NAMES else metric


def metric_title(metric: str) -> str:
    """The common name of a metric."""
    return metric_in_words(metric).split(":")[0].split(" (")[0]


def metric_in_sentence(metric: str) -> str:
    """The same in lower case, unless it is an abbreviation."""
    title = metric_title(metric)
    is_short_form = title[1:2].isupper() or title[1:2].isdigit()
    small = title if is_short_form else title[0].lower() + title[1:]
    return f"{small}," if "," in small else small


def metric_meaning(metric: str) -> str:
    """The meaning of a metric, in a few words."""
    _, _, meaning = metric_in_words(metric).partition(": ")
    is_low = metric in LOWER_IS_BETTER
    direction = spoken("lower is better") if is_low else spoken("higher is better")
    if not meaning:
        return direction
    return meaning if direction in meaning else f"{meaning} ({direction})"
