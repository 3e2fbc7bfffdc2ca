"""The archive behind an endpoint: called as the containers' servers do, with what is in it."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.training.jobs import Results, Trained
from tests.training.served import Answer

_SERVER = Path(__file__).with_name("served.py")


Ask = Callable[..., Answer]


@contextmanager
def serving(server: str, model: Trained, folder: Path) -> Iterator[Ask]:
    """A server with the unpacked archive and no other code of ours."""
    with tarfile.open(model.archive) as packed:
        packed.extractall(folder / "model", filter="data")
    process = subprocess.Popen(
        [sys.executable, "-P", str(_SERVER), server, str(folder / "model")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(folder / "model" / "code")},
        cwd=folder,
        text=True,
    )

    def ask(body: str | bytes, content_type: str, accept: str = "application/json") -> Answer:
        sent = (body if isinstance(body, bytes) else body.encode()).hex()
        request = {"body": sent, "content_type": content_type, "accept": accept}
        assert process.stdin and process.stdout
        print(json.dumps(request), file=process.stdin, flush=True)
        answer = next(line for line in process.stdout if line.startswith("ANSWER "))
        return Answer(**json.loads(answer.removeprefix("ANSWER ")))

    yield ask
    process.communicate()


@pytest.fixture(scope="module", params=["toolkit", "adapter"])
def ask(
    request: pytest.FixtureRequest, binary: Trained, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ask]:
    with serving(request.param, binary, tmp_path_factory.mktemp("served")) as asking:
        yield asking


def test_every_way_to_send_the_rows_gets_the_same_predictions(ask: Ask, binary: Trained) -> None:
    rows = binary.test.drop(columns="label").head(7)
    csv, parquet = rows.to_csv(index=False), io.BytesIO()
    rows.to_parquet(parquet)
    records = rows.to_dict("records")
    lines = "\n".join(json.dumps(record) for record in records)

    first = ask(csv, "text/csv", accept="text/csv")
    assert first.content_type == "text/csv"
    expected = pd.read_csv(io.StringIO(first.body))
    assert list(expected) == ["prediction", "probability of 양성", "probability of 악성"]
    assert set(expected["prediction"]) == {"악성", "양성"}
    assert np.allclose(expected.filter(like="probability").sum(axis=1), 1, atol=1e-5)

    for body, content_type in [
        (csv, "text/csv; charset=utf-8"),
        (binary.test.head(7).to_csv(index=False), "text/csv"),
        (rows[rows.columns[::-1]].to_csv(index=False), "text/csv"),
        (rows.to_csv(index=False, header=False), "text/csv"),
        (binary.test.head(7).to_csv(index=False, header=False), "text/csv"),
        (json.dumps(records), "application/json"),
        (lines, "application/jsonlines"),
        (parquet.getvalue(), "application/x-parquet"),
    ]:
        answer = ask(body, content_type)
        assert (answer.status, answer.content_type) == (200, "application/json")
        table = pd.DataFrame(json.loads(answer.body))
        assert list(table["prediction"]) == list(expected["prediction"])
        assert np.allclose(table.iloc[:, 1:], expected.iloc[:, 1:], atol=1e-5)


def test_rows_without_names_get_predictions_without_names(ask: Ask, binary: Trained) -> None:
    rows = binary.test.drop(columns="label").head(2).to_csv(index=False, header=False)
    answer = ask(rows, "text/csv", accept="text/csv")
    assert len(answer.body.splitlines()) == 2
    assert "prediction" not in answer.body


def test_the_predictions_are_those_of_the_run(
    ask: Ask, binary: Trained, binary_results: Results
) -> None:
    answer = ask(binary.test.to_csv(index=False), "text/csv")
    served = [row["prediction"] for row in json.loads(answer.body)]
    assert served == list(binary_results.predictions["prediction"])


@pytest.mark.parametrize("sent", [None, "no number"])
def test_what_is_missing_or_no_number_is_predicted_as_in_a_file(
    ask: Ask, binary: Trained, sent: str | None
) -> None:
    row = binary.test.iloc[0].to_dict() | {"mean radius": sent}
    answer = ask(json.dumps(row), "application/json")
    assert answer.status == 200
    assert len(json.loads(answer.body)) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        ("", "text/csv", "no rows"),
        ("mean radius,label\n1,2\n", "text/csv", "lacks mean texture"),
        ("1,2,3\n", "text/csv", "The first line has 3 fields"),
        (b"\xff\xfe1,2", "application/jsonlines", "is not valid application/jsonlines"),
        ("{", "application/json", "is not valid application/json"),
        ("[" * 100_000, "application/json", "is not valid application/json"),
        ("[1, 2]", "application/json", "mean radius"),
        ("[]", "application/json", "no rows"),
        (b"PAR", "application/x-parquet", "is not valid application/x-parquet"),
        ("<a/>", "application/xml", "Send one of text/csv, application/json"),
    ],
)
def test_a_bad_request_is_answered_with_its_reason_and_without_a_traceback(
    ask: Ask, body: str | bytes, content_type: str, words: str
) -> None:
    answer = ask(body, content_type)
    assert answer.status == 400
    # The toolkit's answer is ours, the newer server's its own.
    [told] = json.loads(answer.body).values()
    assert words in told
    assert "Traceback" not in answer.body


def test_a_number_is_predicted_without_probabilities(regression: Trained, tmp_path: Path) -> None:
    with serving("adapter", regression, tmp_path) as asking:
        answer = asking(regression.test.iloc[0].to_json(), "application/json")
    [row] = json.loads(answer.body)
    assert list(row) == ["prediction"]
