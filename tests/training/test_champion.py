"""The new model beside the approved one: who takes over, and what is said where nobody can."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.champion import Made, numbers, takeovers, two_classes
from tests.training.hand_made import of_classes, of_numbers, probability_of_yes
from tests.training.jobs import Trained, evaluate, freeze_approved
from tests.training.replaced_model import running_model
from training.evaluation import approved_predictions, champion
from training.evaluation.against_approved import AgainstApproved
from training.evaluation.champion import Approved, RowsAgain, against, approved_in
from training.evaluation.evaluation import Evaluation
from training.job.failure import KnownFailure
from training.model.known_rows import KnownRows, known_rows
from training.model.trained_model import Model, OtherVersions
from training.report.comparison_line import comparison_in_words

RUN = "20261101-070000-0123ab"
ROWS = 60


@pytest.fixture(scope="module")
def beside_itself(binary: Trained, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An evaluation of a model beside the same one, with rows that both have learned from."""
    test = pd.concat([binary.test, binary.train.iloc[:7]])
    folder = tmp_path_factory.mktemp("champion") / "job"
    done, results = evaluate(folder, binary, test, approved=binary)
    assert done.returncode == 0, done.stderr
    return results


def test_a_model_beside_itself_makes_no_difference(beside_itself: Any, binary: Trained) -> None:
    found = beside_itself.metrics["champion"]
    assert (found["run"], found["version"]) == (RUN, 3)
    assert (found["verdict"], found["difference"]) == ("no clear difference", 0)
    assert (found["rows"], found["left_out"]) == (len(binary.test), 7)
    assert found["score"] == found["approved_score"]


def test_the_report_says_it_and_leaves_a_place_for_what_was_decided(beside_itself: Any) -> None:
    page, found = beside_itself.text("report.html"), beside_itself.metrics["champion"]
    assert found["sentence"].startswith(
        f"There is no clear difference from the approved model of run {RUN}. F1 is 0."
    )
    assert f"<!-- approval --><!-- /approval --> {found['sentence']}</p>" in page
    assert "7 test rows that one of the two may have been trained on were left out." in page


def test_an_approved_model_that_kills_its_process_fails_no_run(
    binary: Trained, tmp_path: Path
) -> None:
    """The results are there before it is loaded."""
    seen = tmp_path / "seen"
    results = tmp_path / "job" / "results"
    deadly = running_model(tmp_path / "deadly.tar.gz", f"ls {results} > {seen}; kill -9 $PPID")
    approved = replace(binary, archive=deadly)
    done, found = evaluate(tmp_path / "job", binary, binary.test, approved=approved)
    assert done.returncode == 0, done.stderr
    assert sorted(seen.read_text().split()) == sorted(path.name for path in results.iterdir())
    told = found.metrics["champion"]
    assert (told["run"], told["verdict"]) == (RUN, "not compared")
    assert told["why"].startswith("The process that predicted with it was killed, most likely")
    assert told["why"] in found.text("report.html")


def test_a_run_without_an_approved_model_compares_nothing(binary_results: Any) -> None:
    assert binary_results.metrics["champion"] is None
    page = binary_results.text("report.html")
    assert '<p class="standing"><!-- approval --><!-- /approval --></p>' in page


def test_a_model_of_another_column_is_not_compared(tmp_path: Path, multiclass: Trained) -> None:
    found = evaluation_of([0.9] * ROWS)
    freeze_approved(tmp_path / "champion", multiclass)
    approved = approved_in(tmp_path / "champion")
    assert approved
    told = against(found, approved, rows_of(found))
    assert told.verdict == "not compared"
    assert told.why == "It predicts another column: “label” and not “y”."


