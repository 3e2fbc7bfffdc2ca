"""One pair as a Korean spreadsheet writes it, from the training to the report's code."""

import gzip
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.training.jobs import FEW_TREES, Results, Trained, evaluated, trained


def written(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, sep=";", decimal=",").encode("cp949")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    random = np.random.default_rng(0)
    size = random.normal(0, 1, 160).round(3)
    table = pd.DataFrame({"크기": size, "도시": random.choice(["서울", "부산"], 160)})
    table["label"] = np.where(size + random.normal(0, 0.5, 160) > 0.5, "+", "-")
    folder = tmp_path_factory.mktemp("spreadsheet")
    options = {"program": FEW_TREES, "positive_class": "-"}
    return trained(folder / "job", table[:100], table[100:], written, **options)


@pytest.fixture(scope="module")
def results(model: Trained, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return evaluated(tmp_path_factory.mktemp("spreadsheet") / "results", model, model.test)


def test_labels_are_those_of_the_upload_and_the_named_class_is_the_positive_one(
    model: Trained, results: Results
) -> None:
    metrics, predictions = results.metrics, results.predictions
    assert list(predictions["true"]) == list(model.test["label"])
    assert metrics["classes"] == ["+", "-"] and metrics["positive_class"] == "-"
    assert metrics["positive_class_why"] == "The positive class is “-”, as it was asked for."
    truth = predictions["true"] == "-"
    right = truth & (predictions["prediction"] == "-")
    assert metrics["metrics"]["recall"] == pytest.approx(right.sum() / truth.sum())
    assert metrics["metrics"]["average_precision"] > truth.mean()
    page = unescape(results.text("report.html"))
    assert metrics["positive_class_why"] in page
    assert metrics["positive_class_why"] in results.text("fit_summary.txt")
    assert metrics["headline"].startswith(f"Of {truth.sum()} “-”, {right.sum()} were found")
    assert f"<h1>{metrics['headline']}</h1>" in page


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_code_in_the_report_predicts_new_rows_as_the_run_did(
    model: Trained, results: Results, tmp_path: Path, pack: type[bytes]
) -> None:
    [code] = re.findall(
        r"<pre[^>]*><code>(import .*?)</code>", results.text("report.html"), re.DOTALL
    )
    (tmp_path / "model.tar.gz").write_bytes(model.archive.read_bytes())
    (tmp_path / "new.csv").write_bytes(pack(written(model.test.drop(columns="label"))))
    (tmp_path / "use.py").write_text(unescape(code))
    command = [sys.executable, "-I", "use.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if re.match(r"\d+ +[-+] ", line)]
    expected = results.predictions
    assert [row[1] for row in rows] == list(expected["prediction"])
    for place, label in enumerate("+-", 2):
        told = [float(row[place]) for row in rows]
        assert told == pytest.approx(list(expected[f"probability of {label}"]), abs=1e-5)
