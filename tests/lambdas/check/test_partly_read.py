"""Files that are too large to be read whole: what is said of them stays true."""

import gzip
from collections.abc import Callable

import pytest

from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.check.reading import sampled_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.reading import PLANNED, checked, codes, source

ROWS = 100_000


def out_of_time(train: bytes) -> PairCheck:
    files = source("a_train.csv", train), source("a_test.csv", SMALL)
    return pair_check(*files, PLANNED, lambda: 1.0)


def rows(count: int, row: Callable[[int], str]) -> bytes:
    return ("a,b,label\n" + "".join(row(number) + "\n" for number in range(count))).encode()


def plain_row(number: int) -> str:
    return f"{number},{number * 7 % 1000},{'yes' if number % 2 else 'no'}"


SMALL = rows(40, plain_row)


def test_the_reading_of_a_wide_table_stops_earlier_for_its_blocks_take_longer() -> None:
    def read_with(seconds: float, columns: int) -> bool:
        names = ",".join(f"c{place}" for place in range(columns))
        wide = f"{names},label\n".encode() + b"".join(
            b"1," * columns + (b"yes\n", b"no\n")[row % 2] for row in range(700_000 // columns)
        )
        files = source("a_train.csv", wide), source("a_test.csv", wide)
        profile = pair_check(*files, PLANNED, lambda: seconds).profile
        assert profile
        return profile.train.complete

    assert read_with(125, columns=20)
    assert not read_with(125, columns=500)


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "EXACT_UP_TO_BYTES", 500_000)
    monkeypatch.setattr(sampled_blocks, "RANGES", 8)
    monkeypatch.setattr(sampled_blocks, "RANGE_BYTES", 100_000)


@pytest.mark.parametrize("write", [bytes, gzip.compress, lambda b: b.decode().encode("utf-16")])
def test_the_whole_is_estimated_however_it_is_packed_or_written(
    write: Callable[[bytes], bytes],
) -> None:
    text = rows(4 * ROWS, plain_row)
    check = out_of_time(write(text))
    assert check.profile and not check.errors
    train = check.profile.train
    assert train.rows < ROWS
    assert train.estimated_rows == pytest.approx(4 * ROWS, rel=0.25)
    assert train.text_bytes == pytest.approx(len(text), rel=0.25)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("one_class", lambda n: "yes" if n < ROWS - 9 else "no"),
        ("target_empty", lambda n: "" if n < ROWS - 9 else "no"),
        ("class_too_small", lambda n: "rare" if n == 5 or n > ROWS - 9 else "yes"),
        ("too_few_rows", lambda n: "" if 5 < n < ROWS - 9 else "ab"[n % 2]),
        ("target_identifier", lambda n: f"id {n % 30_000}"),
    ],
)
def test_what_unread_rows_may_disprove_is_no_error(code: str, label: Callable[[int], str]) -> None:
    check = out_of_time(rows(ROWS, lambda n: f"{n},{n % 9},{label(n)}"))
    assert not check.errors, check.errors
    assert code in codes(check, "warning")


def test_the_test_file_leaves_time_for_the_train_file() -> None:
    train, test = rows(4 * ROWS, plain_row), rows(4 * ROWS, plain_row)
    asked = 0

    def seconds_left() -> float:
        nonlocal asked
        asked += 1
        return 130.0 - asked

    files = source("a_train.csv", train), source("a_test.csv", test)
    check = pair_check(*files, PLANNED, seconds_left)
    assert check.profile
    assert check.profile.train.rows > ROWS and check.profile.test.rows > ROWS / 4


@pytest.mark.usefixtures("sampled")
def test_no_line_is_told_where_it_is_not_known() -> None:
    text = rows(ROWS, plain_row)
    place = text.index(b"\n", len(text) // 2 + 50_000)
    [error] = checked(text[:place] + b"\n1,2" + text[place:], SMALL).errors
    assert (error.code, error.line) == ("ragged_rows", None)
    assert "one has 2" in error.seen


@pytest.mark.usefixtures("sampled")
def test_long_rows_and_old_line_ends_are_found_in_the_parts_of_a_file() -> None:
    long = rows(2000, lambda n: f"{n},{'w' * 15_000}{n % 5},{'yes' if n % 2 else 'no'}")
    check = checked(long, SMALL)
    assert check.profile and check.profile.train.rows > 30
    assert check.profile.train.estimated_rows == pytest.approx(2000, rel=0.2)
    old = checked(rows(ROWS, plain_row).replace(b"\n", b"\r"), SMALL)
    assert old.profile and old.profile.train.estimated_rows == pytest.approx(ROWS, rel=0.05)


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize(
    ("code", "place", "inserted"),
    [("stray_quote", 3_000, b'\n1,"x"y,yes\n'), ("null_character", 750_000, b"\x00")],
)
def test_what_breaks_a_file_is_told_from_its_parts(code: str, place: int, inserted: bytes) -> None:
    text = rows(ROWS, plain_row)
    assert place < len(text)
    broken = text[:place] + inserted + text[place:]
    assert code in codes(checked(broken, SMALL), "error")