TRUTH = ["no", "yes"] * (ROWS // 2)
# As certain of the wrong class in every third row.
GOOD = [0.1, 0.9] * (ROWS // 2)
BAD = [0.9 if i % 6 == 0 else p for i, p in enumerate(GOOD)]


def evaluation_of(probabilities: list[float], metric: str = "accuracy") -> Evaluation:
    return of_classes(TRUTH, TRUTH, probability_of_yes(*probabilities), metric)


def rows_of(
    found: Evaluation, known: KnownRows | None = None, seconds_left: float = 60.0
) -> RowsAgain:
    """The rows of a hand-made evaluation in two batches; ``x`` is their number."""
    rows = table(len(found.test.outcome))
    batches = [rows.iloc[:20], rows.iloc[20:]]
    return RowsAgain(partial(iter, batches), known, lambda: seconds_left)


def table(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"x": range(rows), "y": (TRUTH * rows)[:rows]})


class _Predicts(Model):
    """The approved model, which predicts what a test made up."""

    def prediction(self, table: pd.DataFrame) -> Any:
        rows = table["x"].to_numpy()
        outcome = self.record["outcome"]
        if outcome.is_number:
            return outcome.predicted[rows], None
        return outcome.predicted[rows], outcome.probabilities[rows]


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the approved model predict, in this process, what it is said to predict, or fail."""

    def in_this_process(_seconds: float, work: Callable[..., Any], *given: Any) -> Any:
        return work(*given)

    monkeypatch.setattr(champion, "in_own_process", in_this_process)

    def approve(made: Evaluation | Exception, known: KnownRows | None = None) -> Approved:
        def model_in(_archive: Path, folder: Path, _sha256: str) -> Model:
            if isinstance(made, Exception):
                raise made
            if known:
                known.save(folder)
            model = made.model
            return _Predicts(model.predictor, {"outcome": made.test.outcome}, model.leaderboard, [])

        monkeypatch.setattr(approved_predictions, "model_in", model_in)
        return Approved(Path("model.tar.gz"), RUN, 3, "a" * 64, "")

    return approve


def test_a_clearly_better_model_takes_over_and_a_worse_one_does_not(unpacked: Any) -> None:
    good, bad = evaluation_of(GOOD), evaluation_of(BAD)
    better = against(good, unpacked(bad), rows_of(good))
    worse = against(bad, unpacked(good), rows_of(bad))
    same = against(good, unpacked(good), rows_of(good))
    assert [told.verdict for told in (better, worse, same)] == [
        "better",
        "worse",
        "no clear difference",
    ]
    assert better.score == 1 and better.approved_score == pytest.approx(5 / 6)
    assert better.interval and better.interval[0] > 0
    assert better.rows == ROWS and better.confidence == champion.CONFIDENCE
    words = comparison_in_words(with_told(good, better))
    assert words and words.startswith(
        f"It is clearly better than the approved model of run {RUN}. Accuracy is 1.000, and 0.833 "
        "for that one, on the same 60 test rows (97% confidence interval of the difference: 0."
    )


def with_told(found: Evaluation, told: AgainstApproved) -> Evaluation:
    return replace(found, against=told)


def test_classes_in_another_order_are_the_same_classes(unpacked: Any) -> None:
    good, turned = evaluation_of(GOOD), evaluation_of(GOOD)
    turned.model.predictor.class_labels = ["yes", "no"]
    was = turned.test.outcome
    assert was.probabilities is not None
    mirrored = replace(was, predicted=1 - was.predicted, probabilities=was.probabilities[:, ::-1])
    turned = replace(turned, test=replace(turned.test, outcome=mirrored))
    told = against(good, unpacked(turned), rows_of(good))
    assert told.verdict == "no clear difference" and told.approved_score == 1


def test_of_other_classes_nothing_can_be_compared(unpacked: Any) -> None:
    good, other = evaluation_of(GOOD), evaluation_of(GOOD)
    other.model.predictor.class_labels = ["no", "yes", "maybe"]
    told = against(good, unpacked(other), rows_of(good))
    assert told.why.startswith("Of the same column it predicts something else")


def test_numbers_are_compared_too(unpacked: Any) -> None:
    truth = [float(i % 7) for i in range(ROWS)]
    noise = np.random.default_rng(0).normal(size=ROWS)

    def made(by: float) -> Evaluation:
        predicted = (np.array(truth) + by * noise).tolist()
        return of_numbers(truth, truth, predicted, "root_mean_squared_error")

    good = made(0.1)
    told = against(good, unpacked(made(1.0)), rows_of(good))
    assert told.verdict == "better" and told.difference and told.difference > 0


def test_rows_that_one_of_the_models_has_learned_from_are_left_out(unpacked: Any) -> None:
    """The approved model is right where it has seen the rows, and wrong elsewhere."""
    good = evaluation_of(GOOD)
    seen = known_rows(table(ROWS).iloc[:40])
    told = against(good, unpacked(evaluation_of(BAD), seen), rows_of(good))
    assert (told.rows, told.left_out, told.why) == (20, 40, "")
    own = known_rows(table(ROWS).iloc[35:50])
    told = against(good, unpacked(evaluation_of(BAD), seen), rows_of(good, own))
    assert (told.rows, told.left_out) == (10, 50)


def test_a_test_file_of_rows_that_are_known_compares_nothing(unpacked: Any) -> None:
    good = evaluation_of(GOOD)
    seen = known_rows(table(ROWS).iloc[: ROWS - 1])
    told = against(good, unpacked(evaluation_of(BAD), seen), rows_of(good))
    assert told.verdict == "not compared"
    assert told.why.startswith("Only 1 test row with a true value is new to both models; 59 others")


@pytest.mark.parametrize("whose", ["approved", "own"])
def test_rows_that_lack_a_column_they_would_be_known_by_are_not_compared(
    unpacked: Any, whose: str
) -> None:
    """The model does without the column, as one that has a single value; its rows do not."""
    good = evaluation_of(GOOD)
    seen = known_rows(table(ROWS).assign(source="a", month="May"))
    approved = unpacked(evaluation_of(BAD), seen if whose == "approved" else None)
    told = against(good, approved, rows_of(good, seen if whose == "own" else None))
    assert (told.verdict, told.rows) == ("not compared", 0)
    assert told.why == (
        "Which of these rows one of the models was trained on can't be told, because they lack the "
        "column(s) source, month of its train file."
    )


def test_it_is_said_where_nothing_is_known_of_the_rows(unpacked: Any) -> None:
    good = evaluation_of(GOOD)
    told = against(good, unpacked(evaluation_of(BAD)), rows_of(good))
    assert told.verdict == "better"
    assert told.why.startswith("Whether the approved model was trained on some of these rows is")


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (KnownFailure("The rows lack the column(s) x."), "The rows lack the column(s) x."),
        (
            OtherVersions("AutoGluon 1.5.0", "AutoGluon 1.6.3"),
            "AutoGluon 1.5.0 made it, this run uses AutoGluon 1.6.3, and a model can only be used",
        ),
        (MemoryError("no"), "It can't predict these rows: MemoryError: no"),
    ],
)
def test_whatever_goes_wrong_is_said_and_fails_nothing(
    unpacked: Any, failure: Exception, why: str
) -> None:
    good = evaluation_of(GOOD)
    told = against(good, unpacked(failure), rows_of(good))
    assert told.verdict == "not compared" and told.why.startswith(why)


def test_an_approved_model_that_takes_too_long_is_not_compared(unpacked: Any) -> None:
    good = evaluation_of(GOOD)
    told = against(good, unpacked(good), rows_of(good, seconds_left=-1.0))
    assert told.why.startswith("It could not predict all test rows in the time")


def test_without_true_values_nothing_is_compared_nor_loaded(unpacked: Any) -> None:
    blind = of_classes(TRUTH, [None] * ROWS, probability_of_yes(*GOOD))
    told = against(blind, unpacked(AssertionError("loaded")), rows_of(blind))
    assert told.why == "The test file has no true values."
    one_class = of_classes(TRUTH, ["no"] * ROWS, probability_of_yes(*GOOD))
    told = against(one_class, unpacked(AssertionError("loaded")), rows_of(one_class))
    assert "have the same class, “no”" in told.why


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"run": RUN, "version": 3}, "It has no digest to recognise it by."),
        ({"run": RUN, "version": 3, "why": "It is gone."}, "It is gone."),
    ],
)
def test_a_model_that_could_not_be_frozen_is_named_and_not_loaded(
    tmp_path: Path, unpacked: Any, kept: dict[str, Any], why: str
) -> None:
    (tmp_path / "champion.json").write_text(json.dumps(kept))
    unpacked(AssertionError("loaded"))
    approved, good = approved_in(tmp_path), evaluation_of(GOOD)
    assert approved
    told = against(good, approved, rows_of(good))
    assert told == AgainstApproved(RUN, 3, "not compared", why)
    words = comparison_in_words(with_told(good, told))
    assert words == f"It was not compared with the approved model of run {RUN}. {why}"


def test_a_workflow_that_does_not_compare_yet_has_no_approved_model(tmp_path: Path) -> None:
    assert approved_in(tmp_path / "champion") is None
    for nothing in ("{}", "[1]", "not JSON", '{"version": []}'):
        (tmp_path / "champion.json").write_text(nothing)
        assert approved_in(tmp_path) is None


@pytest.mark.parametrize(
    ("made", "metric"),
    [
        (two_classes, "accuracy"),
        (two_classes, "f1"),
        (two_classes, "log_loss"),
        (numbers, "root_mean_squared_error"),
    ],
)
def test_equal_models_rarely_take_over_and_better_ones_mostly_do(made: Made, metric: str) -> None:
    assert takeovers(made, metric, rows=100, noises=(0.8, 0.8), repetitions=200) <= 0.05
    assert takeovers(made, metric, rows=400, noises=(0.2, 1.5), repetitions=25) > 0.5
