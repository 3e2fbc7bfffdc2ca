"""What the evaluation writes, for every kind of target and test file."""

import io
import json
import pickle
import tarfile
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from tests.training.jobs import FAST, Results, Trained, evaluate, evaluated
from training.evaluation.leaderboard import leaderboard
from training.model.outcome import Outcome
from training.model.trained_model import Model, Prediction, model_in

FILES = (
    "eval.png",
    "feature_importance.csv",
    "feature_importance.png",
    "fit_summary.txt",
    "leaderboard.csv",
    "model_performance.txt",
    "report.html",
    "test_prediction.csv",
)


def test_the_scores_are_scikit_learns_of_the_written_predictions(
    tmp_path: Path, binary: Trained
) -> None:
    results = evaluated(tmp_path, binary, binary.test, "암 데이터 v1.2")
    metrics, table = results.metrics, results.predictions

    assert metrics["positive_class"] == "악성"
    truth, probability = table["true"] == "악성", table["probability of 악성"]
    assert metrics["metrics"]["roc_auc"] == pytest.approx(sk.roc_auc_score(truth, probability))
    assert metrics["metrics"]["average_precision"] == pytest.approx(
        sk.average_precision_score(truth, probability)
    )
    assert metrics["score"] == pytest.approx(sk.f1_score(truth, table["prediction"] == "악성"))
    assert f"{metrics['metrics']['roc_auc']:.6g}" in results.text("model_performance.txt")
    assert metrics["headline"] in results.text("report.html")
    assert list(table["true"]) == list(binary.test["label"])
    assert list(table["row"]) == list(range(1, len(binary.test) + 1))
    assert np.allclose(table.filter(like="probability").sum(axis=1), 1, atol=1e-5)
    written = {path.name for path in results.folder.iterdir()}
    assert written == {f"암 데이터 v1.2_{suffix}" for suffix in FILES} | {"metrics.json"}
    assert (results.folder / "암 데이터 v1.2_eval.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_model_predicts_the_same_in_another_process(
    tmp_path: Path, binary: Trained, is_kept: bool
) -> None:
    """As its own leaderboard asks of it, whether or not it is in memory here."""
    model = model_in(binary.archive, tmp_path, binary.sha256)
    assert model.is_small
    if is_kept:
        model.keep_in_memory()
    there = pickle.loads(pickle.dumps(model))
    for ours, theirs in zip(
        model.prediction(binary.test), there.prediction(binary.test), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("ascending", [True, False])
def test_a_sorted_test_file_has_the_same_scores(
    tmp_path: Path, binary: Trained, binary_results: Results, ascending: bool
) -> None:
    as_given = binary_results.metrics["metrics"]
    in_order = binary.test.sort_values("label", ascending=ascending)
    in_this_order = evaluated(tmp_path, binary, in_order).metrics["metrics"]
    assert in_this_order == pytest.approx(as_given)
    assert as_given["roc_auc"] > 0.9


def test_three_classes_with_the_default_metric(multiclass_results: Results) -> None:
    metrics, table = multiclass_results.metrics, multiclass_results.predictions
    probabilities = table[[f"probability of {label}" for label in (0, 1, 2)]].to_numpy()
    assert metrics["eval_metric"] == "f1_macro"
    assert "f1 does not suit" in metrics["notes"][0]
    assert metrics["score"] == pytest.approx(
        sk.f1_score(table["true"], table["prediction"], average="macro")
    )
    normed = probabilities / probabilities.sum(axis=1, keepdims=True)
    assert metrics["metrics"]["roc_auc_ovo_macro"] == pytest.approx(
        sk.roc_auc_score(table["true"], normed, multi_class="ovo"), abs=1e-6
    )


def test_a_numeric_target_with_the_default_metric(regression_results: Results) -> None:
    metrics, table = regression_results.metrics, regression_results.predictions
    assert metrics["eval_metric"] == "root_mean_squared_error"
    assert metrics["score"] == pytest.approx(
        sk.root_mean_squared_error(table["true"], table["prediction"])
    )
    board = pd.read_csv(regression_results.folder / "a_leaderboard.csv")
    assert (board["validation_score"] > 0).all()
    best = board.set_index("model")["test_score"].dropna()
    assert metrics["score"] == pytest.approx(best[metrics["best_model"]])


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_the_leaderboard_has_autogluons_test_scores(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Of each model that was kept, also of those that the best one is not made of."""
    made: Trained = request.getfixturevalue(kind)
    results: Results = request.getfixturevalue(f"{kind}_results")
    predictor = model_in(made.archive, tmp_path, made.sha256).predictor
    theirs = predictor.leaderboard(made.test, display=False).set_index("model")["score_test"]
    ours = pd.read_csv(results.folder / f"{results.name}_leaderboard.csv").set_index("model")
    direction = predictor.eval_metric.convert_score_to_original
    assert len(theirs) > 1
    assert ours["test_score"].dropna().to_dict() == pytest.approx(theirs.map(direction).to_dict())


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_the_prediction_is_autogluons(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Also where it is asked with the models that the best one is made of; of no rows there is
    none."""
    made: Trained = request.getfixturevalue(kind)
    model = model_in(made.archive, tmp_path, made.sha256)
    predicted, probabilities = model.prediction(made.test)
    nothing, no_probabilities = model.prediction(made.test.head(0))
    theirs = model.predictor.predict(made.test)
    if probabilities is None:
        np.testing.assert_array_equal(predicted, theirs.to_numpy(float))
        assert no_probabilities is None and nothing.shape == (0,)
        return
    assert [(model.classes or [])[place] for place in predicted] == list(theirs)
    expected = model.predictor.predict_proba(made.test)[model.classes]
    np.testing.assert_array_equal(probabilities, expected.to_numpy(np.float32))
    assert no_probabilities is not None
    assert (nothing.dtype, no_probabilities.dtype) == (predicted.dtype, probabilities.dtype)
    assert (nothing.shape, no_probabilities.shape) == ((0,), (0, probabilities.shape[1]))


def test_no_model_predicts_the_same_rows_twice(
    tmp_path: Path, binary: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best one, and what it is made of, have predicted them before the leaderboard asks."""
    model = model_in(binary.archive, tmp_path, binary.sha256)
    best = model.predictor.model_best
    predictions = model.predictions(binary.test, [best])
    known = {
        name: Outcome(predicted, predicted, probabilities, model.classes or [])
        for name, (predicted, probabilities) in predictions.items()
    }
    asked: list[str] = []

    def recorded(_: Model, _rows: pd.DataFrame, models: list[str]) -> dict[str, Prediction]:
        asked.extend(models)
        return dict.fromkeys(models, predictions[best])

    monkeypatch.setattr(Model, "predictions", recorded)
    leaderboard(model, binary.test, known)
    assert len(known) > 1 and set(asked) == set(model.kept) - set(known)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("how", ["without", "empty"])
def test_without_true_values_there_are_predictions_and_no_scores(
    tmp_path: Path, kind: str, how: str, request: pytest.FixtureRequest
) -> None:
    model: Trained = request.getfixturevalue(kind)
    test = model.test.drop(columns="label")
    if how == "empty":
        test["label"] = np.nan
    results = evaluated(tmp_path, model, test)
    assert results.metrics["metrics"] == {}
    assert results.metrics["score"] is None
    assert "no scores" in results.text("model_performance.txt")
    assert results.predictions["prediction"].notna().all()


def test_rows_without_a_label_are_predicted_and_counted_but_not_scored(
    tmp_path: Path, multiclass: Trained
) -> None:
    test = multiclass.test.copy()
    test.loc[test.index[:4], "label"] = np.nan  # makes the column 1.0, 2.0, …
    results = evaluated(tmp_path, multiclass, test)
    assert results.metrics["rows_scored"] == len(test) - 4
    assert any(note.startswith("4 test row(s) without") for note in results.metrics["notes"])
    assert results.predictions["prediction"].notna().all()
    scored = results.predictions.dropna(subset="true")
    assert results.metrics["metrics"]["accuracy"] == pytest.approx(
        sk.accuracy_score(scored["true"].astype(int), scored["prediction"])
    )


def test_one_class_in_the_test_file_leaves_scores_undefined_and_says_so(
    tmp_path: Path, binary: Trained
) -> None:
    test = binary.test[binary.test["label"] == "악성"]
    results = evaluated(tmp_path, binary, test)
    assert results.metrics["metrics"]["roc_auc"] is None
    assert results.metrics["metrics"]["accuracy"] is not None
    assert any("roc_auc" in note and "only one class" in note for note in results.metrics["notes"])
    assert "undefined" in results.text("model_performance.txt")


def test_a_single_test_row_is_too_few_to_praise_the_model(tmp_path: Path, binary: Trained) -> None:
    positive = binary.test[binary.test["label"] == "악성"]
    results = evaluated(tmp_path, binary, positive.head(1))
    page = unescape(results.text("report.html"))
    assert "but 1 test row with a true value can't show how well" in page
    assert results.text("model_performance.txt").startswith("a: 1 test row\n")


def test_a_class_that_was_never_trained_counts_as_wrong_and_is_named(
    tmp_path: Path, multiclass: Trained
) -> None:
    test = multiclass.test.copy()
    test.loc[test.index[0], "label"] = 7
    results = evaluated(tmp_path, multiclass, test)
    metrics, table = results.metrics, results.predictions
    assert metrics["rows_scored"] == len(test)
    assert any("does not know (7)" in note for note in metrics["notes"])
    assert metrics["metrics"]["accuracy"] == pytest.approx(
        sk.accuracy_score(table["true"], table["prediction"])
    )
    assert metrics["metrics"]["f1_macro"] == pytest.approx(
        sk.f1_score(table["true"], table["prediction"], average="macro")
    )
    assert metrics["metrics"]["log_loss"] is None
    assert any("log_loss" in note and "undefined" in note for note in metrics["notes"])


def test_a_class_missing_in_the_test_file_leaves_the_mean_auroc_undefined(
    tmp_path: Path, multiclass: Trained
) -> None:
    test = multiclass.test[multiclass.test["label"] != 1]
    metrics = evaluated(tmp_path, multiclass, test).metrics
    assert metrics["metrics"]["roc_auc_ovo_macro"] is None
    assert metrics["metrics"]["accuracy"] is not None
    assert any("some classes have no row" in note for note in metrics["notes"])


def test_a_missing_column_is_named_to_people(tmp_path: Path, binary: Trained) -> None:
    done, _ = evaluate(tmp_path, binary, binary.test.drop(columns="mean radius"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    message = (tmp_path / "output" / "message").read_text(encoding="utf-8")
    assert message == "The rows lack the column(s) mean radius."


def test_an_archive_without_a_model_is_explained(tmp_path: Path, binary: Trained) -> None:
    empty = tmp_path / "empty.tar.gz"
    empty.write_bytes(b"")
    done, _ = evaluate(tmp_path / "job", Trained(empty, binary.train, binary.test), binary.test)
    assert done.returncode == 1
    message = (tmp_path / "job" / "output" / "message").read_text(encoding="utf-8")
    assert message.startswith("The training left no readable model.tar.gz")


def test_a_model_of_another_autogluon_is_refused_in_words(tmp_path: Path, binary: Trained) -> None:
    older = tmp_path / "older.tar.gz"
    with (
        tarfile.open(binary.archive) as packed,
        tarfile.open(older, "w:gz", compresslevel=FAST) as repacked,
    ):
        for member in packed:
            body = packed.extractfile(member)
            content = body.read() if body else b""
            if member.name.endswith("training.json"):
                content = json.dumps(json.loads(content) | {"autogluon": "1.5.0"}).encode()
            member.size = len(content)
            repacked.addfile(member, io.BytesIO(content))
    done, _ = evaluate(tmp_path / "job", Trained(older, binary.train, binary.test), binary.test)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    message = (tmp_path / "job" / "output" / "message").read_text(encoding="utf-8")
    assert message.startswith("The model was made by AutoGluon 1.5.0 on Python 3.")
    assert "Train again" in message
