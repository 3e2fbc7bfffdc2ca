"""What is said of a model where the test rows can show little, against what can be counted."""

import re
from html import unescape
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from tests.training.hand_made import of_classes, of_numbers, page_of, probability_of_yes
from training.evaluation.evaluation import Evaluation
from training.model.class_names import class_names
from training.model.outcome import Outcome
from training.report.examples import _chosen
from training.report.headline import bars, headline, result_warnings, standing

OF_PROBABILITIES = {"roc_auc", "average_precision", "log_loss", "brier"}


def in_words(found: Evaluation) -> str:
    told = [headline(found), standing(found) or "", *found.notes, *result_warnings(found)]
    return " ".join(told)


def test_a_test_file_with_one_class_gets_no_verdict() -> None:
    given_yes = [0.9, 0.2, 0.8, 0.3] * 30
    found = of_classes(["no", "yes"] * 50, ["yes"] * 120, probability_of_yes(*given_yes), "f1")
    assert headline(found) == (
        "All 120 test rows with a true value have the same class, “yes”, so the test file can't "
        "show how good the model is. The model predicted 60 of 120 rows correctly."
    )
    said = standing(found)
    assert said and "only rows of different classes that the model knows can show" in said
    assert "guessing: " not in in_words(found) and "clearly" not in in_words(found)
    metrics = found.metrics()
    assert metrics["comparisons"] == {} and metrics["baselines"] == {}
    assert metrics["score"] == pytest.approx(2 / 3)
    assert [bar.name for bar in bars(found)] == ["this model"]
    # Half of them are found however they are ordered, and the probabilities can't be judged.
    assert not result_warnings(found)
    assert metrics["metrics"]["roc_auc"] is metrics["metrics"]["average_precision"] is None
    assert any("rows of only one class" in note for note in metrics["notes"])


def test_a_constant_number_gets_no_verdict() -> None:
    truth, predicted = [5.0] * 20, [5.0] * 10 + [6.0] * 5 + [9.0] * 5
    found = of_numbers([*range(100)], truth, predicted, "root_mean_squared_error")
    assert headline(found) == (
        "All 20 test rows with a true value have the same one, 5, so the test file can't show how "
        "good the model is. Half of the predictions of “y” are off by at most 0, 9 of 10 by at "
        "most 4."
    )
    assert "different true values" in (standing(found) or "")
    assert found.metrics()["comparisons"] == {}
    assert "clearly" not in in_words(found)


def test_a_class_that_the_model_does_not_know_is_wrong_and_leaves_no_score_of_probabilities() -> (
    None
):
    truth = ["no", "yes", "maybe", "maybe"] * 10
    found = of_classes(["no", "yes"] * 50, truth, probability_of_yes(*[0.1, 0.9, 0.9, 0.1] * 10))
    scores = found.metrics()["metrics"]
    assert {name for name, score in scores.items() if score is None} == OF_PROBABILITIES
    predicted = ["no", "yes", "yes", "no"] * 10
    assert scores["accuracy"] == sk.accuracy_score(truth, predicted) == 0.5
    assert scores["precision"] == sk.precision_score(
        [true == "yes" for true in truth], [guess == "yes" for guess in predicted]
    )
    # A row of another class is no negative one that was rightly left alone.
    assert scores["specificity"] == sk.recall_score(
        truth, predicted, labels=["no"], average="macro"
    )
    assert found.metrics()["unknown_classes"] == ["maybe"]
    [unseen, undefined] = found.notes
    assert "20 test row(s) have a class that the model does not know (maybe)" in unseen
    assert "count as wrong predictions, and scores made of probabilities are undefined" in unseen
    assert "some rows have a class that the model does not know" in undefined
    assert "only one class" not in undefined


def test_a_test_file_without_any_known_class_gets_no_verdict() -> None:
    found = of_classes(
        ["<=50K", ">50K"] * 50, ["<=50K.", ">50K."] * 30, probability_of_yes(*[0.2, 0.8] * 30), "f1"
    )
    assert headline(found) == (
        "All 60 test rows with a true value have a class that the model does not know, so the test "
        "file can't show how good the model is."
    )
    assert found.metrics()["comparisons"] == {}
    assert not any("only one class" in note for note in found.notes)


def test_the_guess_is_named_by_the_class_that_it_predicts() -> None:
    train = ["no"] * 30 + ["no "] * 10 + ["yes"] * 20 + ["yes "] * 40
    found = of_classes(train, ["yes"] * 30 + ["no"] * 30, np.full((60, 4), 0.25))
    assert "guessing (always “yes␣”)" in (standing(found) or "")
    assert {"always “yes␣”, the most frequent class in the train file"} < {
        bar.name for bar in bars(found)
    }
    tied = of_classes(["no", "yes"] * 30, ["yes", "no"] * 30, np.full((60, 2), 0.5))
    assert any("one of the most frequent classes" in bar.name for bar in bars(tied))
    by_shares = of_classes(
        ["no", "yes"] * 30, ["yes", "no"] * 30, np.full((60, 2), 0.5), "log_loss"
    )
    assert "always the shares of the classes" in (standing(by_shares) or "")


LABELS = ["no", "yes", "yes ", " no", "Yes", "a\u200bb", "ab", "x" * 40 + "1", "x" * 40 + "2", "가"]


