"""Files of new rows, checked and predicted as the second workflow does it."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from lambdas.check.rows_check import TrainedFile, rows_check
from tests.lambdas.check.reading import checked, source
from tests.training.jobs import Ended, Trained, run_program


def handed_on(train: bytes, rows: bytes, target: str, file: str = "new.csv") -> dict[str, Any]:
    """What the check of new rows hands on to the job."""
    trained = TrainedFile.of(checked(train, train, target).as_json())
    found = rows_check(source(file, rows), trained, lambda: 900.0)
    assert not found.errors, [finding.text for finding in found.errors]
    return found.as_json()


def predicted(
    folder: Path, model: Trained, body: bytes, name: str = "new", **changed: Any
) -> tuple[Ended, Path]:
    """The prediction job as a process, and the folder it writes to; ``changed`` are parts of what
    the check has found."""
    for part in ("model", "rows", "check", "output", "results"):
        (folder / part).mkdir(parents=True)
    (folder / "model" / "model.tar.gz").symlink_to(model.archive)
    (folder / "rows" / "upload").write_bytes(body)
    check = handed_on(model.write(model.train), body, model.target, f"{name}.csv") | changed
    (folder / "check" / "check.json").write_text(json.dumps(check), encoding="utf-8")
    environment = {
        "CODEFREE_NAME": name,
        "CODEFREE_DATASET": "data",
        "CODEFREE_RUN": "20261127-000000-abc",
        "CODEFREE_INPUT": str(folder),
        "CODEFREE_OUTPUT": str(folder / "results"),
        "CODEFREE_MODEL_SHA256": model.sha256,
        "SM_OUTPUT_DIR": str(folder / "output"),
    }
    return run_program("training.predict", environment), folder / "results"


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file's rows, by Python's own reader."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield csv.reader(file)


def fields_of(path: Path) -> list[list[str]]:
    """All rows of a file, its header first."""
    with opened(path) as rows:
        return list(rows)


def added_columns(rows: list[list[str]]) -> list[list[str]]:
    """The prediction and the probabilities, with their names."""
    first = rows[0].index("prediction")
    return [row[first:] for row in rows]


def written(table: pd.DataFrame, **options: Any) -> bytes:
    """The table as CSV in some other way than usual."""
    encoding = options.pop("encoding", "utf-8")
    text = io.StringIO()
    table.to_csv(text, index=False, **options)
    return text.getvalue().encode(encoding)
