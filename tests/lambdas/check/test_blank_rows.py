"""Rows without any value are left out by the check and by the jobs, and nothing else is."""

import csv as csv_module
import gzip
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from lambdas.check.reading import row_blocks, sampled_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.made_pairs import csv, frame, joined, lines
from tests.lambdas.check.reading import checked, codes, read_by_the_jobs
from training.job.filled_rows import filled_rows
from training.job.tables import batches_in

ROWS, TEST = lines(frame()), csv(frame(40, 1))
BLANK = [
    ",,,",
    " , ,  ,",
    '"",,"",',
    '" ",\t,,',
    "",
    "   ",
    "\t",
    ",",
    ",,,,,",
    '"\n",,,',
    ",,,\x1a",
]
BLANK += [",\u3000,,", ",\xa0,,", f"{' ' * 20},,,", "\x1a"]


def with_rows(added: Sequence[str], at: int, rows: Sequence[str] = ROWS) -> bytes:
    return joined([*rows[:at], *added, *rows[at:]])


def jobs_read(check: PairCheck, train: bytes, test: bytes) -> dict[str, pd.DataFrame]:
    with tempfile.TemporaryDirectory() as folder:
        tables = read_by_the_jobs(Path(folder), check, train, test)
        handed_on = json.loads(json.dumps(check.as_json()))
        for part, table in tables.items():
            batches = list(batches_in(Path(folder) / part, handed_on, part))
            assert pd.concat(batches, ignore_index=True).equals(table)
    return tables


def told(check: PairCheck) -> list[Any]:
    """All that the check says but for lines and for the rows that are left out."""
    assert check.profile
    left_out = {"blank_rows", "end_mark"}
    said = [(f.code, f.file, f.column, f.seen) for f in check.findings if f.code not in left_out]
    columns = [part.as_json()["columns"] for part in (check.profile.train, check.profile.test)]
    return [said, columns, check.profile.train.rows, check.profile.test.rows]


@pytest.mark.parametrize("blank", BLANK)
def test_a_row_without_a_value_is_left_out_wherever_it_stands(blank: str) -> None:
    plain = checked(joined(ROWS), TEST)
    for at in (1, 60, len(ROWS)):
        train = with_rows([blank] * 3, at)
        check = checked(train, TEST)
        assert told(check) == told(plain)
        assert jobs_read(check, train, TEST)["train"].equals(frame())


@pytest.mark.parametrize("row", ["NA,NA,NA,NA", ",,,NA", "NA,,,", "?,,,", ",,,-", "NA,nan,,"])
def test_a_row_of_words_that_stand_for_missing_values_is_a_row(row: str) -> None:
    train = with_rows([row, ",,,", row], 60)
    check = checked(train, TEST)
    assert check.profile and check.profile.train.rows == len(ROWS) - 1 + 2
    if not check.errors:
        assert len(jobs_read(check, train, TEST)["train"]) == check.profile.train.rows


def test_the_note_has_their_number_and_the_first_line() -> None:
    train = with_rows(["", ",,,", "", '"a\nb"', "  "][:3], 10) + b",,,\n   \n"
    [note] = [f for f in checked(train, TEST).findings if f.code == "blank_rows"]
    assert (note.severity, note.line) == ("note", 12)
    assert note.seen == "3 rows without any value are left out, the first of them here."


def test_lines_are_counted_right_behind_line_breaks_in_quotes() -> None:
    rows = ['1,2,"a\nb\nc",no', *ROWS[1:30], ",,,"]
    [note] = [f for f in checked(joined([ROWS[0], *rows]), TEST).findings if f.code == "blank_rows"]
    assert note.line == 2 + 3 + 29
    assert note.seen == "1 row without any value is left out."


def test_hundreds_of_rows_that_a_spreadsheet_left_are_in_no_number() -> None:
    train, test = joined(ROWS) + b",,,\n" * 300, TEST + b",,,\n" * 40
    check = checked(train, test)
    assert told(check) == told(checked(joined(ROWS), TEST))
    assert not codes(check) & {"rows_in_both_files", "duplicate_rows", "target_partly_missing"}
    assert len(jobs_read(check, train, test)["test"]) == 40


