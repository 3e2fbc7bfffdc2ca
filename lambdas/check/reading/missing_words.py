"""Words that stand where a value is missing.

Some stand for nothing else, whatever is in the column. Others are words like any other: ``None``
may be a diagnosis and ``NA`` a region. Among numbers they mean that there is no number; in a column
of words only the person knows.
"""

# What spreadsheets, databases and pandas.read_csv (its documentation, na_values) write for nothing.
_NULLS = ("NULL", "Null", "null")
_NOTHING = (
    *_NULLS,
    *(f"({word})" for word in _NULLS),
    *(f"[{word}]" for word in _NULLS),
    *(f"<{word}>" for word in _NULLS),
    *("\\N", "#NULL!", "#N/A", "#N/A N/A", "#NA", "<NA>", "NaN", "nan", "NaT", "-NaN", "-nan"),
    *("1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "1.#INF", "-1.#INF"),
)
_PERHAPS = (
    *("None", "none", "NONE", "NA", "N/A", "n/a", "na", "N.A.", "n.a.", "#", "*", "?", "??", "???"),
    *("-", "--", "---", "–", "—", ".", "..", "...", "…", "/", "\\"),
)
# These are values in a column of words, and no numbers in a column of numbers.
_NO_NUMBER = (
    *("unknown", "Unknown", "UNKNOWN", "missing", "Missing", "MISSING", "not available", "n. a."),
    *("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "TBD", "tbd", "k.A.", "k. A."),
    *("없음", "미상", "모름", "결측", "해당없음", "해당 없음", "무응답"),
)
# How programs write a number without end, which no model can learn from.
_INFINITE = tuple(
    f"{sign}{word}"
    for sign in ("", "-", "+")
    for word in ("inf", "Inf", "INF", "infinity", "Infinity", "INFINITY", "∞")
)
_BLANKS = tuple(" " * count for count in range(9))

ALWAYS_MISSING = frozenset(_NOTHING)
PERHAPS_MISSING = frozenset(_PERHAPS)
INFINITE = frozenset((*_INFINITE, "1.#INF", "-1.#INF"))
NO_NUMBERS = ALWAYS_MISSING | PERHAPS_MISSING | frozenset(_NO_NUMBER) | INFINITE
# Among numbers, as pyarrow's reader takes them: exactly as they stand.
MISSING_NUMBERS = (*_BLANKS, *sorted(NO_NUMBERS))
