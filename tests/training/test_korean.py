"""What the jobs write for people is in the language of the run, and no word of it in another."""

import json
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font
from playwright.sync_api import Browser

from lambdas.language import spoken_in as checked_in
from lambdas.wish import Language
from tests.browsing import assert_open_to_everybody, lowest_contrast
from tests.lambdas.check.reading import checked
from tests.training.hand_made import of_classes, of_numbers, page_of, probability_of_yes
from tests.training.jobs import FEW_TREES, Results, Trained, evaluate, train, trained
from training.evaluate import evaluate as evaluate_here
from training.evaluation import importance
from training.evaluation.evaluation import Evaluation
from training.fitting.metric_choice import metric_choice
from training.fitting.model_choice import why_best
from training.fitting.positive_class import positive_class
from training.fitting.threshold_choice import threshold_choice
from training.job.failure import _LONGEST_BYTES
from training.job.language import (
    spoken,
    spoken_as,
    spoken_in,
    spoken_language,
    to_speak,
    translated,
)
from training.job.tables import table_from
from training.model.trained_model import Model, model_in
from training.report.embedded_font import _FILLED_IN
from training.report.headline import headline, result_warnings, standing
from training.report.result_texts import fit_summary, model_performance
from workflow.korean_font import korean_font
from workflow.messages import SPEAKING, kept

HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’]+")
# Names, and what is called the same in Korean.
NAMES = {
    *("AutoGluon", "Codefree", "JSON", "Lines", "Python", "SageMaker", "UTF", "Excel", "CSV"),
    *("AUPRC", "AUROC", "MCC", "RMSE", "ROC", "SHA", "GB", "MB", "kB"),
    *("scikit", "learn", "scikit-learn", "catboost", "lightgbm", "pandas", "xgboost", "torch"),
    *("check", "summary", "html", "json", "csv", "test", "prediction", "train"),
}
# Names of scikit-learn and AutoGluon, where they stand for a metric or a preset.
CODE_NAMES = re.compile(
    r"\b[a-z0-9]+_\w+\b|\[\w+\]|(?:[a-z0-9_]+(?:, )?)+(?= 점수를)|[a-z0-9_]+(?= 지표| 점수가)"
    r"|(?<=비교 대상의 )\w+|(?<=지표: )\w+",
    re.ASCII,
)
PACKAGE = next(package for package in SPEAKING if package.name == "training")


@pytest.fixture(params=["binary", "multiclass", "regression"])
def model(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Trained, Model]:
    """A model of each kind, whose importance is measured in no time."""
    monkeypatch.setattr(importance, "_MOST_SECONDS", 0.05)
    made: Trained = request.getfixturevalue(request.param)
    return made, model_in(made.archive, tmp_path / "unpacked", made.sha256)


