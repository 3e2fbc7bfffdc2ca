"""What one file is found to hold, and how a bad one is described to people."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csv_check import Contents, contents


def found(text: str | bytes, target: str = "label") -> Contents:
    body = text.encode() if isinstance(text, str) else text
    return contents("a_train.csv", io.BytesIO(body), target)


def test_rows_columns_and_classes_are_counted() -> None:
    result = found('label,text\nyes,"a, ""b""\nc"\n\nno,\nNA,x\n')
    assert (result.columns, result.rows) == (["label", "text"], 3)
    assert (result.target_values, result.target_missing) == ({"yes": 1, "no": 1}, 1)
    assert result.problems == []


@pytest.mark.parametrize(
    "text", ["\ufefflabel,a\n1,2\n", "label,a\r\n1,2\r\n", "label,a\n1,2", ",label\n0,1\n"]
)
def test_files_as_programs_write_them_are_read(text: str) -> None:
    result = found(text)
    assert result.problems == []
    assert (result.rows, sum(result.target_values.values())) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"label,a\n", "no rows"),
        (b"\n\n", "no column names"),
        (b"<html><body>Sign in</body></html>", "is a web page"),
        (b"  \n<?xml version='1.0'?>", "is a web page"),
        (b"PK\x03\x04rest", "not a text file"),
        (b"label,a\n1,\x00\n", "not a text file"),
        ("label,a\n1,2\n".encode("utf-16"), "UTF-16"),
        ("label,가\n1,2\n".encode("cp949"), "not UTF-8"),
        (b"label,a,label\n1,2,3\n", "the column label twice"),
        (b"label;a\n1;2\n", "separated by semicolons"),
        (b"label\ta\n1\t2\n", "separated by tabs"),
        (b"label,a\n1,2\n3\n4,5,6\n", "2 row(s) with a wrong number of values"),
        (b'label,a\n1,"2\n3,4\n', "never closed"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_files_name_and_what_to_do(
    text: bytes, words: str
) -> None:
    [problem] = found(text).problems
    assert problem.startswith("a_train.csv ")
    assert words in problem
    assert problem.endswith((".", "there."))


def test_ragged_rows_are_named_by_their_line() -> None:
    [problem] = found('label,a\n1,"x\ny"\n2\n').problems
    assert "line 4 has 1" in problem


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(body: bytes) -> None:
    assert isinstance(found(body), Contents)


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.integers()),
        min_size=1,
        max_size=20,
    )
)
def test_any_table_that_python_writes_is_counted_right(rows: list[tuple[str, int]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["text", "label"])
    writer.writerows(rows)
    result = found(text.getvalue())
    assert result.problems == []
    assert (result.rows, sum(result.target_values.values())) == (len(rows), len(rows))
