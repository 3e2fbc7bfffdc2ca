"""CSV files for people: no text in them is a formula, and every other text is as it was."""

import csv
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.job.safe_csv import safe_text, write_csv

# What a formula is made of, and what stands around it in labels.
PARTS = st.sampled_from([*"=+-@*/^<>~.%'\"(){}[]|!#,; \t\n", "1", "A1", "cmd", "가", "e5", "inf"])
TEXTS = st.one_of(st.lists(PARTS, max_size=6).map("".join), st.text(max_size=8))


# As people write numbers in Europe or in Korea; what has an operator behind its sign is none.
AS_PEOPLE_WRITE = re.compile(r"[-+][0-9](?:[0-9.,' ]*[0-9])?%?")


def is_number(text: str) -> bool:
    if AS_PEOPLE_WRITE.fullmatch(text):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()


def test_a_text_never_begins_a_formula_and_numbers_stay(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "=1+1": ["=cmd|' /C calc'!A0", "@x", "+5", "-", "plain", "'@x", None],
            "number": [-1.5, 2, 3, 4, 5, 6, np.nan],
        }
    )
    path = tmp_path / "a.csv"
    write_csv(table, path)
    write_csv(table.head(1), path, append=True)
    mark = "\ufeff".encode()  # by which Excel knows UTF-8, once
    assert path.read_bytes().startswith(mark) and path.read_bytes().count(mark) == 1
    read = pd.read_csv(path, dtype=str)
    assert list(read) == ["'=1+1", "number"]
    safe = ["'=cmd|' /C calc'!A0", "'@x", "+5", "-", "plain", "''@x"]
    assert read["'=1+1"].tolist()[:6] == safe
    assert read["number"][0] == "-1.5"
    assert len(read) == 8


@pytest.mark.parametrize("label", ["+", "-", "+/-", "-/-", "++", "--", "=", "@", "'+", "<-", "+ +"])
def test_a_label_of_signs_alone_is_written_as_it_is(label: str, tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"prediction": [label, "x"]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1] == label


@pytest.mark.parametrize("number", ["-3,5", "-1.234,50", "+1 200", "-12%", "-1'000", "-0,5%"])
def test_a_number_stays_as_people_write_it(number: str) -> None:
    assert safe_text(number) == number


@pytest.mark.parametrize("text", ["+82-10-1234-5678", "-1-2", "-5 kg", "-1,2+A1", "-1!A1", "+1 "])
def test_what_a_spreadsheet_would_compute_is_no_number(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@settings(deadline=None)
@given(TEXTS)
def test_what_could_be_computed_gets_one_apostrophe_and_nothing_else_is_touched(text: str) -> None:
    begins = text.lstrip("'")[:1]
    has_operand = set(text.lstrip("'")) - set("=+-@*/^<>~.% ")
    is_risky = begins and begins in "=+-@\t\r\n" and has_operand and not is_number(text)
    assert safe_text(text) == (f"'{text}" if is_risky else text)
    if not is_risky and text[:1] in {*"=+-@"}:  # no letter or digit is left to work on
        assert is_number(text) or not {*text} & {*string.ascii_letters, *string.digits, *'("|!'}


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6, unique=True))
def test_texts_stay_apart_and_are_read_again_as_they_were_written(texts: list[str]) -> None:
    assert len({safe_text(text) for text in texts}) == len(texts)


@settings(deadline=None)
@given(texts=st.lists(TEXTS.filter(lambda text: "\x00" not in text), min_size=1, max_size=6))
def test_a_file_has_every_text_whole(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("written") / "a.csv"
    write_csv(pd.DataFrame({"number": 1, "text": texts}), path)
    with path.open(encoding="utf-8-sig", newline="") as written:
        rows = [row["text"] for row in csv.DictReader(written)]
    assert rows == [safe_text(text) for text in texts]
