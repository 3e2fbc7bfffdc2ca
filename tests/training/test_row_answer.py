"""One row answered by a model that stays loaded: the digits of the file, and what makes them."""

import csv
import io
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lambdas.bucket.bucket import Bucket
from lambdas.bucket.layout import check_key, digest_key
from lambdas.models.registry import approve_model, register_model
from operate.account import CannotDo
from operate.models.predicting_model import PredictingModel
from operate.models.row_answer import RowAnswer, RowRefused, answer_for
from operate.models.row_form import fields_of
from operate.models.row_model import RowModel, RowModels
from tests.lambdas.check.reading import checked
from tests.lambdas.models.registered import STACK, bucket_and_registry, new_model
from tests.shared import SharedFolders
from tests.training.jobs import FEW_TREES, Trained, trained
from tests.training.new_rows import fields_of as rows_of
from tests.training.new_rows import predicted
from tests.training.replaced_model import replaced_model

RUN = "20261127-000000-abc123"
LAST = "age"


def passengers(rows: int, seed: int) -> pd.DataFrame:
    """Prices with a unit, categories with gaps, dates, a constant, and two classes by a rule."""
    draw = np.random.default_rng(seed)
    age, fare = draw.integers(1, 80, rows), draw.integers(5, 500, rows)
    port = draw.choice(["서울", "부산", 'Q,"x"', ""], rows, p=[0.5, 0.3, 0.1, 0.1])
    days = pd.to_datetime("2024-01-01") + pd.to_timedelta(draw.integers(0, 300, rows), "D")
    score = (age < 30) * 1.5 + (port == "서울") * 1.0 + fare / 400 + draw.normal(0, 0.4, rows)
    return pd.DataFrame(
        {
            "port": port,
            "fare": [f"${value:,}.50" for value in fare],
            "day": days.strftime("%Y-%m-%d"),
            "same": "x",
            "weight": np.where(draw.random(rows) < 0.1, np.nan, draw.normal(70, 9, rows).round(2)),
            LAST: age,
            "label": np.where(score > 1.6, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def mixed(shared: SharedFolders) -> Trained:
    rows = passengers(400, 1), passengers(40, 2)
    folder = shared.made(
        "row-answer-model", lambda empty: trained(empty / "job", *rows, program=FEW_TREES)
    )
    return Trained(folder / "job" / "model.tar.gz", *rows)


def registered(bucket: Bucket, sagemaker: Any, dataset: str, model: Trained) -> PredictingModel:
    """The model as SealModel and Publish leave it, approved."""
    made = register_model(sagemaker, new_model(RUN, dataset))
    bucket.write(made.key, model.archive.read_bytes())
    digest = {"Key": made.key, "Sha256": model.sha256}
    bucket.write(digest_key(RUN, made.job), json.dumps(digest).encode())
    written = model.write(model.train)
    found = checked(written, written, model.target).as_json()
    bucket.write(check_key(dataset, RUN), json.dumps(found).encode())
    return PredictingModel(bucket, approve_model(sagemaker, STACK, made, "A test says so."))


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[Bucket, Any]]:
    with bucket_and_registry() as found:
        yield found


@pytest.fixture(scope="module")
def models() -> Iterator[RowModels]:
    pool = RowModels()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def passenger_model(account: tuple[Bucket, Any], models: RowModels, mixed: Trained) -> RowModel:
    return models.of(registered(*account, "passengers", mixed))


def rows_in(table: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.to_csv(index=False), newline="")))


def texts(table: pd.DataFrame) -> list[dict[str, str]]:
    """The rows as their file has them."""
    rows = rows_in(table)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def as_in_the_file(answer: RowAnswer) -> list[str]:
    return [answer.outcome.prediction, *answer.outcome.probabilities.values()]


def test_a_row_has_the_digits_of_its_file(
    passenger_model: RowModel, mixed: Trained, tmp_path: Path
) -> None:
    table = mixed.test.drop(columns="label")
    done, folder = predicted(tmp_path / "job", mixed, mixed.write(table))
    assert done.returncode == 0, done.stderr
    rows = rows_of(folder / "new.csv")
    first = rows[0].index("prediction")
    for row, expected in list(zip(texts(table), rows[1:], strict=True))[:12]:
        assert as_in_the_file(answer_for(passenger_model, row)) == expected[first:]


def test_a_number_has_the_digits_of_its_file(
    account: tuple[Bucket, Any], models: RowModels, regression: Trained, tmp_path: Path
) -> None:
    model = models.of(registered(*account, "diabetes", regression))
    table = regression.test.drop(columns="label")
    done, folder = predicted(tmp_path / "job", regression, regression.write(table))
    assert done.returncode == 0, done.stderr
    expected = [row[-1] for row in rows_of(folder / "new.csv")[1:4]]
    answers = [answer_for(model, row) for row in texts(table)[:3]]
    assert [answer.outcome.prediction for answer in answers] == expected
    assert all(answer.outcome.is_number and answer.outcome.label == "" for answer in answers)
    for one in answers[0].reasons:
        assert one.change == float(expected[0]) - float(one.outcome.prediction)


