"""Labels that are perhaps wrong: found where they were flipped, and told with the rows' numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict

from tests.training.jobs import FEW_TREES, Results, Trained, evaluated, trained
from training.fitting.suspected_labels import calibrated, likelier_classes


def flipped(
    rows: int, classes: int, share: float, seed: int = 0
) -> tuple[pd.DataFrame, "pd.Series[Any]"]:
    """A table whose label follows from its numbers, but for some rows; and which these are."""
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(rows, 4))
    true = np.digitize(numbers[:, 0] + numbers[:, 1], np.linspace(-1, 1, classes + 1)[1:-1])
    is_wrong = random.random(rows) < share
    label = np.where(is_wrong, (true + random.integers(1, classes, rows)) % classes, true)
    table = pd.DataFrame(numbers.round(4), columns=list("abcd"))
    return table.assign(label=[f"class {place}" for place in label]), pd.Series(is_wrong)


def slowly(probabilities: np.typing.NDArray[Any], given: list[int], clearly: float) -> list[int]:
    """The same, row by row, in words of the paper."""
    rows, classes = probabilities.shape
    threshold = {}
    for one in range(classes):
        own = [probabilities[row, one] for row in range(rows) if given[row] == one]
        if len(own) >= 10:
            threshold[one] = max(sum(own) / len(own), clearly)
    found = []
    for row in range(rows):
        reached = [c for c in threshold if probabilities[row, c] >= threshold[c]]
        best = max(reached, key=lambda c: probabilities[row, c], default=given[row])
        is_likelier = probabilities[row, best] > probabilities[row, given[row]]
        found.append(best if best != given[row] and is_likelier else -1)
    return found


@pytest.mark.parametrize("clearly", [0.0, 0.8])
def test_it_is_confident_learning(clearly: float) -> None:
    random = np.random.default_rng(4)
    for classes in (2, 3, 6):
        probabilities = random.dirichlet([0.4] * classes, 300)
        given = np.where(
            random.random(300) < 0.8, probabilities.argmax(1), random.integers(0, classes, 300)
        )
        found = likelier_classes(probabilities, given, clearly)
        assert found.tolist() == slowly(probabilities, given.tolist(), clearly)


@pytest.mark.parametrize("classes", [2, 3])
def test_what_is_suspected_was_mostly_flipped(classes: int) -> None:
    table, is_wrong = flipped(1500, classes, 0.06)
    probabilities = cross_val_predict(
        RandomForestClassifier(100, min_samples_leaf=3, random_state=0),
        table[list("abcd")],
        table["label"],
        cv=5,
        method="predict_proba",
    )
    given = table["label"].str[-1].astype(int).to_numpy()
    suspected = likelier_classes(calibrated(probabilities, given), given) >= 0
    assert is_wrong[suspected].mean() > 0.75
    assert suspected[is_wrong].mean() > 0.4
    most = np.argsort(probabilities[np.arange(1500), given])[:20]
    assert is_wrong[most].mean() > 0.9


def test_labels_that_nothing_tells_are_not_suspected() -> None:
    random = np.random.default_rng(0)
    bold = random.random(2000)
    probabilities, given = np.stack([bold, 1 - bold], axis=1), random.integers(0, 2, 2000)
    assert (likelier_classes(probabilities, given) >= 0).mean() > 0.1
    assert (likelier_classes(calibrated(probabilities, given), given) < 0).all()


def test_a_cautious_model_is_heard_as_well_as_a_bold_one() -> None:
    random = np.random.default_rng(1)
    share = 1 / (1 + np.exp(-random.normal(0, 3, 2000)))
    given = (random.random(2000) > share).astype(int)
    bold = np.stack([share, 1 - share], axis=1)
    cautious = bold**0.2 / (bold**0.2).sum(axis=1, keepdims=True)
    for probabilities in (bold, cautious):
        assert calibrated(probabilities, given) == pytest.approx(bold, abs=0.04)


def record_of(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "model" / "training.json").read_text())
    return record


@pytest.mark.parametrize(("presets", "held_out"), [("good_quality", 1.0), ("medium_quality", 0.2)])
def test_the_report_shows_them_with_the_rows_of_the_file(
    tmp_path: Path, presets: str, held_out: float
) -> None:
    table, is_wrong = flipped(600, 2, 0.06)
    # Rows without a label, which nothing is learned from, are counted, too.
    table.loc[:99, "label"] = None
    model = trained(tmp_path / "job", table, table, presets=presets, program=FEW_TREES)
    found = record_of(tmp_path / "job")["suspected_labels"]
    assert found["rows"] == pytest.approx(500 * held_out, abs=20)
    assert 0 < len(found["shown"]) <= min(20, found["suspected"])
    rows = [row["row"] - 1 for row in found["shown"]]
    assert len(set(rows)) == len(rows) and min(rows) >= 100
    # By chance 6% of them are; of the few rows held out, few are told.
    assert is_wrong[rows].mean() > (0.6 if held_out == 1 else 0.25)
    for row, told in zip(rows, found["shown"], strict=True):
        assert told["label"] == table["label"][row] != told["likelier"]
    page = evaluated(tmp_path / "evaluation", model, table[100:]).text("report.html")
    section = page.split('<section id="labels">')[1].split("</section>")[0]
    assert "Labels worth a look" in section
    assert all(f'class="n">{row + 1:,}</th>' in section for row in rows)


def test_a_number_to_predict_has_no_wrong_labels(
    regression: Trained, regression_results: Results
) -> None:
    assert record_of(regression.archive.parent)["suspected_labels"] is None
    assert "worth a look</h2>" not in regression_results.text("report.html")
