"""Long rows, wide tables: what is too much is told at once, and what is not is read by the jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdas.check.finding import Unreadable
from lambdas.check.row_blocks import LONGEST_ROW_BYTES, row_blocks
from lambdas.check.row_sample import rows_to_sample
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes, read_by_the_jobs

CHUNK = 256 * 1024


@pytest.mark.parametrize("before", [0, 1_000_000, 3_000_000, 5_000_000, 7_000_000])
def test_the_jobs_read_the_longest_row_that_the_check_lets_through(
    before: int, tmp_path: Path
) -> None:
    row = b"1,2.5,x%d,yes\n"
    rows = b"".join(row % (number % 7) for number in range(before // len(row) + 1))
    long = b"1,2.5," + b"y" * (LONGEST_ROW_BYTES - 2 * CHUNK) + b",yes\n"
    train = csv(frame()) + rows + long + rows
    check = checked(train, csv(frame(40, 1)))
    assert not check.errors, check.errors
    tables = read_by_the_jobs(tmp_path, check, train, csv(frame(40, 1)))
    assert check.profile and len(tables["train"]) == check.profile.train.rows


def test_a_row_without_an_end_is_given_up_before_much_is_read() -> None:
    read = 0

    def chunks() -> Iterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += CHUNK
            yield b'"' * CHUNK

    with pytest.raises(Unreadable) as caught:
        list(row_blocks(chunks(), ",", "a.csv"))
    assert caught.value.finding.code == "endless_row"
    assert read <= LONGEST_ROW_BYTES + CHUNK


def test_a_header_longer_than_the_first_megabyte_is_read_whole() -> None:
    names = [f"{'a long name ' * 60} {place:06}" for place in range(2_000)]
    header = ",".join([*names, "label"])
    rows = [",".join([str(row % 7)] * len(names)) + f",{'ab'[row % 2]}" for row in range(12)]
    content = "\n".join([header, *rows]).encode()
    check = checked(content, content)
    assert not codes(check, "error"), check.errors[0].text
    assert check.profile and len(check.profile.train.columns) == 2_001


def test_the_sample_keeps_of_long_texts_no_more_than_tells_them_apart() -> None:
    texts = [f"{'the same beginning ' * 5000}{row % 200}" for row in range(400)]
    table = frame(400).assign(text=texts)
    check = checked(csv(table), csv(table[:40]))
    assert check.profile
    column = check.profile.train.sample.columns["text"]
    assert column.texts.nbytes < 100_000
    assert len(set(column.codes.tolist())) == 200
    assert sum(map(len, check.profile.train.columns["text"].categories.values())) < 100_000


def test_the_sample_of_a_wide_table_has_fewer_rows() -> None:
    assert rows_to_sample(20) == 5_000
    assert rows_to_sample(5_000) == 200
    assert rows_to_sample(10**6) == 100
