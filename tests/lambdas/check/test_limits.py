"""Long rows, wide tables: what is too much is told at once, and what is not is read by the jobs."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv
import pytest

from lambdas.check.pair_check import pair_check
from lambdas.check.profile.row_sample import rows_to_sample
from lambdas.check.reading.header import MOST_COLUMNS
from lambdas.check.reading.row_blocks import LONGEST_ROW_BYTES, block_bytes_for, row_blocks
from lambdas.check.reading.source import Source
from lambdas.check.reading.unreadable import Unreadable
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import PLANNED, checked, codes, read_by_the_jobs

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
        list(row_blocks(chunks(), ","))
    assert caught.value.code == "endless_row"
    assert read <= LONGEST_ROW_BYTES + CHUNK


@pytest.mark.parametrize("before", [0, 1_000_000, 5_000_000, 9_000_000])
@pytest.mark.parametrize("behind", [0, 3])
def test_a_row_that_is_too_long_is_refused_in_blocks_that_are_longer(
    before: int, behind: int
) -> None:
    rows = b'1,"a\nb"\n' * (before // 8)
    content = (
        b"a,b\n" + rows + b'2,"' + b"x\n" * (LONGEST_ROW_BYTES // 2) + b'"\n' + rows[: 8 * behind]
    )
    chunks = (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
    with pytest.raises(Unreadable) as caught:
        list(row_blocks(chunks, ",", 16 * 1024 * 1024))
    assert (caught.value.code, caught.value.line) == ("endless_row", 2 + 2 * (before // 8))


def test_a_header_longer_than_the_first_megabyte_is_read_whole() -> None:
    names = [f"{'a long name ' * 60} {place:06}" for place in range(2_000)]
    header = ",".join([*names, "label"])
    rows = [",".join([str(row % 7)] * len(names)) + f",{'ab'[row % 2]}" for row in range(12)]
    content = "\n".join([header, *rows]).encode()
    check = checked(content, "\n".join([header, *rows[:8]]).encode())
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
    categories = check.profile.train.columns["text"].categories
    assert categories and sum(len(text) for text in categories.values()) < 100_000


def test_the_sample_of_a_wide_table_has_fewer_rows() -> None:
    assert rows_to_sample(20) == 5_000
    assert rows_to_sample(5_000) == 200
    assert rows_to_sample(10**6) == 100


def test_a_wide_table_is_read_in_larger_blocks() -> None:
    assert block_bytes_for(20) == 6 * 2**20
    assert block_bytes_for(750) == 12 * 2**20
    assert block_bytes_for(10**6) == 16 * 2**20


def test_blocks_behind_the_first_one_are_even_in_number_and_size() -> None:
    first, usual = 2**18, 6 * 2**20
    assert block_bytes_for(20, 1_000_000) == usual
    assert block_bytes_for(20, first + usual) == usual
    for blocks, size in ((2, usual + 2), (2, 13_000_000), (4, 21_000_000), (158, 10**9)):
        block_bytes = block_bytes_for(20, first + size)
        assert (blocks - 1) * block_bytes < size <= blocks * block_bytes
    assert all(
        usual / 2 < block_bytes_for(20, first + size) <= 1.5 * usual
        for size in range(usual + 1, 20 * usual, 99_991)
    )
    # Of a wide table larger ones would take too much memory.
    assert all(
        block_bytes_for(10_000, first + size) <= 16 * 2**20 for size in range(2**24, 2**27, 99_991)
    )


def test_columns_that_are_no_numbers_after_all_are_not_looked_for_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, read_csv = 0, pyarrow.csv.read_csv

    def counted(*given: Any) -> Any:
        nonlocal reads
        reads += 1
        return read_csv(*given)

    monkeypatch.setattr(pyarrow.csv, "read_csv", counted)
    header = ",".join([*(f"c{place}" for place in range(300)), "label"])
    rows = [",".join([f"{row % 9}"] * 300 + ["ab"[row % 2]]) for row in range(600)]
    rows += [",".join([f"word{row % 9}"] * 300 + ["ab"[row % 2]]) for row in range(600)]
    content = "\n".join([header, *rows]).encode()
    check = checked(content, content)
    assert check.profile
    assert all(column.kind == "text" for column in check.profile.train.columns.values())
    assert reads < 20


def test_too_many_columns_are_told_from_the_header_with_what_to_do() -> None:
    header = ",".join([*(f"gene{place}" for place in range(MOST_COLUMNS)), "label"])
    rows = "".join(f"{'0,' * MOST_COLUMNS}{'ab'[row % 2]}\n" for row in range(40))
    read = 0

    def opened(limits: tuple[int, int] | None) -> io.BytesIO:
        nonlocal read
        assert limits, "the whole file is read"
        read += limits[1] + 1 - limits[0]
        return io.BytesIO(content[limits[0] : limits[1] + 1])

    content = f"{header}\n{rows}".encode()
    wide = Source("a_train.csv", len(content), opened)
    check = pair_check(wide, wide, PLANNED, lambda: 900.0)
    assert codes(check) == {"too_many_columns"}
    assert "at most 10,000" in check.errors[0].text and "Keep the columns" in check.errors[0].text
    assert read <= 2 * (LONGEST_ROW_BYTES + 1024 * 1024)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"x" * 10_000_000, "long_column_name"),
        (lambda: b"x" * 10_000_000 + b",label\n1,2\n", "long_column_name"),
        (lambda: b",".join(b"%d" % at for at in range(2_000_000)), "too_many_columns"),
        (lambda: b'"' + b"x,\n" * 3_000_000, "long_column_name"),
        (lambda: b"a,label," + b"," * 9_000_000 + b"\n", "too_many_columns"),
    ],
)
def test_a_header_of_many_megabytes_is_refused_in_few_words(
    content: Callable[[], bytes], code: str
) -> None:
    check = checked(content(), csv(frame(40, 1)))
    assert codes(check, "error") == {code}
    assert len(json.dumps(check.as_json())) < 5_000


def test_as_many_columns_as_there_may_be_are_checked_in_the_memory_of_the_function() -> None:
    program = (
        "from pathlib import Path\n"
        "from lambdas.check.reading.header import MOST_COLUMNS\n"
        "from tests.lambdas.check.reading import checked\n"
        "header = ','.join([*(f'gene{place:08}' for place in range(MOST_COLUMNS - 1)), 'label'])\n"
        "row = ','.join(f'{place * 0.37 % 1:.4f}' for place in range(MOST_COLUMNS - 1))\n"
        "rows = ''.join(f'{row[:-1]}{line % 10},{\"ab\"[line % 2]}\\n' for line in range(30))\n"
        "content = f'{header}\\n{rows}'.encode()\n"
        "part = content[:content.rstrip().rindex(b'\\n') + 1]\n"
        "assert not checked(content, part).errors\n"
        # The process's own peak; getrusage would also count the process that started it.
        "status = Path('/proc/self/status').read_text().split()\n"
        "print(int(status[status.index('VmHWM:') + 1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1_000, f"{done.stdout} MB"
