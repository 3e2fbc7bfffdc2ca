"""A CSV file of any size that is made while it is read and is nowhere stored."""

import io
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from lambdas.check.reading.source import Source

_ROWS = 5_000
_NUMBERS, _DECIMALS = 8, 5
_ID_DIGITS = 10
_CATEGORIES = 300
_FIRST_SEEN = datetime(2026, 1, 1)  # noqa: DTZ001 - as tables mostly have it
_ZERO = ord("0")

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class GrownFile:
    """The file, about ``wanted`` bytes long. Its blocks of rows are alike but for their numbers and
    ids, which ``seed`` tells. The processor seconds for making them are added to ``making``."""

    file: str
    wanted: int
    seed: int
    making: list[float]

    @property
    def source(self) -> Source:
        """The file for the check; it can only be read from its beginning."""
        blocks = _Blocks(self.seed)
        count = max(1, round(self.wanted / len(blocks.rows)))
        size = len(blocks.header) + count * len(blocks.rows)

        def opened(limits: tuple[int, int] | None) -> IO[bytes]:
            first, last = limits or (0, size - 1)
            assert not first
            body = _Body(blocks, min(last + 1, size), self.making)
            return cast(IO[bytes], io.BufferedReader(body, len(blocks.rows)))

        return Source(self.file, size, opened)


class _Blocks:
    """The header, and the same rows with other numbers each time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        names = [*(f"n{i}" for i in range(_NUMBERS)), *(f"i{i}" for i in range(4))]
        names += [*(f"c{i}" for i in range(4)), "city", "seen", "note", "id", "label"]
        self.header = (",".join(names) + "\n").encode()
        random = np.random.default_rng(seed)
        wholes = random.integers(0, 1000, (_ROWS, 4))
        words = random.integers(0, 5, (_ROWS, 4))
        cities = random.integers(0, _CATEGORIES, _ROWS)
        number = "." + "0" * _DECIMALS
        rows: list[str] = []
        decimals: list[int] = []
        ids: list[int] = []
        at = 0
        for row in range(_ROWS):
            numbers = [f"{whole % 4}{number}" for whole in range(row, row + _NUMBERS)]
            decimals += [at + 2 + (2 + _DECIMALS + 1) * place for place in range(_NUMBERS)]
            note = f'"line {row}\nand ""two"" lines"' if row % 3 == 0 else f"free text {row} of it"
            fields = [*numbers, *map(str, wholes[row]), *(f"word{w}" for w in words[row])]
            seen = str(_FIRST_SEEN + timedelta(seconds=row))
            begins = ",".join([*fields, f"city_{cities[row]}", seen, note, f"ID{seed}"])
            text = f"{begins}{'0' * _ID_DIGITS},{'yes' if row % 2 else 'no'}\n"
            ids.append(at + len(begins))
            rows.append(text)
            at += len(text)
        self.rows: Bytes = np.frombuffer("".join(rows).encode(), np.uint8).copy()
        self._decimals: Places = np.add.outer(np.array(decimals), np.arange(_DECIMALS))
        self._ids: Places = np.add.outer(np.array(ids), np.arange(_ID_DIGITS))

    def block(self, number: int) -> bytes:
        """The header and then blocks of rows, by their number."""
        if not number:
            return self.header
        random = np.random.default_rng([self.seed, number])
        self.rows[self._decimals] = random.integers(
            _ZERO, _ZERO + 10, self._decimals.shape, np.uint8
        )
        rows = np.arange(_ROWS) + number * _ROWS
        for place in range(_ID_DIGITS):
            digits = rows // 10 ** (_ID_DIGITS - 1 - place) % 10
            self.rows[self._ids[:, place]] = digits + _ZERO
        return self.rows.tobytes()


class _Body(io.RawIOBase):
    """The first bytes of the file, made block by block."""

    def __init__(self, blocks: _Blocks, left: int, making: list[float]) -> None:
        super().__init__()
        self._blocks = blocks
        self._left = left
        self._making = making
        self._number = 0
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: "memoryview") -> int:  # type: ignore[override]
        if not len(self._rest) and self._left:
            started = time.thread_time()
            self._rest = memoryview(self._blocks.block(self._number))[: self._left]
            self._making.append(time.thread_time() - started)
            self._number += 1
        count = min(len(into), len(self._rest))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        self._left -= count
        return count
