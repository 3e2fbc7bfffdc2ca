"""Files that are something else than a table as text, told by how they begin."""

import codecs
import re

from lambdas.check.reading.encodings import wide_encoding
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.unreadable import Reason, Unreadable

_BINARY: tuple[tuple[bytes, Reason, str], ...] = (
    (b"PK\x03\x04", "excel_file", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel_file", "xls"),
    (b"PAR1", "binary_file", "parquet"),
    (b"%PDF", "binary_file", "pdf"),
    (b"SQLite format 3", "binary_file", "sqlite"),
    (b"\x89PNG", "binary_file", "picture"),
    (b"\xff\xd8\xff", "binary_file", "picture"),
    (b"\x89HDF", "binary_file", "hdf5"),
    (b"BZh", "packed_file", "bzip2"),
    (b"\xfd7zXZ", "packed_file", "xz"),
    (b"\x28\xb5\x2f\xfd", "packed_file", "zstd"),
    (b"7z\xbc\xaf", "packed_file", "7z"),
    (b"\x1f\x8b", "packed_file", "gzip"),
)
# Letters alone, so that a column's name may begin with them.
_MAY_BE_A_NAME = {b"BZh", b"PAR1"}
_TEXT_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(
    rb"\s*<(!doctype|\?xml|html|head|body|table|div|script|!--|error>[^,;|\t])", re.IGNORECASE
)
_JSON = re.compile(rb"\s*(\{\s*\"|\[\s*[\[{])")
# Encodings that a mark at the beginning tells.
_MARKED = {"utf-16", "utf-32"}
_LINE_END = re.compile(rb"[\r\n]")
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\f") + b"\x7f"


def refuse_other_kinds(head: bytes) -> None:
    """Refuses a file that begins like something else than a table as text.

    Raises:
        Unreadable: it is no CSV.
    """
    for mark, code, kind in _BINARY:
        if head.startswith(mark) and not (mark in _MAY_BE_A_NAME and _is_plain(head[:512])):
            raise Unreadable(code, kind=Phrase(kind))
    start = head[:4096]
    plain = start.replace(b"\x00", b"")
    for mark in _TEXT_MARKS:
        plain = plain.removeprefix(mark)
    if _MARKUP.match(plain):
        raise Unreadable("web_page")
    if _JSON.match(plain):
        raise Unreadable("json_file")
    wide = wide_encoding(head)
    if (wide not in _MARKED and _has_controls(start)) or (not wide and _is_of_nulls(start)):
        raise Unreadable("binary_file", kind=Phrase("no_text"))
    if b"\x00" in start and not wide:
        raise Unreadable("null_character", line=_line_of_null(start))


def _is_plain(start: bytes) -> bool:
    return start.isascii() and start == start.translate(None, _CONTROL)


def _has_controls(start: bytes) -> bool:
    """Whether more than a few control characters other than nulls stand there."""
    controls = len(start) - len(start.translate(None, _CONTROL)) - start.count(0)
    return controls > max(3, len(start) // 50)


def _is_of_nulls(start: bytes) -> bool:
    """Whether nulls are much of it. Behind lines of text they are what a crash has left."""
    return start.count(0) > len(start) // 8 and not _LINE_END.search(start, 0, start.index(0))


def _line_of_null(start: bytes) -> int:
    before = start[: start.index(0)]
    return 1 + (before.count(b"\n") or before.count(b"\r"))
