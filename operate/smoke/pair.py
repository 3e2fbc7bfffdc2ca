"""What smoke trains on: a small made table, with names that have broken things before."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.bucket.layout import UPLOADS

# Korean, a space, brackets: each is something that a shell, a URL or a pattern takes apart.
TARGET = "가격 (USD)"
_COLUMNS = ("면적", "방 수", "도시", TARGET)
_CITIES = (("서울", 900), ("부산", 600), ("Jeju", 700))
_TRAIN_ROWS = 240
_TEST_ROWS = 60


@dataclass(frozen=True)
class Pair:
    """A dataset's two files, by the keys under which they are uploaded."""

    name: str

    @property
    def files(self) -> dict[str, bytes]:
        """The test file first: what comes second starts the run."""
        return {
            f"{UPLOADS}{self.name}_test.csv": _csv(range(_TRAIN_ROWS, _TRAIN_ROWS + _TEST_ROWS)),
            f"{UPLOADS}{self.name}_train.csv": _csv(range(_TRAIN_ROWS)),
        }


def pair(number: int) -> Pair:
    """The pair of one trial. Another name is another dataset, though the tables are the same."""
    return Pair(f"smoke 시험 ({number})")


def _csv(numbers: range) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    table.writerows(_rows(numbers))
    return text.getvalue().encode()


def _rows(numbers: range) -> Iterator[tuple[object, ...]]:
    """Prices that follow from the rest but for a little, so that there is something to learn."""
    for i in numbers:
        area, rooms, (city, price) = 30 + i * 37 % 120 + i / 1000, 1 + i % 5, _CITIES[i % 3]
        yield f"{area:.3f}", rooms, city, round(area * price + rooms * 5000 + i * 7919 % 997)