def test_hundreds_of_them_may_stand_right_below_the_names() -> None:
    rows = lines(frame())
    text = joined([rows[0], *[";;;"] * 6_000, *(row.replace(",", ";") for row in rows[1:])])
    train = text.replace(b"age,income,city,label", b"age;income;city;label").replace(b".", b",")
    check = checked(train, TEST)
    assert not check.errors, check.errors
    assert check.profile and check.profile.train.format.decimal == ","
    assert jobs_read(check, train, TEST)["train"].equals(frame())


@pytest.mark.parametrize("above", [",,,\n", "   \n", "\n,,,\n \n", '"","",\n'])
def test_they_may_stand_above_the_names(above: str) -> None:
    train = above.encode() + joined(ROWS)
    check = checked(train, TEST)
    assert not check.errors, check.errors
    assert jobs_read(check, train, TEST)["train"].equals(frame())


def _cp949(text: bytes) -> bytes:
    return text.decode().replace("Seoul", "서울").encode("cp949")


@pytest.mark.parametrize(
    "write",
    [
        gzip.compress,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        _cp949,
        lambda text: b"sep=;\n" + text.replace(b",", b";"),
        lambda text: text.replace(b",", b"\t"),
    ],
)
def test_they_are_left_out_however_the_file_is_written(write: Callable[[bytes], bytes]) -> None:
    train = with_rows([",,,", ' ,"",,'], 60) + b",,,\n\n,,,\n"
    plain, written = checked(write(joined(ROWS)), TEST), write(train)
    check = checked(written, TEST)
    assert told(check) == told(plain)
    tables = jobs_read(check, written, TEST), jobs_read(plain, write(joined(ROWS)), TEST)
    assert tables[0]["train"].equals(tables[1]["train"])


@pytest.mark.parametrize("numbers", [True, False])
def test_they_are_found_in_every_block(*, numbers: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_blocks, "_FIRST_BLOCK_BYTES", 2_000)
    monkeypatch.setattr(source_module, "block_bytes_for", lambda *_: 2_000)
    monkeypatch.setattr(source_module, "_CHUNK_BYTES", 500)
    table = frame(2_000) if numbers else frame(2_000)[["city", "label"]].assign(other="x")
    rows, test = lines(table), csv(table[:40])
    blank = "," * (len(table.columns) - 1)
    mixed = [line for row in rows[1:] for line in ([row, blank] if hash(row) % 5 == 0 else [row])]
    train = joined([rows[0], *mixed])
    check = checked(train, test)
    assert check.profile and check.profile.train.rows == 2_000
    assert check.profile.train.odd.counts["blank"] == len(mixed) - 2_000
    assert jobs_read(check, train, test)["train"].equals(
        jobs_read(checked(csv(table), test), csv(table), test)["train"]
    )


def test_a_file_too_large_to_be_read_whole_is_read_alike_by_the_jobs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source_module, "EXACT_UP_TO_BYTES", 500_000)
    monkeypatch.setattr(sampled_blocks, "RANGES", 8)
    monkeypatch.setattr(sampled_blocks, "RANGE_BYTES", 20_000)
    table = frame(40_000)
    train = csv(table[:30_000]) + b",,,\n" + csv(table[30_000:], header=False) + b",,,\n   \n\x1a"
    check = checked(train, TEST)
    assert not check.errors, check.errors
    assert check.profile and not check.profile.train.complete
    assert {"blank_rows", "end_mark"} <= codes(check)
    assert len(jobs_read(check, train, TEST)["train"]) == 40_000


@pytest.mark.parametrize(
    "end", ["\x1a", "\n\x1a", "\x1a\r\n", "\n\x1a\n", "\x1a" * 100, "\n\n\x1a\x1a"]
)
@pytest.mark.parametrize("target", [["yes", "no"] * 60, range(120)])
def test_the_mark_at_the_end_of_a_dos_file_is_left_out(end: str, target: Sequence[Any]) -> None:
    table = frame().assign(label=list(target))
    plain, test = csv(table).rstrip(b"\n"), csv(table[:40])
    for train in (plain + end.encode(), gzip.compress(plain + end.encode())):
        check = checked(train, test)
        assert [f.severity for f in check.findings if f.code == "end_mark"] == ["note"]
        assert check.profile and check.profile.train.rows == 120
        assert jobs_read(check, train, test)["train"].equals(table)