def test_reasons_are_what_the_row_with_the_typical_value_gets(
    passenger_model: RowModel, mixed: Trained
) -> None:
    trained_on = passenger_model.model.trained
    fields = {each.name: each for each in fields_of(trained_on)}
    assert fields["fare"].default.startswith("$")
    assert fields["port"].typical and fields["port"].typical.how == "most frequent"
    assert fields["port"].default == "서울" == mixed.train["port"].mode()[0]
    assert fields["day"].typical is None
    ages = mixed.train[LAST]
    assert abs((ages <= float(fields[LAST].default)).mean() - 0.5) < 0.03

    row = texts(mixed.test.drop(columns="label"))[0] | {"port": 'Q,"x"', LAST: "71"}
    answer = answer_for(passenger_model, row)
    label = answer.outcome.label
    assert {"same"} <= set(answer.unused)
    told = {one.column: one for one in answer.reasons}
    assert told.keys() == {"port", "fare", "weight", LAST} - set(answer.usual)
    for name, one in told.items():
        changed = answer_for(passenger_model, row | {name: fields[name].default})
        assert changed.outcome == one.outcome
        assert name in changed.usual
        assert one.value == float(changed.outcome.probabilities[label])
        assert one.change == answer.outcome.of(label) - one.value
    sizes = [abs(one.change) for one in answer.reasons]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0


def test_another_row_is_answered_beside_it(passenger_model: RowModel, mixed: Trained) -> None:
    row, other = texts(mixed.test.drop(columns="label"))[:2]
    both = answer_for(passenger_model, row, other)
    assert both.compared == answer_for(passenger_model, other).outcome
    # What can't be predicted is not compared with.
    for unusable in (dict.fromkeys(row, ""), other | {LAST: "old"}):
        assert answer_for(passenger_model, row, unusable).compared is None


def test_what_a_value_is_not_is_said(passenger_model: RowModel, mixed: Trained) -> None:
    row = texts(mixed.test.drop(columns="label"))[0]
    answer = answer_for(passenger_model, row | {"port": "Atlantis", LAST: ""})
    assert "never occurred in the training" in answer.remarks["port"][0]
    assert "in the training 100.0% of the rows had one" in answer.remarks[LAST][0]
    with pytest.raises(RowRefused) as refused:
        answer_for(passenger_model, row | {LAST: "old"})
    assert refused.value.remarks == {LAST: ["This is not a number as in the training."]}
    with pytest.raises(RowRefused, match="Fill in at least one value"):
        answer_for(passenger_model, {})
    wild = "=1+1\r\n\"';,\u202e\U0001f600{x}<b>%s"
    assert answer_for(passenger_model, row | {"port": wild}).outcome.prediction in {"yes", "no"}
    with pytest.raises(RowRefused, match="not a date"):
        answer_for(passenger_model, row | {"day": "soon"})
    with pytest.raises(RowRefused, match="that no text has"):
        answer_for(passenger_model, row | {"port": "\x00\x1b"})


def test_a_process_that_has_ended_is_replaced(account: tuple[Bucket, Any], mixed: Trained) -> None:
    pool = RowModels(idle_seconds=0.2)
    known = registered(*account, "idle", mixed)
    row = texts(mixed.test.drop(columns="label"))[0]
    model = pool.of(known)
    answer = answer_for(model, row)
    process = model._process
    assert process
    assert process.wait(30) == 0, "nobody has asked for a while"
    assert model.phase == "ended"
    pool._idle_seconds = 600
    another = pool.of(known)
    assert another is not model and pool.of(known) is another
    assert answer_for(another, row) == answer
    assert another._process
    os.kill(another._process.pid, signal.SIGKILL)
    with pytest.raises(CannotDo, match="ended by the system, probably because the memory"):
        answer_for(another, row)
    assert another.phase == "ended"
    pool.close()


def test_a_replaced_model_is_not_loaded(
    account: tuple[Bucket, Any], mixed: Trained, tmp_path: Path
) -> None:
    bucket, sagemaker = account
    known = registered(bucket, sagemaker, "replaced", mixed)
    shutil.copy(mixed.archive, tmp_path / "model.tar.gz")
    other = replaced_model(tmp_path / "other.tar.gz", tmp_path / "ran")
    bucket.write(known.registered.key, other.read_bytes())
    pool = RowModels()
    with pytest.raises(CannotDo):
        pool.of(known).used()
    assert pool.of(known).phase in {"loading", "ended"}
    pool.close()
    assert not (tmp_path / "ran").exists()
