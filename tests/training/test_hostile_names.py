"""Names that people give are text: none becomes a format, a formula, markup, a path or a command.

Few trainings, with many names in each; the dataset's names go through with one saved model.
"""

import json
import os
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from lambdas.dataset import dataset_named
from tests.training.conftest import Results, Trained, evaluate, evaluated, trained

LONGEST = "가" * 66  # 198 of 200 bytes
NAMES = [
    *("{}", "{0}", "{x.__class__}", "{name!r:>99}", "{{}}", "%s", "%(a)s", "%d%%", "$x$"),
    *(r"$\frac{1}{0}$", r"\N{BULLET}", r"\1", "<script>alert(1)</script>", "</style>", "&amp;"),
    *("<!-- cost -->", "{% raw %}", "{{ 7 * 7 }}", "a'b", 'a"b', "`id`", "$(id)", "a;b", "a|b"),
    *("-rf", "--help", "*", "[a]", "..", ".", "a..", " a ", "עברית", "CON", "=1+1", "+1", "@a"),
    *("#", "?", "a+b", "%2F", "~", "_a", "__index__", "/etc/passwd", "a\\b", "^(a+)+$"),
    *(unicodedata.normalize("NFD", "한글"), LONGEST),
]
DATASETS = [
    name for name in NAMES if "/" not in name and "\\" not in name and name not in {".", ".."}
]


def table_of_hostile_names(target: str, classes: list[str], rows: int = 60) -> pd.DataFrame:
    """Every name is a column; values and classes are such names, too."""
    features = {
        name: [number * (place + 1) % 7 if place % 2 else NAMES[(number + place) % len(NAMES)]
               for number in range(rows)]
        for place, name in enumerate(NAMES)
    }  # fmt: skip
    return pd.DataFrame(
        features | {target: [classes[number % len(classes)] for number in range(rows)]}
    ).rename(columns=lambda name: " ".join(name.split()))


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        ("{label.__class__}", ["{}", "<script>alert(1)</script>"]),
        (r"$\frac{1}{0}$ %s", ["$x$", "=1+1", "%(a)s"]),
    ],
)
def test_hostile_columns_values_classes_and_targets_go_through_whole(
    tmp_path: Path, target: str, classes: list[str]
) -> None:
    table = table_of_hostile_names(target, classes)
    model = trained(tmp_path / "job", table, table, target=target, time_limit="4")
    results = evaluated(tmp_path / "evaluation", model, table, "{}")
    assert results.metrics["rows_scored"] == len(table)
    assert sorted(results.metrics["classes"]) == sorted(classes)
    assert_is_harmless(results.text("report.html"))
    for path in results.folder.glob("*.csv"):
        assert not any(line.startswith(("=", "+", "@")) for line in path.read_text().splitlines())


@pytest.fixture(scope="module")
def evaluation_by_name(binary: Trained, tmp_path_factory: pytest.TempPathFactory) -> list[Results]:
    """The same few rows evaluated under every name."""
    found = []
    for number, name in enumerate(DATASETS):
        folder = tmp_path_factory.mktemp("named") / str(number)
        done, results = evaluate(folder, binary, binary.test.head(12), name)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        found.append(results)
    return found


def test_hostile_datasets_have_all_their_files_under_their_own_names(
    evaluation_by_name: list[Results],
) -> None:
    for results in evaluation_by_name:
        assert dataset_named(results.name)
        written = set(os.listdir(results.folder))
        assert {name for name in written if not name.startswith(f"{results.name}_")} == {
            "metrics.json"
        }
        assert f"{results.name}_report.html" in written
        assert results.metrics["name"] == results.name
        assert_is_harmless(results.text("report.html"))


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


def assert_is_harmless(page: str) -> None:
    markup = _Markup()
    markup.feed(page)
    assert "script" not in markup.tags and "iframe" not in markup.tags
    assert page.count("<!-- cost -->") == 1
    assert json.dumps("49") not in page