@given(
    st.lists(st.sampled_from(LABELS), min_size=2, max_size=4, unique=True),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=25),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_every_sentence_can_be_counted(
    classes: list[str], rows: list[tuple[int, int]], is_alike: bool
) -> None:
    labels = [*classes, "never trained", "nor this"]
    truth = [labels[place % len(labels)] for place, _ in rows]
    places = [0 if is_alike else place % len(classes) for _, place in rows]
    probabilities = np.full((len(rows), len(classes)), 0.1)
    probabilities[range(len(rows)), places] = 0.9
    known = sorted(classes)
    found = of_classes(
        [*classes, *classes] * 10, truth, probabilities / probabilities.sum(1)[:, None]
    )
    predicted = [known[place] for place in places]
    assert_is_true(headline(found), truth, predicted, known)
    if len({*truth} & {*known}) < 2:
        assert not found.comparisons and not found.baselines
        assert found.no_verdict and "clearly" not in in_words(found)
    else:
        assert not found.no_verdict and found.baselines
    unseen = [label for label in truth if label not in known]
    scores = found.scores
    assert scores["accuracy"] == pytest.approx(sk.accuracy_score(truth, predicted))
    assert scores["log_loss"] is None or not unseen
    told = " ".join(found.notes)
    assert ("does not know" in told) == bool(unseen)
    assert f"{len(unseen)} test row(s) have a class" in told or not unseen
    assert "rows of only one class" not in told or len({*truth}) == 1


def assert_is_true(sentence: str, truth: list[str], predicted: list[str], known: list[str]) -> None:
    """The counts in the headline are those of the rows."""
    right = sum(true == guess for true, guess in zip(truth, predicted, strict=True))
    names: dict[str, Any] = dict(zip(class_names(known), known, strict=True))
    if found := re.search(r"All (\d+) test rows .* the same class, “(.*?)”", sentence):
        assert (int(found[1]), {names.get(found[2], found[2])}) == (len(truth), {*truth})
    if found := re.search(r"model predicted (\d+) of (\d+) rows? correctly", sentence):
        assert (int(found[1]), int(found[2])) == (right, len(truth))
    if found := re.search(r"Of (\d+) test rows?, (\d+) (?:was|were) predicted", sentence):
        assert (int(found[1]), int(found[2])) == (len(truth), right)
    if found := re.search(r"Of (\d+) “(.*?)”, (\d+) (?:was|were) found", sentence):
        positive = names[found[2]]
        hits = sum(true == guess == positive for true, guess in zip(truth, predicted, strict=True))
        assert (int(found[1]), int(found[3])) == (truth.count(positive), hits)
    if found := re.search(
        r"most frequent mistake(s?) is “(.*?)” predicted as .*\((\d+) row", sentence
    ):
        wrong = [pair for pair in zip(truth, predicted, strict=True) if pair[0] != pair[1]]
        counts = sorted((wrong.count(pair) for pair in {*wrong}), reverse=True)
        assert counts[0] == int(found[3])
        assert bool(found[1]) == (len(counts) > 1 and counts[1] == counts[0])
    if "so the test file can't show" in sentence:
        assert len({*truth} & {*known}) < 2


@pytest.mark.parametrize("off", [[0.0] * 20, [1.0] * 20, [0.0] * 9 + [5.0], [*np.arange(12.0)]])
def test_half_of_the_predictions_are_off_by_no_more_than_is_said(off: list[float]) -> None:
    truth = [float(number) for number in range(len(off))]
    predicted = [number + more for number, more in zip(truth, off, strict=True)]
    found = of_numbers([*range(50)], truth, predicted, "mean_absolute_error")
    told = re.search(r"off by at most ([\d.]+), 9 of 10 by at most ([\d.]+)\.$", headline(found))
    assert told
    for most, share in zip(told.groups(), (0.5, 0.9), strict=True):
        assert np.mean(np.array(off) <= float(most)) >= share


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        (["no", "yes", "maybe"] * 20, "a class that the model does not know"),
        (["yes"] * 60, "rows of only one class"),
    ],
)
def test_the_page_draws_no_curve_and_judges_no_probability_where_no_score_is(
    truth: list[str], words: str
) -> None:
    found = of_classes(["no", "yes"] * 50, truth, probability_of_yes(*np.linspace(0.1, 0.9, 60)))
    page = unescape(page_of(found))
    assert re.search(r"AU(ROC|PRC) [01]\.\d", page) is None
    assert page.count("undefined: ") == 2 and words in page
    assert "Whether the probabilities are right can't be seen in these test rows" in page
    assert "are off by" not in page
    shown_alone = re.search(r"actual yes.*?actual no", page, re.DOTALL)
    assert shown_alone and (">another class<" in page) == ("maybe" in truth)


def test_an_example_is_certain_of_what_was_predicted_and_not_of_the_other_class() -> None:
    probabilities = probability_of_yes(0.3, 0.9, 0.45, 0.1)
    predicted = np.array([1, 1, 1, 0])  # with a threshold of 0.25
    outcome = Outcome(predicted, np.zeros(4, int), probabilities, ["no", "yes"])
    chosen = {title: list(places) for title, places in _chosen(outcome).items()}
    assert chosen["Certain but wrong"] == [1, 2, 0] and chosen["Least certain"] == [0, 2, 3]


def test_names_of_classes_never_look_the_same() -> None:
    names = class_names(
        ["yes", "yes ", "a  b", "a b", "x" * 70 + "1", "x" * 70 + "2", 1.0, "é", "é"]
    )
    assert names[:4] == ["yes", "yes␣", "a␣␣b", "a b"]
    assert names[6] == "1" and names[7] != names[8]
    assert len(set(names)) == len(names) and max(map(len, names)) <= 34
