"""Which encoding a text is written in, told by its bytes."""

import codecs

from lambdas.check.reading.unreadable import Unreadable

# What the other file tells for certain counts as much as so many characters.
_FOR_CERTAIN = 10
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes, other: bytes = b"", *, is_whole: bool = False) -> str:
    """The encoding that ``head`` looks like, as a codec of Python's.

    Args:
        head: how the file begins.
        other: bytes of the other file of the pair, which most likely has the same encoding.
        is_whole: whether this is all of the file; else a character may be cut at its end.

    Raises:
        Unreadable: it is UTF-8 with other bytes in between.
    """
    return _unicode_of(head) or legacy_encoding(head + b"\n" if is_whole else head, other)


def _unicode_of(head: bytes) -> str | None:
    """The encoding of a text in Unicode; None where it is in none."""
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
    return None


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


def legacy_encoding(sample: bytes, other: bytes = b"") -> str:
    """The encoding of a text that is not UTF-8: Korean, or Western European.

    Args:
        sample: some of the text.
        other: bytes of the other file of the pair.
    """
    western_codec = "cp1252" if decodes(sample, "cp1252") else "latin-1"
    if not decodes(sample, "cp949"):
        return western_codec
    if western_codec == "latin-1":
        return "cp949"
    # Its patterns take a tenth of what the check needs to start, and most files are in Unicode.
    from lambdas.check.reading.korean_or_western import non_ascii_words, shared_words, votes

    samples = [sample]
    certain = (0, 0)
    if not other.isascii():
        of_other = _other_in_unicode(other)
        if of_other is not None:
            known = non_ascii_words(of_other)
            certain = shared_words(sample, "cp949", known), shared_words(sample, "cp1252", known)
        elif not decodes(other, "cp949"):
            certain = (0, 1)
        else:
            samples.append(other)
            certain = (int(not decodes(other, "cp1252")), 0)
    korean, western = votes(samples)
    if korean + _FOR_CERTAIN * certain[0] > western + _FOR_CERTAIN * certain[1]:
        return "cp949"
    return western_codec


def _other_in_unicode(other: bytes) -> str | None:
    """The text of the other file; None where it is not in Unicode."""
    try:
        encoding = _unicode_of(other)
    except Unreadable:
        return ""
    return encoding and other.decode(encoding, errors="ignore")


def decodes(sample: bytes, encoding: str) -> bool:
    """Whether ``sample`` may be the beginning of a text in ``encoding``."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True
