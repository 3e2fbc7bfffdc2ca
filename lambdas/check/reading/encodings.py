"""Which encoding a text is written in, told by its bytes."""

import codecs
import re

from lambdas.check.reading.unreadable import Unreadable

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """The encoding that ``head`` looks like, as a codec of Python's.

    Raises:
        Unreadable: it is UTF-8 with other bytes in between.
    """
    if wide := wide_encoding(head):
        return wide
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if decodes(head, "utf-8"):
        return "utf-8"
    as_utf8 = head.decode(errors="replace")
    wrong = as_utf8.count("\ufffd")
    if wrong * 10 < len(as_utf8) - sum(map(str.isascii, as_utf8)):
        line = as_utf8.count("\n", 0, as_utf8.index("\ufffd")) + 1
        raise Unreadable("unknown_text", line=line, encoding="UTF-8")
    return legacy_encoding(head)


def wide_encoding(head: bytes) -> str | None:
    """The encoding with more than one byte for every letter that ``head`` looks like, if any."""
    for mark, encoding in _WIDE_MARKS:
        if head.startswith(mark):
            return encoding
    start = head[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    # Plain letters in UTF-16 have a null in every second place, and in no other.
    if max(even, odd) <= len(start) // 8 or min(even, odd) > (even + odd) // 20:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def legacy_encoding(sample: bytes) -> str:
    """The encoding of a text that is not UTF-8: Korean, or Western European.

    Korean characters are two bytes long, both of them usually above 127; in Western European text
    such bytes stand alone, between plain letters.
    """
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    paired = sum(length for length in runs if length % 2 == 0)
    if paired > 0.6 * sum(runs) and decodes(sample, "cp949"):
        hangul = len(re.findall("[가-힣]", sample.decode("cp949", "replace")))
        if hangul > 0.3 * sum(runs) / 2:
            return "cp949"
    return "cp1252" if decodes(sample, "cp1252") else "latin-1"


def decodes(sample: bytes, encoding: str) -> bool:
    """Whether ``sample`` may be the beginning of a text in ``encoding``."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True
