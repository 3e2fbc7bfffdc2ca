"""One prediction for a row, to the last digit, whichever way it is asked for."""

import csv
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.jobs import Results, Trained
from tests.training.new_rows import added_columns, fields_of, handed_on, written
from training.job.csv_text import csv_text
from training.job.digits import digits
from training.job.safe_csv import cells, safe_text, safe_texts, write_csv
from training.predict import predict
from training.serve import ServedModel, model_fn, read_csv, transform_fn

KINDS = ("binary", "multiclass", "regression")
Answer = Callable[[ServedModel, str], list[list[str]]]


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def trained(kind: str, request: pytest.FixtureRequest) -> Trained:
    model: Trained = request.getfixturevalue(kind)
    return model


@pytest.fixture(scope="module")
def expected(kind: str, request: pytest.FixtureRequest) -> list[list[str]]:
    results: Results = request.getfixturevalue(f"{kind}_results")
    return added_columns(fields_of(results.folder / "a_test_prediction.csv"))


@pytest.fixture(scope="module")
def served(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> ServedModel:
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(trained.archive) as packed:
        packed.extractall(folder, filter="data")
    return model_fn(str(folder))


def as_csv(served: ServedModel, body: str) -> list[list[str]]:
    told, _ = transform_fn(served, body, "text/csv", "text/csv")
    return list(csv.reader(io.StringIO(told, newline="")))


def as_json(served: ServedModel, body: str) -> list[list[str]]:
    told, _ = transform_fn(served, body, "text/csv", "application/json")
    return _of_records(json.loads(told, parse_float=str, parse_int=str))


def as_lines(served: ServedModel, body: str) -> list[list[str]]:
    told, _ = transform_fn(served, body, "text/csv", "application/jsonlines")
    lines = told.splitlines()
    return _of_records([json.loads(line, parse_float=str, parse_int=str) for line in lines])


def from_json(served: ServedModel, body: str) -> list[list[str]]:
    rows = pd.read_csv(io.StringIO(body), float_precision="round_trip").to_dict("records")
    told, _ = transform_fn(served, json.dumps(rows), "application/json", "text/csv")
    return list(csv.reader(io.StringIO(told, newline="")))


def _of_records(records: list[dict[str, str]]) -> list[list[str]]:
    return [list(records[0]), *(list(record.values()) for record in records)]


@pytest.mark.parametrize("answer", [as_csv, as_json, as_lines, from_json])
def test_an_endpoint_answers_with_the_digits_of_the_run(
    answer: Answer, served: ServedModel, trained: Trained, expected: list[list[str]]
) -> None:
    body = trained.write(trained.test).decode()
    assert answer(served, body) == expected


def test_rows_one_by_one_have_the_digits_of_the_run(
    served: ServedModel, trained: Trained, expected: list[list[str]]
) -> None:
    one_by_one = [
        as_csv(served, trained.write(trained.test.iloc[[place]]).decode())[1] for place in range(9)
    ]
    assert one_by_one == expected[1:10]


def test_the_notebook_has_the_numbers_of_the_run(
    served: ServedModel, trained: Trained, expected: list[list[str]], tmp_path: Path
) -> None:
    body = written(trained.test.assign(more="two\nlines"), sep=";", decimal=",", encoding="cp949")
    (tmp_path / "new.csv").write_bytes(body)
    part = handed_on(trained.write(trained.train), body, "label")["rows"]
    table = served.predict(read_csv(served, tmp_path / "new.csv", part))
    assert [list(table), *(list(map(str, row)) for row in _texts(table))] == expected
    write_csv(table, tmp_path / "made.csv")
    assert fields_of(tmp_path / "made.csv") == expected


def _texts(table: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = [cells(table[name]).to_pylist() for name in table]
    return list(zip(*columns, strict=True))


def test_whatever_the_rows_to_predict_come_with_the_digits_stay(
    served: ServedModel,
    trained: Trained,
    expected: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CODEFREE_NAME", "새 행")
    # A label that has to be quoted changes how the whole file is written.
    body = written(trained.test.assign(말='a\rb "c", d\r\ne\nf'), sep="\t", encoding="utf-16")
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "upload").write_bytes(body)
    check = handed_on(trained.write(trained.train), body, "label")
    predict(served.model, tmp_path / "rows", check, tmp_path)
    made = fields_of(tmp_path / "새 행.csv")
    assert added_columns(made) == expected
    assert {row[made[0].index("말")] for row in made[1:]} == {'a\rb "c", d\r\ne\nf'}


FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
SIGNS = st.lists(st.sampled_from([*"=+-@'\",;\r\n\t .%1aé가😀"]), max_size=6).map("".join)


@settings(deadline=None)
@given(st.lists(st.tuples(*[FIELDS | SIGNS] * 3), min_size=1, max_size=8))
def test_python_s_reader_finds_every_field_again(rows: list[tuple[str, str, str]]) -> None:
    import pyarrow as pa

    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    read = csv.reader(io.StringIO(bytes(csv_text(columns)).decode(), newline=""))
    assert [tuple(row) for row in read] == rows
    safe = [safe_texts(column.slice(0)).to_pylist() for column in columns]
    assert safe == [[safe_text(text) for text in column] for column in zip(*rows, strict=True)]


@settings(deadline=None)
@given(st.lists(FIELDS | SIGNS, min_size=2, max_size=8), st.integers(0, 7))
def test_a_part_of_a_column_is_written_alone(texts: list[str], start: int) -> None:
    import pyarrow as pa

    part = pa.array(texts).slice(start % len(texts))
    read = csv.reader(io.StringIO(bytes(csv_text([safe_texts(part)])).decode(), newline=""))
    assert [row for [row] in read] == [safe_text(text) for text in texts[start % len(texts) :]]


@settings(deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_the_digits_are_the_fewest_that_mean_the_number(values: list[float]) -> None:
    numbers = np.array(values, np.float32)
    for number, told in zip(numbers, digits(numbers).to_pylist(), strict=True):
        assert np.float32(told) == number
        assert float(told) == float(str(number))
