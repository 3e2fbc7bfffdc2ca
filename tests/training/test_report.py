"""The report: complete for every kind of target, safe whatever names are in the data."""

import re
import subprocess
import sys
import tarfile
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from tests.browsing import assert_open_to_everybody, lowest_contrast
from tests.training.jobs import FEW_TREES, Results, Trained, evaluated, trained
from tests.training.tables import split
from training.plots.canvas import PAGE, PICTURE, as_svg
from training.plots.fonts import drawable
from workflow.package import training_tar

NASTY = {
    0: "<script>alert(1)</script>",
    1: "=cmd|' /C calc'!A0",
    2: '"><img src=x onerror=alert(2)>',
}


class Page(HTMLParser):
    """What a browser would see of a page: its elements, attributes and identifiers."""

    VOID = ("meta", "link", "img", "br", "hr", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(results: Results) -> Page:
    return Page(results.text("report.html"))


@pytest.mark.parametrize(
    ("kind", "sections"),
    [
        ("binary", ["threshold", "trust", "groups"]),
        ("multiclass", ["trust"]),
        ("regression", ["groups"]),
    ],
)
def test_the_report_is_one_whole_file(
    kind: str, sections: list[str], request: pytest.FixtureRequest
) -> None:
    results: Results = request.getfixturevalue(f"{kind}_results")
    text, page = results.text("report.html"), page_of(results)
    assert not page.open
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {"results", "models", "importance", "examples", "data", "run", "use", *sections} <= {
        *ids
    }
    links = [value for name, value in page.attributes if name in {"href", "src", "xlink:href"}]
    outside = {link for link in links if link and not link.startswith(("#", "data:"))}
    assert outside == {"a_test_prediction.csv"} and None not in links
    assert {link[1:] for link in links if link and link.startswith("#")} <= {*ids}
    assert "script" not in page.tags
    assert not re.search(r'url\((?!"?data:|#)|@import', text)
    figures = text.count("<svg ")
    assert figures >= 3 and text.count('role="img" aria-label=') == figures
    assert text.count("<figure") == text.count("<figcaption>")
    assert "<!-- run --><!-- /run -->" in text
    assert "<!-- cost -->The cost is in summary.json.<!-- /cost -->" in text
    assert len(text.encode()) < 2_000_000
    assert results.metrics["report"] == "a_report.html"


def test_the_first_sentence_counts_rows_and_the_second_compares(binary_results: Results) -> None:
    text, metrics = unescape(binary_results.text("report.html")), binary_results.metrics
    sentence = re.search(r"<h1>(.*?)</h1>", text)
    standing = re.search(r'<p class="standing">(.*?)</p>', text)
    assert sentence and standing
    table = binary_results.predictions
    true, predicted = table["true"] == "악성", table["prediction"] == "악성"
    assert sentence[1].startswith(
        f"Of {true.sum()} “악성”, {(true & predicted).sum()} were found; "
    )
    assert "clearly better than guessing" in standing[1]
    assert f"F1 is {metrics['score']:.3f}" in standing[1]
    guess = metrics["baselines"]["always the most frequent class"]
    assert f"{guess:.3f} for guessing (always “양성”)" in standing[1]
    assert {"a linear model", "a small tree"} < set(metrics["baselines"])
    assert metrics["comparisons"]["always the most frequent class"]["verdict"] == "better"
    assert metrics["interval"]["low"] < metrics["score"] < metrics["interval"]["high"]
    assert "95% confidence interval" in text and "of the cases" not in text
    assert metrics["report"] in {path.name for path in binary_results.folder.iterdir()}


def test_a_number_is_told_in_its_own_unit_first(regression_results: Results) -> None:
    sentence = re.search(r"<h1>(.*?)</h1>", regression_results.text("report.html"))
    table = regression_results.predictions
    half = (table["true"] - table["prediction"]).abs().quantile(interpolation="lower")
    assert sentence and f"are off by at most {half:.2f}, 9 of 10 by at most" in sentence[1]


def test_rows_that_are_in_both_files_are_not_called_new(tmp_path: Path, binary: Trained) -> None:
    test = pd.concat([binary.test, binary.train.head(9)])
    text = evaluated(tmp_path, binary, test).text("report.html")
    assert f"9 of {len(test)} rows are also in a_train.csv" in text.split("</header>")[0]
    assert "was not trained on." not in text.split("</header>")[0]


def test_what_people_want_first_comes_first(multiclass_results: Results) -> None:
    text = multiclass_results.text("report.html")
    order = [text.index(f'id="{name}"') for name in ("importance", "care", "results", "models")]
    assert order == sorted(order)
    assert "of no use here" not in text and "surely useful" not in text
    assert "the darker" not in text


def test_dropped_columns_are_named_and_not_counted(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["a", "b"] * 60, "x": range(120), "same": 1})
    table["name"] = [f"row number {number} of its own" for number in range(120)]
    model = trained(tmp_path / "job", table, table, program=FEW_TREES)
    results = evaluated(tmp_path / "evaluation", model, table)
    text = results.text("report.html")
    assert re.search(r"<dt>Left out</dt><dd>\d useless column\(s\).*: .*same", text)
    importance = pd.read_csv(results.folder / "a_feature_importance.csv")
    assert "same" not in set(importance["feature"])
    assert f" and {len(importance)} columns, preset" in text


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_everybody_can_read_the_report(
    kind: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    results: Results = request.getfixturevalue(f"{kind}_results")
    text = results.text("report.html")
    assert_open_to_everybody(browser, text)
    if kind != "regression":
        assert lowest_contrast(browser, text, ".matrix td") >= 4.5


def test_the_same_input_gives_the_same_report(
    tmp_path: Path, regression: Trained, regression_results: Results
) -> None:
    again = evaluated(tmp_path, regression, regression.test)
    first, second = (
        re.sub(r"predicted in [\d.]+ s", "", results.text("report.html"))
        for results in (regression_results, again)
    )
    assert first == second


def test_names_of_any_kind_do_no_harm(tmp_path: Path) -> None:
    from sklearn import datasets

    train, test = split(datasets.load_wine, NASTY)
    names = [f"<script>alert({i})</script>" if i % 2 else f"=1+{i} $x^2$ _" for i in range(13)]
    renamed = dict(zip(train.columns, names, strict=False))
    train, test = train.rename(columns=renamed), test.rename(columns=renamed)
    test["=1+0 $x^2$ _"] = test["=1+0 $x^2$ _"].astype(object)
    model = trained(tmp_path / "job", train, test, program=FEW_TREES)
    results = evaluated(tmp_path / "evaluation", model, test, "a <b>")
    page = page_of(results)
    assert not {"script", "img", "b"} & set(page.tags)
    assert not page.open
    assert "<script>alert(1)</script>" in page.text
    for suffix in ("test_prediction.csv", "feature_importance.csv", "leaderboard.csv"):
        table = pd.read_csv(results.folder / f"a <b>_{suffix}", dtype=str)
        cells = [*table.columns, *table.select_dtypes("object").stack()]
        assert not [c for c in cells if str(c)[0] in "=+@" or re.match(r"-[^\d.]", str(c))]
    assert set(results.predictions["true"]) == {NASTY[0], "'" + NASTY[1], NASTY[2]}


def test_no_true_values_leave_a_report_of_the_predictions(tmp_path: Path, binary: Trained) -> None:
    results = evaluated(tmp_path, binary, binary.test.drop(columns="label"))
    page = page_of(results)
    assert "how well is not known" in page.text
    assert "there are too few" in page.text  # why there is no importance
    assert not (results.folder / "a_feature_importance.csv").exists()


def test_a_picture_draws_korean_in_a_container_that_has_no_font_for_it(tmp_path: Path) -> None:
    with tarfile.open(fileobj=BytesIO(training_tar())) as archive:
        archive.extractall(tmp_path, filter="data")
    script = f"""
import sys, warnings
sys.path.insert(0, {str(tmp_path)!r})
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "pylopdf_fonts_ko" else find(name)
from training.plots import fonts
assert fonts.__file__.startswith({str(tmp_path)!r})
from training.plots.canvas import PICTURE, save_picture
from pathlib import Path
warnings.simplefilter("error")  # matplotlib warns of every character that it has no glyph for
for name, title in (("korean", "한국어 데이터 양성 악성"), ("rare", "똠방각하 中 🙂")):
    figure, (axes,) = PICTURE.figure(4, 3)
    with PICTURE.style():
        axes.set_title(PICTURE.shown(title, 60))
    save_picture(figure, Path({str(tmp_path)!r}) / (name + ".png"))
print(fonts.drawable("똠 中"))
"""
    command = [sys.executable, "-I", "-X", "utf8", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "ㄸㅗㅁ \\u4e2d"


def test_a_dollar_sign_is_no_formula_and_a_page_keeps_the_text_as_text() -> None:
    for canvas in (PAGE, PICTURE):
        figure, (axes,) = canvas.figure(3, 2)
        with canvas.style():
            axes.plot([0, 1], label=canvas.shown("_under $x_$ <b>&"))
            axes.legend()
        svg = as_svg(figure, "one", 'a "description"')
        assert "_under $x_$ &lt;b&gt;&amp;" in svg
        assert 'aria-label="a &quot;description&quot;"' in svg
        assert "DejaVu" not in svg and "<metadata" not in svg and "var(--ink)" in svg
    assert drawable("plain") == "plain"


def test_two_plots_of_a_page_share_no_identifier() -> None:
    found = []
    for name in ("one", "two"):
        figure, (axes,) = PAGE.figure(3, 2)
        with PAGE.style():
            axes.scatter(np.arange(3), np.arange(3))
        found.append(set(re.findall(r'\bid="([^"]*)"', as_svg(figure, name, name))))
    assert found[0] and not found[0] & found[1]
