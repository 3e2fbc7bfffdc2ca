"""Files that are something else than a table as text, told by how they begin."""

import codecs
import re

from lambdas.check.findings.finding import Finding

_SAVE_AS_CSV = "Open it in its program, save the table as “CSV UTF-8” and upload that."
_BINARY = (
    (b"PK\x03\x04", "excel_file", "an Excel workbook or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel_file", "an old Excel workbook (.xls)"),
    (b"PAR1", "binary_file", "a Parquet file"),
    (b"%PDF", "binary_file", "a PDF document"),
    (b"SQLite format 3", "binary_file", "a SQLite database"),
    (b"\x89PNG", "binary_file", "a picture"),
    (b"\xff\xd8\xff", "binary_file", "a picture"),
    (b"\x89HDF", "binary_file", "an HDF5 file"),
    (b"BZh", "packed_file", "packed with bzip2"),
    (b"\xfd7zXZ", "packed_file", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed_file", "packed with zstd"),
    (b"7z\xbc\xaf", "packed_file", "a 7-Zip archive"),
    (b"\x1f\x8b", "packed_file", "packed with gzip twice"),
)
# Letters alone, so that a column's name may begin with them.
_MAY_BE_A_NAME = {b"BZh", b"PAR1"}
_TEXT_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(
    rb"\s*<(!doctype|\?xml|html|head|body|table|div|script|!--|error>[^,;|\t])", re.I
)
_JSON = re.compile(rb"\s*(\{\s*\"|\[\s*[\[{])")
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\f") + b"\x7f"


def other_kind_of_file(file: str, head: bytes) -> Finding | None:
    """The finding for a file that is no CSV, or None for one that may be."""
    for mark, code, kind in _BINARY:
        if head.startswith(mark) and not (mark in _MAY_BE_A_NAME and _is_plain(head[:512])):
            packed = code == "packed_file"
            action = "Unpack it and upload the CSV itself, or pack it with gzip (.csv.gz)."
            return _finding(file, code, f"The file is {kind}.", action if packed else _SAVE_AS_CSV)
    start = head[:4096]
    plain = start.replace(b"\x00", b"")
    for mark in _TEXT_MARKS:
        plain = plain.removeprefix(mark)
    if _MARKUP.match(plain):
        return _finding(
            file,
            "web_page",
            "The file is a web page (HTML or XML).",
            "It was probably saved from a browser that showed a login or error page: download the "
            "data itself and upload it.",
        )
    if _JSON.match(plain):
        return _finding(
            file,
            "json_file",
            "The file holds JSON.",
            "Export the table as “CSV UTF-8” and upload that.",
        )
    if _is_binary(start):
        return _finding(file, "binary_file", "The file is not text.", _SAVE_AS_CSV)
    return None


def _is_plain(start: bytes) -> bool:
    return start.isascii() and start == start.translate(None, _CONTROL)


def _is_binary(start: bytes) -> bool:
    """Whether more than a few control characters stand where text should."""
    if start.startswith(_TEXT_MARKS[1:]):
        return False
    nulls = start.count(0)
    even, odd = start[::2].count(0), start[1::2].count(0)
    # Plain letters in UTF-16 have a null in every second place, and in no other.
    if nulls and (min(even, odd) > nulls // 20 or nulls < len(start) // 8):
        return True
    controls = len(start) - len(start.translate(None, _CONTROL)) - nulls
    return controls > max(3, len(start) // 50)


def _finding(file: str, code: str, seen: str, action: str) -> Finding:
    return Finding(
        code=code,
        severity="error",
        file=file,
        seen=seen,
        expected="It should be a table as text (CSV): a line with the column names and then one "
        "line for each row.",
        action=action,
    )
