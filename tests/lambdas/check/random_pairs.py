"""Small random pairs of files: columns of every kind, with gaps, and rows that come back."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

Cell = Callable[[Random], str]

_LETTERS = "abcxyz가나한é"
_WORDS = ["stone", "river", "한강", "été", "cloud", "meadow"]


def _number(span: int, decimals: int) -> Cell:
    """Numbers, each written in one of several ways."""

    def cell(random: Random) -> str:
        number = random.randint(-span, span) / 10**decimals
        plain = f"{number:.{decimals}f}"
        ways = [plain, plain, f" {plain}", f"{number:+.{decimals}f}", f"{plain}e0"]
        return random.choice(ways)

    return cell


def _name(count: int, prefix: str = "") -> Cell:
    return lambda random: prefix + _spelt(random.randrange(count))


def _spelt(place: int) -> str:
    """A text of letters for each number; no two are alike but for case or blanks."""
    text = _LETTERS[place % len(_LETTERS)]
    while place := place // len(_LETTERS):
        text += _LETTERS[place % len(_LETTERS)]
    return f"w{text}"


def _sentence(random: Random) -> str:
    return " ".join(random.choice(_WORDS) for _ in range(random.randint(2, 9)))


def _mixed(share: float) -> Cell:
    return lambda random: (
        str(random.randint(1, 9)) if random.random() < share else _spelt(random.randrange(30))
    )


CELLS: dict[str, Cell] = {
    "digits": _number(3, 0),
    "whole numbers": _number(40, 0),
    "large numbers": _number(10**9, 0),
    "amounts": _number(10**4, 2),
    "tenths": _number(20, 1),
    "few names": _name(3),
    "names": _name(40),
    "nearly unique names": _name(10**6),
    "sentences": _sentence,
    "one number": lambda random: random.choice(["7", "7.0", "+7"]),
    "one name": _name(1),
    "nothing": lambda random: random.choice(["", " "]),
    "numbers and some names": _mixed(0.8),
    "names and some numbers": _mixed(0.2),
}
LABELS = ["digits", "tenths", "few names", "one name", "amounts", "whole numbers", "names"]


@dataclass(frozen=True)
class Pair:
    """Two files, and how they were made."""

    train: bytes
    test: bytes
    made_of: str


@st.composite
def pairs(draw: st.DrawFn, fewest_rows: int = 8, most_rows: int = 60) -> Pair:
    """A pair of files with the column to predict ``label``. Rows come back in a file and in the
    other one, and in the test file a column may hold something else, or not be there."""
    random = Random(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=4))
    kinds.append(draw(st.sampled_from(LABELS)))
    gaps = [draw(st.sampled_from([0, 0, 0.1, 0.5, 0.95])) for _ in kinds[1:]]
    gaps.append(draw(st.sampled_from([0, 0, 0.2])))
    sizes = st.integers(fewest_rows, most_rows)
    train = _rows(random, draw(sizes), kinds, gaps)
    in_test = [kind if random.random() < 0.95 else random.choice(list(CELLS)) for kind in kinds]
    test = _rows(random, draw(sizes), in_test, gaps)
    for copies, table in ((draw(st.integers(0, 5)), train), (draw(st.integers(0, 5)), test)):
        table += [list(random.choice(train)) for _ in range(copies)]
    for row in random.sample(train, draw(st.integers(0, 3))):
        row[-1] = CELLS[kinds[-1]](random)
    if kinds[-1] == "whole numbers" and draw(st.booleans()):
        for place, row in enumerate(train):
            row[-1] = str(place)
    names = [*(f"x{place}" for place in range(len(kinds) - 1)), "label"]
    # One column alone would be no table.
    left_out = draw(st.sampled_from([None, None, None, *(names if len(names) > 2 else [])]))
    kept = [place for place, name in enumerate(names) if name != left_out]
    return Pair(
        _csv(names, train),
        _csv([names[place] for place in kept], [[row[place] for place in kept] for row in test]),
        f"{kinds} {in_test} {gaps} without {left_out}",
    )


def _rows(random: Random, count: int, kinds: list[str], gaps: list[float]) -> list[list[str]]:
    cells = list(zip(kinds, gaps, strict=True))
    return [
        ["" if random.random() < gap else CELLS[kind](random) for kind, gap in cells]
        for _ in range(count)
    ]


def _csv(names: list[str], rows: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows([names, *rows])
    return buffer.getvalue().encode()