@pytest.fixture(scope="module")
def korean_report(binary: Trained, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report on the model of two classes."""
    folder = tmp_path_factory.mktemp("korean")
    model = model_in(binary.archive, folder / "unpacked", binary.sha256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importance, "_MOST_SECONDS", 0.05)
        return report(binary, model, binary.test, folder / "ko", "ko").text("report.html")


def report(
    made: Trained, model: Model, test: pd.DataFrame, out: Path, language: Language
) -> Results:
    """The evaluation in this process, of a model that was trained in the language."""
    written = made.write(made.train), made.write(test)
    out.mkdir()
    with checked_in(language), spoken_in(language):
        check = checked(*written).as_json()
        said = Model(model.predictor, why(made, model), model.leaderboard, model.baselines)
        rows = table_from(BytesIO(written[1]), check, "test")
        evaluate_here("a", said, lambda: iter([rows]), check, out)
    return Results(out, "a")


def why(made: Trained, model: Model) -> dict[str, Any]:
    """The record of the training with its reasons in the language that is spoken."""
    record, predictor = model.record, model.predictor
    threshold = threshold_choice(predictor, record["validation_rows"])
    positive = None
    if predictor.problem_type == "binary":
        positive = positive_class(made.train["label"].value_counts().to_dict(), None).why
    return record | {
        "eval_metric_why": metric_choice(record["eval_metric_asked"], predictor.problem_type).why,
        "best_model_why": why_best(predictor),
        "positive_class_why": positive,
        "decision_threshold_why": threshold.why if threshold else None,
    }


def seen(page: str) -> str:
    """What people see or hear of the page: its text and its labels, without code."""
    labels = re.findall(r'aria-label="([^"]*)"', page)
    page = re.sub(r"<(style|pre|code|title)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    return unescape("\n".join([re.sub("<[^>]*>", "\n", page), *labels]))


def without(text: str, data: set[str]) -> str:
    """The text without what comes from the data, the longest first."""
    for value in sorted(data, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(value)}(?![A-Za-z0-9_])", " ", text)
    return text


def english_in(text: str, data: set[str]) -> set[str]:
    """The words of the text that are no names."""
    return {*LATIN.findall(CODE_NAMES.sub(" ", without(text, data)))} - NAMES


def data_of(made: Trained, model: Model) -> set[str]:
    names = {*made.train.columns, *model.leaderboard["model"]}
    failed = {failure["model"] for failure in model.record["model_failures"]}
    classes = {str(label) for label in made.train["label"].unique() if isinstance(label, str)}
    return names | failed | classes


@pytest.mark.parametrize("has_labels", [True, False])
def test_a_korean_report_has_no_english_and_an_english_one_no_korean(
    model: tuple[Trained, Model], has_labels: bool, tmp_path: Path
) -> None:
    made, loaded = model
    test = made.test if has_labels else made.test.drop(columns="label")
    data = data_of(made, loaded)
    korean = report(made, loaded, test, tmp_path / "ko", "ko")
    page = korean.text("report.html")
    assert '<html lang="ko">' in page
    assert english_in(seen(page), data) == set()
    for text in (korean.text("fit_summary.txt"), korean.text("model_performance.txt")):
        assert HANGUL.search(text) and english_in(text, data) == set()
    metrics = korean.metrics
    sentences = [metrics["headline"], *metrics["notes"], metrics["positive_class_why"] or "예"]
    assert all(HANGUL.search(text) and not english_in(text, data) for text in sentences)
    assert set(metrics["baselines"]) <= {
        *("always the most frequent class", "always the mean of the train file"),
        *("a linear model", "a small tree"),
    }

    english = report(made, loaded, test, tmp_path / "en", "en")
    assert '<html lang="en">' in english.text("report.html")
    for suffix in ("report.html", "fit_summary.txt", "model_performance.txt"):
        assert not HANGUL.search(without(seen(english.text(suffix)), data))
    assert english.metrics.keys() == metrics.keys()
    assert english.predictions.columns.tolist() == korean.predictions.columns.tolist()


def cases() -> Iterator[Evaluation]:
    """Evaluations that show little, or that need a warning."""
    half = ["no", "yes"] * 50
    yield of_classes(half, ["yes"] * 120, probability_of_yes(*[0.9, 0.2, 0.8, 0.3] * 30), "f1")
    yield of_classes(half, ["no", "yes", "maybe"] * 20, probability_of_yes(*[0.3] * 60))
    yield of_classes(half, ["<=50K."] * 30, probability_of_yes(*[0.2] * 30), "f1")
    yield of_classes(half, ["no", "yes"] * 2, probability_of_yes(*[0.1, 0.9] * 2), "roc_auc")
    yield of_classes(half, ["yes"], probability_of_yes(0.3), "roc_auc")
    yield of_classes(half, ["no", "yes"] * 60, probability_of_yes(*[0.01, 0.99] * 60))
    yield of_classes(half, ["no", "yes"] * 60, probability_of_yes(*[0.99, 0.01] * 60), "log_loss")
    yield of_classes(["no"] * 90 + ["yes"] * 10, half, probability_of_yes(*[0.1] * 100))
    yield of_numbers([*range(100)], [5.0] * 20, [6.0] * 20, "root_mean_squared_error")
    yield of_numbers([*range(100)], [0.0, 9.0] * 20, [9.0, 0.0] * 20, "mean_absolute_error")
    yield of_numbers([*range(100)], [*range(100)], [*range(100)], "r2")


def test_every_warning_and_every_verdict_is_told_in_korean() -> None:
    told = []
    data = {"no", "yes", "maybe", "<=50K."}
    with spoken_in("ko"):
        for found in cases():
            sentences = [headline(found), standing(found) or "", *found.notes]
            sentences += result_warnings(found)
            text = model_performance(found.metrics()) + fit_summary(found.model, found.board)
            page = seen(page_of(found))
            assert english_in("\n".join([*sentences, text, page]), data) == set()
            told += sentences
    assert len({*told}) > 20


def test_a_run_speaks_its_language_in_both_jobs(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["정상", "불량"] * 60, "크기": range(120), "같음": 1})
    made = trained(tmp_path / "job", table, table, language="ko", program=FEW_TREES)
    record = json.loads((tmp_path / "job" / "model" / "training.json").read_text(encoding="utf-8"))
    reasons = [text for name, text in record.items() if name.endswith("_why") and text]
    assert len(reasons) == 4
    assert all(HANGUL.search(text) and not english_in(text, set()) for text in reasons)
    assert record["positive_class_why"].startswith("다른 클래스가 정상을 뜻하므로")

    done, results = evaluate(tmp_path / "evaluation", made, table, "데이터", "ko")
    assert done.returncode == 0, done.stderr
    page = results.text("report.html")
    board = set(pd.read_csv(results.folder / "데이터_leaderboard.csv")["model"])
    failed = {failure["model"] for failure in record["model_failures"]}
    assert english_in(seen(page), board | failed | {"label"}) == set()
    assert results.metrics["headline"] in unescape(page)


def test_a_failure_is_told_in_korean_and_whole(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["a"] * 40, "x": range(40)})
    assert train(tmp_path / "job", table, language="ko").returncode == 1
    reason = (tmp_path / "job" / "output" / "failure").read_text(encoding="utf-8")
    assert reason == "학습 파일의 'label' 열에 서로 다른 값이 두 개도 없어 학습할 것이 없습니다."


def test_every_korean_failure_fits_into_what_sagemaker_keeps() -> None:
    for message in kept(PACKAGE.path("ko")):
        assert len(str(message.string).encode()) < _LONGEST_BYTES or "<" in str(message.string)


def test_the_page_s_font_has_the_letters_of_what_the_lambdas_fill_in() -> None:
    lambdas = next(package for package in SPEAKING if package.name == "lambdas")
    filled = re.compile(
        r"lambdas/(language|recover|publish|pages/filled_\w+|models/approval|jobs/\w+|instances/\w+|runs/spending)"
        r"\.py"
    )
    letters = {
        letter
        for message in kept(lambdas.path("ko"))
        if message.id and any(filled.fullmatch(file) for file, _ in message.locations)
        for letter in HANGUL.findall(str(message.string))
    }
    assert len(letters) > 100
    missing = "".join(sorted(letters - {*_FILLED_IN}))
    assert not missing, f"add {missing} to training/report/embedded_font.py"


def test_the_pictures_font_has_every_letter_of_the_korean_texts() -> None:
    korean = set(TTFont(BytesIO(korean_font())).getBestCmap())
    latin = set(FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
    used = {ord(c) for message in kept(PACKAGE.path("ko")) for c in str(message.string)}
    assert not [chr(code) for code in used - korean - latin if not chr(code).isspace()]


def test_everybody_can_read_the_korean_report(korean_report: str, browser: Browser) -> None:
    assert_open_to_everybody(browser, korean_report)
    assert lowest_contrast(browser, korean_report, ".matrix td") >= 4.5


def test_no_korean_word_is_drawn_as_boxes(korean_report: str, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.set_content(korean_report)
    tab = page.context.new_cdp_session(page)
    for enabled in ("DOM", "CSS"):
        tab.send(f"{enabled}.enable")
    root = tab.send("DOM.getDocument")["root"]["nodeId"]
    words = tab.send("DOM.querySelectorAll", {"nodeId": root, "selector": "a, h2, th, .tag, .name"})
    for node in words["nodeIds"]:
        fonts = tab.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        html = tab.send("DOM.getOuterHTML", {"nodeId": node})["outerHTML"]
        if fonts and HANGUL.search(re.sub("<[^>]*>", "", html)):  # what is folded away has none
            names = [font["familyName"] for font in fonts if not font["isCustomFont"]]
            is_korean = any(re.search("CJK|KR|Nanum|Malgun|Gothic", name) for name in names)
            assert len(names) < len(fonts) or is_korean, (html, fonts)
    page.context.close()


def test_a_language_is_spoken_within_its_block_alone() -> None:
    assert (spoken_language(), spoken("this model")) == ("en", "this model")
    with spoken_in("ko"):
        assert (spoken_language(), spoken("this model")) == ("ko", "이 모델")
        assert spoken_as("", to_speak("this model")) == "이 모델"
    assert spoken("{rows:,} {rows:row|rows}", rows=1) == "1 row"


def test_a_fact_is_neither_filled_nor_looked_up() -> None:
    wild = "{rows} {0.__class__} {{ %s {} this model"
    with spoken_in("ko"):
        assert spoken("always “{name}”", name=wild) == f"항상 “{wild}”"
        assert spoken("always “{name}”", name="this model") == "항상 “this model”"
        assert translated("") == ""


def test_a_language_without_messages_is_missed_at_once() -> None:
    nowhere = cast(Language, "xx")
    missing = pytest.raises(FileNotFoundError, match=r"xx\.mo is missing.*make setup")
    with missing, spoken_in(nowhere):
        pytest.fail("English would be spoken instead")
