"""Whether changes in SQLite's write-ahead log are damaged, which SQLite passes over without a word.

What was being written when the process was killed is damaged too, and rightly passed over: nothing
follows it. Source: "WAL-mode File Format", sqlite.org/walformat.html.
"""

import struct
from pathlib import Path

_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}
_Sums = tuple[int, int]


def is_damaged(path: Path) -> bool:
    """Whether a whole transaction comes after something that can't be read."""
    content = path.read_bytes() if path.exists() else b""
    if len(content) <= _HEADER_BYTES:
        return False
    order = _ORDERS.get(int.from_bytes(content[:4]))
    if not order or (sums := _sums(content[:24], order, (0, 0))) != _at(content, 24):
        return True
    salts, frame_bytes = content[16:24], _FRAME_HEADER_BYTES + int.from_bytes(content[8:12])
    is_whole = True
    for start in range(_HEADER_BYTES, len(content) - frame_bytes + 1, frame_bytes):
        frame = content[start : start + frame_bytes]
        is_current = frame[8:16] == salts  # others are left from before the log began anew
        ends_transaction = any(frame[4:8])
        if not is_whole and is_current and ends_transaction:
            return True
        if is_whole:
            sums = _sums(frame[_FRAME_HEADER_BYTES:], order, _sums(frame[:8], order, sums))
            is_whole = is_current and sums == _at(frame, 16)
    return False


def _sums(content: bytes, order: str, before: _Sums) -> _Sums:
    one, two = before
    numbers = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for first, second in zip(numbers, numbers, strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _at(content: bytes, start: int) -> _Sums:
    one, two = struct.unpack_from(">2I", content, start)
    return one, two