def test_the_mark_may_come_at_any_place_of_what_is_read_at_once() -> None:
    text = b"a,b\n" + b"1,2\n" * 20 + b"3,4\x1a\r\n"
    for size in range(1, len(text) + 1):
        chunks = [text[at : at + size] for at in range(0, len(text), size)]
        blocks = list(row_blocks.row_blocks(chunks, ",", block_bytes=size))
        assert b"".join(block.data for block in blocks) == b"a,b\n" + b"1,2\n" * 20 + b"3,4\n"
        assert blocks[-1].had_end_mark


def test_the_mark_within_a_file_is_a_character_like_any_other() -> None:
    train = joined(ROWS).replace(b"Seoul", b"Seo\x1aul")
    check = checked(train, TEST)
    assert "end_mark" not in codes(check)
    assert "Seo\x1aul" in set(jobs_read(check, train, TEST)["train"]["city"])


def test_a_file_of_the_mark_alone_is_empty() -> None:
    assert codes(checked(b"\x1a", TEST), "error") == {"empty_file"}


fields = st.sampled_from(
    [
        "",
        " ",
        "\t",
        "\u3000",
        "\x1a",
        "NA",
        "nan",
        "?",
        "1",
        "2.5",
        "a",
        "é",
        'say "x"',
        "a,b",
        "\n",
    ]
)


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(fields, fields, fields), max_size=30), st.booleans())
def test_the_rows_that_remain_are_those_that_have_a_value(
    rows: list[tuple[str, ...]], quoted: bool
) -> None:
    buffer = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv_module.QUOTE_ALL if quoted else csv_module.QUOTE_MINIMAL
    writer = csv_module.writer(buffer, quoting=quoting, lineterminator="\n")
    # A mark at the very end would be one of the file and not of a value.
    kept = [("a", "1", "x"), ("b", "2", "y")] * 6
    writer.writerows([("c", "d", "label"), *kept, *rows, *kept])
    content = buffer.getvalue().encode()
    assume(content.count(b"\x1a") < 4)  # or it is taken for no text at all
    filled = [row for row in rows if any(f.replace("\x1a", "").strip() for f in row)]
    check = checked(content, content)
    assert check.profile, [f.text for f in check.findings]
    assert check.profile.train.rows == len(filled) + 24
    assert check.profile.train.odd.counts["blank"] == len(rows) - len(filled)
    if not check.errors:
        table = jobs_read(check, content, content)["train"]
        assert [str(v) for v in table["label"].fillna("")][-12:] == ["x", "y"] * 6
        assert len(table) == len(filled) + 24


places = st.lists(
    st.tuples(st.integers(1, 120), st.sampled_from([b for b in BLANK if b != "\x1a"])), max_size=8
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(places, places)
def test_blank_rows_anywhere_change_nothing_but_the_note(
    in_train: list[tuple[int, str]], in_test: list[tuple[int, str]]
) -> None:
    files = []
    for rows, added in ((ROWS, in_train), (lines(frame(40, 1)), in_test)):
        mixed = list(rows)
        for at, blank in sorted(added, reverse=True):
            mixed.insert(min(at, len(rows)), blank)
        files.append(joined(mixed))
    check = checked(files[0], files[1])
    assert told(check) == told(checked(joined(ROWS), TEST))
    tables = jobs_read(check, *files)
    assert tables["train"].equals(frame()) and tables["test"].equals(frame(40, 1))


@settings(deadline=None)
@given(
    st.lists(st.lists(fields, min_size=1, max_size=4), max_size=12),
    st.integers(0, 3),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_texts_of_filled_rows_are_those_that_python_reads(
    rows: list[list[str]], untouched: int, end: str
) -> None:
    buffer = io.StringIO(newline="")
    csv_module.writer(buffer, lineterminator=end).writerows([*rows, ["last"]])
    texts = filled_rows(io.StringIO(buffer.getvalue(), newline=""), ",", untouched)
    again = [row for text in texts for row in csv_module.reader(io.StringIO(text, newline=""))]
    expected = [
        row
        for place, row in enumerate(csv_module.reader(io.StringIO(buffer.getvalue(), newline="")))
        if place < untouched or any(f.replace("\x1a", "").strip() for f in row)
    ]
    assert again == expected


def test_a_table_that_has_no_blank_rows_is_read_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    from lambdas.check.reading import parsed_block

    monkeypatch.setattr(parsed_block, "_as_texts", lambda *given: reads.append(given))
    table = frame().assign(city=None, empty=None).mask(frame() == "yes")
    checked(csv(table), csv(table[:40]))
    assert not reads
