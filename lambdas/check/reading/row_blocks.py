"""Cuts a stream of text into blocks that end where a row ends.

Which quotation marks count follows RFC 4180 and the readers that the jobs use: one that stands at
the start of a field opens it, one inside an unquoted field is an ordinary character, and two in a
row inside a quoted field stand for one. Text between a closing mark and the next delimiter is an
error: it is how a mark that was opened by mistake shows itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.text_stream import line_feeds
from lambdas.check.reading.unreadable import Unreadable

# To look at a column of a block takes a millisecond or two however few rows there are, most of it
# while other threads wait. So a wide table has larger blocks than others, up to what a few of them
# may take of the memory.
BLOCK_BYTES = 6 * 1024 * 1024
_COLUMNS_FOR_EACH_SIZE = 375
_LARGEST_BLOCK_BYTES = 16 * 1024 * 1024
# The first block only has to tell which columns are numbers, and the others wait for it.
_FIRST_BLOCK_BYTES = 256 * 1024
# The reader of the jobs can read any row up to the size of its own blocks, which are twice as long.
LONGEST_ROW_BYTES = 4 * 1024 * 1024
_QUOTE = ord('"')
_END_MARK = b"\x1a"
_LONGEST_LINE_END = 16
_LAST_LINES = 40
# What is made of so much stays near the processor.
_BYTES_AT_ONCE = 256 * 1024
# Text is mostly added in pieces of up to this size.
_LONGEST_CHUNK = 1024 * 1024
_BYTES_SEARCHED = 4 * 1024


Places = npt.NDArray[np.int64]
_NO_PLACES = np.empty(0, np.int64)
# The bytes of whole rows. A part of what was read is not copied for them.
Rows = bytes | memoryview


def block_bytes_for(columns: int, text_bytes: int | None = None) -> int:
    """How long the blocks of a table with so many columns should be: where its text is known to be
    of ``text_bytes``, an even number of equal ones behind the first one, so that two processors end
    at the same time."""
    wanted = min(_LARGEST_BLOCK_BYTES, BLOCK_BYTES * max(1, columns // _COLUMNS_FOR_EACH_SIZE))
    behind_first = (text_bytes or 0) - _FIRST_BLOCK_BYTES
    if behind_first <= wanted:
        return wanted
    pairs = max(round(behind_first / wanted / 2), ceil(behind_first / _LARGEST_BLOCK_BYTES / 2))
    return ceil(behind_first / (2 * pairs))


@dataclass(frozen=True)
class RowBlock:
    """Whole rows as UTF-8 text, and the line of the file on which they begin, if it is known.

    ``had_end_mark`` says that a DOS end-of-file mark stood behind the last one; ``last_rows_at``,
    if it is known, where a row begins that is some lines before the end.
    """

    data: Rows
    first_line: int | None
    had_end_mark: bool = False
    last_rows_at: int | None = None


def row_blocks(
    chunks: Iterable[bytes], delimiter: str, block_bytes: int = BLOCK_BYTES
) -> Iterator[RowBlock]:
    """The text in ``chunks`` as blocks of about ``block_bytes``, the first one smaller.

    Raises:
        Unreadable: a stray quotation mark, one that is never closed, or a row without an end.
    """
    rest, marks = _GrowingText(min(block_bytes, _FIRST_BLOCK_BYTES)), list[Places]()
    line, lines, tail = 1, 0, b""
    wanted = min(block_bytes, _FIRST_BLOCK_BYTES)
    chunks = iter(chunks)
    while (chunk := _next(chunks, line + lines)) is not None:
        # What was just read is still near the processor.
        marks.append(_places_of(_QUOTE, chunk) + rest.size)
        lines += line_feeds(chunk)
        rest.add(chunk)
        size = rest.size
        tail = (tail + chunk[-_LONGEST_LINE_END:])[-_LONGEST_LINE_END:]
        # Whether this is the end of the file is only known when nothing follows.
        if size < wanted or (size < LONGEST_ROW_BYTES and ends_with_mark(tail)):
            continue
        data = rest.content
        quotes = _delimiting_quotes(data, delimiter, line, np.concatenate(marks))
        end = _row_end_before(data, _last_line_feed(data, 0, size), quotes)
        if end:
            _refuse_endless(data, end, quotes, line)
            yield RowBlock(data[:end], line)
            begins = bytes(data[end:])
            line, lines = line + lines - line_feeds(begins), line_feeds(begins)
            rest, marks = _GrowingText(block_bytes), [_places_of(_QUOTE, begins)]
            rest.add(begins)
            wanted = block_bytes
        elif size >= LONGEST_ROW_BYTES:
            raise endless_row(line)
        else:
            wanted = 2 * size
    if rest.size:
        last: Rows = rest.content
        had_end_mark = ends_with_mark(bytes(last[-_LONGEST_LINE_END:]))
        if had_end_mark:
            last = without_end_mark(bytes(last))
        closed = _closed_quotes(last, delimiter, line, np.concatenate(marks))
        _refuse_endless(last, len(last), closed, line)
        yield RowBlock(last, line, had_end_mark, _last_rows_at(last, closed))


class _GrowingText:
    """The bytes of a block in one piece of memory, to which chunks are added as they are read: to
    join them later would take fresh memory for all of them first, which takes longer than to read
    them."""

    def __init__(self, expected: int) -> None:
        # What is not written yet takes no memory.
        self._room = np.empty(expected + _LONGEST_CHUNK, np.uint8)
        self.size = 0

    @property
    def content(self) -> memoryview:
        """What was added."""
        return self._room.data[: self.size]

    def add(self, chunk: bytes) -> None:
        """Adds a chunk at the end."""
        end = self.size + len(chunk)
        if end > len(self._room):
            self._room = np.concatenate([self._room[: self.size], np.empty(end, np.uint8)])
        self._room[self.size : end] = np.frombuffer(chunk, np.uint8)
        self.size = end


def _next(chunks: Iterator[bytes], line: int) -> bytes | None:
    """The next chunk; where it can't be read, the error's line counts from this ``line`` on."""
    try:
        return next(chunks, None)
    except Unreadable as error:
        if error.line is not None:
            error.line += line - 1
        raise


def without_end_mark(data: bytes) -> bytes:
    """The end of a file without the mark behind it, which DOS repeated to fill the last sector."""
    return data.rstrip(_END_MARK + b"\r\n") + b"\n" if ends_with_mark(data) else data


def ends_with_mark(data: bytes) -> bool:
    """Whether the last line ends with a DOS end-of-file mark."""
    return data[-_LONGEST_LINE_END:].rstrip(b"\r\n").endswith(_END_MARK)


def last_row_end(data: bytes, delimiter: str, line: int) -> int:
    """Where the last whole row of ``data``, which begins with a row, ends; 0 if there is none.

    Raises:
        Unreadable: a stray quotation mark.
    """
    marks = _delimiting_quotes(data, delimiter, line, _places_of(_QUOTE, data))
    return _row_end_before(data, _last_line_feed(data, 0, len(data)), marks)


def _refuse_endless(data: Rows, end: int, marks: Places, line: int) -> None:
    """Raises where one of the rows up to ``end`` is longer than any can be."""
    begins = 0
    while end - begins > LONGEST_ROW_BYTES:
        line_feed = _last_line_feed(data, begins, begins + LONGEST_ROW_BYTES)
        row_end = _row_end_before(data, line_feed, marks)
        if row_end <= begins:
            raise endless_row(line + line_feeds(data[:begins]))
        begins = row_end


def last_rows_at(data: bytes, delimiter: str) -> int:
    """Where a row begins that is some lines before the end of ``data``, which begins with a row.

    Raises:
        Unreadable: a stray quotation mark.
    """
    marks = _places_of(_QUOTE, data)
    return _last_rows_at(data, _delimiting_quotes(data, delimiter, 1, marks))


def _last_rows_at(data: Rows, marks: Places) -> int:
    end = len(data)
    for _ in range(_LAST_LINES):
        end = _last_line_feed(data, 0, end)
        if end < 0:
            return 0
    return _row_end_before(data, end, marks)


def _last_line_feed(data: Rows, begin: int, end: int) -> int:
    """Where the last line feed stands from ``begin`` to before ``end``; -1 if there is none."""
    while end > begin:
        start = max(begin, end - _BYTES_SEARCHED)
        place = bytes(data[start:end]).rfind(b"\n")
        if place >= 0:
            return start + place
        end = start
    return -1


def _row_end_before(data: Rows, end: int, marks: Places) -> int:
    """Where the last row ends whose line feed is not behind ``end``."""
    while end >= 0:
        before = int(np.searchsorted(marks, end))
        if before % 2 == 0:
            return end + 1
        end = _last_line_feed(data, 0, int(marks[before - 1]))
    return 0


def _closed_quotes(data: Rows, delimiter: str, line: int, marks: Places) -> Places:
    """Those of the quotation ``marks`` that open and close fields, which are all closed."""
    marks = _delimiting_quotes(data, delimiter, line, marks)
    if len(marks) % 2:
        opened = line + line_feeds(data[: int(marks[-1])])
        raise Unreadable("open_quote", line=opened)
    return marks


def _delimiting_quotes(data: Rows, delimiter: str, line: int, marks: Places) -> Places:
    """Those of the quotation ``marks`` that open and close fields, in turn."""
    if not len(marks):
        return marks
    content = np.frombuffer(data, np.uint8)
    may_open = _are_edges(content[marks - 1], delimiter)
    may_open[0] |= marks[0] == 0
    may_close = _are_edges(content[np.minimum(marks + 1, len(content) - 1)], delimiter)
    may_close[-1] |= marks[-1] == len(content) - 1
    # An even mark right behind an odd one: the two stand for one mark inside the field.
    pairs = (np.diff(marks) == 1)[1::2]
    doubled = np.zeros(len(marks), bool)
    doubled[2::2] = pairs
    doubled[1::2][: len(pairs)] = pairs
    opens, closes = slice(0, None, 2), slice(1, None, 2)
    if (may_open | doubled)[opens].all() and (may_close | doubled)[closes].all():
        return marks
    return _delimiting_quotes_one_by_one(marks, may_open, may_close, data, line)


def _are_edges(signs: npt.NDArray[np.uint8], delimiter: str) -> npt.NDArray[np.bool_]:
    """Which of the bytes stand beside a field."""
    edges = (signs == ord(delimiter)) | (signs == ord("\n")) | (signs == ord("\r"))
    return np.asarray(edges, bool)


def _places_of(sign: int, data: bytes) -> Places:
    """Where the byte stands; twice as quick as ``np.flatnonzero`` where it stands now and then."""
    if sign not in data:
        return _NO_PLACES
    content = np.frombuffer(data, np.uint8)
    places: list[Places] = []
    for start in range(0, len(content), _BYTES_AT_ONCE):
        eights = np.packbits(content[start : start + _BYTES_AT_ONCE] == sign, bitorder="little")
        found = np.flatnonzero(eights != 0)
        within = np.flatnonzero(np.unpackbits(eights[found], bitorder="little").view(bool))
        places.append(found[within >> 3] * 8 + (within & 7) + start)
    return np.concatenate(places)


def _delimiting_quotes_one_by_one(
    marks: npt.NDArray[Any],
    may_open: npt.NDArray[np.bool_],
    may_close: npt.NDArray[np.bool_],
    data: Rows,
    line: int,
) -> Places:
    """The same where marks inside unquoted fields, such as 6'2", shift the turns."""
    kept: list[int] = []
    places, opening, closing = marks.tolist(), may_open.tolist(), may_close.tolist()
    at = 0
    while at < len(places):
        if len(kept) % 2 == 0:
            kept += [places[at]] if opening[at] else []
        elif at + 1 < len(places) and places[at + 1] == places[at] + 1:
            at += 1
        elif closing[at]:
            kept.append(places[at])
        else:
            raise _stray_quote(data, line, kept[-1], places[at])
        at += 1
    return np.array(kept, np.int64)


def _stray_quote(data: Rows, line: int, opened: int, closed: int) -> Unreadable:
    first, last = line + line_feeds(data[:opened]), line + line_feeds(data[:closed])
    where = Phrase("in_line", line=last) if last != first else Phrase("in_the_same_line")
    return Unreadable("stray_quote", line=first, closed=where)


def endless_row(line: int) -> Unreadable:
    """The error for a row that is longer than any can be."""
    return Unreadable("endless_row", line=line, megabytes=LONGEST_ROW_BYTES // 1024**2)
