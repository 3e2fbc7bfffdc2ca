"""A second header below the first: the names in another language, units, types, or a line."""

import re
from collections.abc import Callable, Iterable, Sequence

from lambdas.check.reading.blank_rows import is_blank
from lambdas.check.reading.missing_words import NO_NUMBERS

_ROWS_COMPARED = 200
_COLUMNS_COMPARED = 200
_FEWEST_VALUES = 3
_SHARE_OF_NUMBERS = 0.9
_EVIDENCE = 2

_NUMBER = re.compile(r"[\W_]*\d[\d.,:/\-\s'’]*([eE][-+]?\d+)?[^\w%°‰]*")
_BEGINS_LIKE_A_NUMBER = re.compile(r"[\W_]*\d")
_RULE = re.compile(r"\s*[-=:+_~]{3,}\s*")
_LENGTHS = "mm cm m km in ft mi yd ㎜ ㎝ ㎞ mm2 cm2 m2 km2 m² cm² km² ㎡ ㎢ ha 평"
_VOLUMES_AND_WEIGHTS = (
    "l ml cl dl ㎖ ㎗ ㎘ ℓ cc m3 cm3 m³ ㎥ mg g kg t lb lbs oz ㎎ ㎏ µg μg ㎍ ug ng"
)
_TIMES = """
    s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks
    month months yr yrs year years ms ㎳ date datetime timestamp 년 월 일 시간 분 초 개월
"""
_MEASURES = """
    % ‰ ° °c °f ℃ ℉ hz khz mhz ghz pa hpa kpa mpa bar mbar psi mmhg w kw mw kwh mwh wh v mv kv a ma
    ah mah j kj mj cal kcal n kn nm mol mmol mol/l mmol/l g/l mg/l mg/dl g/dl u/l iu iu/l ppm ppb
    ppt db lux lx rpm m/s km/h kph mph kg/m2 kg/m² kg/m3 kg/m³ μg/m³ µg/m³ ㎍/㎥ ug/m3 도 점 등급
"""
_COUNTS_AND_MONEY = """
    usd eur gbp krw jpy cny chf $ € £ ¥ ₩ 원 천원 만원 백만원 억원 달러 명 인 건 개 회 대 세 살
    count score ratio percent unit units pcs pixel px byte bytes kb mb gb
"""
_TYPES = """
    int integer int32 int64 float float32 float64 double number numeric decimal real str string text
    char varchar object bool boolean category categorical nominal ordinal continuous discrete
    class target meta label binary
"""
_UNITS_AND_TYPES = frozenset(
    word
    for words in (_LENGTHS, _VOLUMES_AND_WEIGHTS, _TIMES, _MEASURES, _COUNTS_AND_MONEY, _TYPES)
    for word in words.split()
)


def is_second_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row below the header is one, too.

    Where a column has numbers, it has a word; and where a column has words, it has one that never
    comes again. One of these alone may also be so in a row of data.
    """
    filled = [text for text in row if not is_blank(text)]
    if len(filled) > 1 and all(map(_RULE.fullmatch, filled)):
        return True
    numbers = words = evidence = 0
    for place, text in enumerate(row[:_COLUMNS_COMPARED]):
        values = _values(place, below)
        if text in values:
            return False
        if _has_numbers(values):
            numbers += 1
            if _is_word(text, values):
                words += 1
                evidence += 2 if _is_unit(text) else 1
            elif not _is_nothing(text):
                return False
        elif not _is_nothing(text):
            evidence += 2 * len(set(values)) <= len(values)
    return words > 0 and 2 * words >= numbers and evidence >= _EVIDENCE


def _values(place: int, rows: Iterable[Sequence[str]]) -> list[str]:
    some = [row[place] for row in rows if place < len(row)][:_ROWS_COMPARED]
    return [text for text in some if not _is_nothing(text)]


def _is_nothing(text: str) -> bool:
    return is_blank(text) or text.strip() in NO_NUMBERS


def _has_numbers(values: Sequence[str]) -> bool:
    return len(values) >= _FEWEST_VALUES and _most(_BEGINS_LIKE_A_NUMBER.match, values)


def _is_word(text: str, values: Sequence[str]) -> bool:
    """Whether this is no number as the ``values`` are: some have a unit behind them."""
    if _is_nothing(text):
        return False
    if _most(_NUMBER.fullmatch, values):
        return not _NUMBER.fullmatch(text)
    return not _BEGINS_LIKE_A_NUMBER.match(text)


def _most(fits: Callable[[str], object], values: Sequence[str]) -> bool:
    return sum(fits(text) is not None for text in values) >= _SHARE_OF_NUMBERS * len(values)


def _is_unit(text: str) -> bool:
    return text.strip().strip("()[]").strip().casefold() in _UNITS_AND_TYPES
