"""A file without its rows that have no value, which the check has left out, too.

A field is blank if it is empty or has only white space, in quotation marks or not; so is a DOS
end-of-file mark. ``lambdas/check/reading/blank_rows.py`` says the same of the rows that it reads.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any

END_MARK = "\x1a"

# As long as a row may be. The limit is the process's, and the check's is the same.
csv.field_size_limit(4 * 1024 * 1024)

_PIECE = 256 * 1024
# Behind the mark may be line ends; if they are more, something else was meant by it.
_LONGEST_END = 16


def filled_rows(lines: Iterable[str], delimiter: str, untouched: int) -> Iterator[str]:
    """The texts of all rows that have a value; the last one without an end-of-file mark.

    Args:
        lines: the file's lines with their ends.
        delimiter: what stands between two values.
        untouched: how many rows come first that are kept however they look, blank lines included.
    """
    rows = _rows(_without_end_mark(lines), delimiter)
    yield from (text for text, _ in islice(rows, untouched))
    yield from (text for text, has_value in rows if has_value)


class FilledRows(io.RawIOBase):
    """The same as an open file in UTF-8."""

    def __init__(self, body: IO[bytes], encoding: str, delimiter: str, untouched: int) -> None:
        lines = io.TextIOWrapper(body, encoding, newline="")
        self._rows = filled_rows(lines, delimiter, untouched)
        self._left = b""

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills ``buffer`` with what comes next; 0 is the end."""
        if not self._left:
            self._left = self._piece()
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def _piece(self) -> bytes:
        texts, size = [], 0
        for text in self._rows:
            texts.append(text)
            size += len(text)
            if size >= _PIECE:
                break
        return "".join(texts).encode()


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[str, bool]]:
    """The text of each row, and whether it has a value."""
    for line in lines:
        if '"' not in line:
            yield line, not _is_blank(line.replace(delimiter, " "))
            continue
        # In quotation marks, a row may go on in the next lines.
        taken = [line]
        fields = next(csv.reader(chain(taken[:], _recorded(lines, taken)), delimiter=delimiter))
        yield "".join(taken), not all(map(_is_blank, fields))


def _recorded(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _is_blank(text: str) -> bool:
    return not text.replace(END_MARK, " ").strip()


def _without_end_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines; of the last ones what stands before the mark."""
    held: list[str] = []
    for line in lines:
        if END_MARK in line[-3:] or (held and not line.strip(f"{END_MARK}\r\n")):
            held.append(line)
            continue
        if held:
            yield from held
            held.clear()
        yield line
    text = "".join(held)
    if text[-_LONGEST_END:].rstrip("\r\n").endswith(END_MARK):
        held = [text.rstrip(f"{END_MARK}\r\n") + "\n"]
    yield from held
