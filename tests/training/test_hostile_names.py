"""Names that people give are text: none becomes a format, a formula, markup, a path or a command.

Few trainings, with many names in each; the dataset's names go through with one saved model.
"""

import json
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from lambdas.uploads.dataset import dataset_named
from tests.training.jobs import (
    FEW_TREES,
    Results,
    Trained,
    evaluated,
    plainly,
    run_program,
    trained,
    write_check,
)

LONGEST = "가" * 66  # 198 of 200 bytes
NAMES = [
    *("{}", "{0}", "{x.__class__}", "{name!r:>99}", "{{}}", "%s", "%(a)s", "%d%%", "$x$"),
    *(r"$\frac{1}{0}$", r"\N{BULLET}", r"\1", "<script>alert(1)</script>", "</style>", "&amp;"),
    *("<!-- cost -->", "{% raw %}", "{{ 7 * 7 }}", "a'b", 'a"b', "`id`", "$(id)", "a;b", "a|b"),
    *("-rf", "--help", "*", "[a]", "..", ".", "a..", " a ", "עברית", "CON", "=1+1", "+1", "@a"),
    *("#", "?", "a+b", "%2F", "~", "_a", "__index__", "/etc/passwd", "a\\b", "^(a+)+$"),
    *(unicodedata.normalize("NFD", "한글"), LONGEST),
]
# Those that a dataset may have, two kinds in one where that is as good.
DATASETS = [
    *("{}", "{0.__class__} %(a)s $x$", "<b onload=x>&amp;'\"", "-rf $(id) `id`; a|b"),
    *(" *[a]?#~%2F ", f"=עברית{unicodedata.normalize('NFD', '한글')}", LONGEST),
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
        ("self", ["$x$", "=1+1", "%(a)s"]),
    ],
)
def test_hostile_columns_values_classes_and_targets_go_through_whole(
    tmp_path: Path, target: str, classes: list[str]
) -> None:
    table = table_of_hostile_names(target, classes)
    model = trained(tmp_path / "job", table, table, target=target, program=FEW_TREES)
    results = evaluated(tmp_path / "evaluation", model, table, "{}")
    assert results.metrics["rows_scored"] == len(table)
    assert sorted(results.metrics["classes"]) == sorted(classes)
    assert_is_harmless(results.text("report.html"))
    for path in results.folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert not any(line.startswith(("=", "+", "@")) for line in lines)


@pytest.mark.parametrize("names", [DATASETS[1:3], pytest.param(DATASETS, marks=pytest.mark.long)])
def test_hostile_datasets_have_all_their_files_under_their_own_names(
    tmp_path: Path, binary: Trained, names: list[str]
) -> None:
    for part in ("model", "test", "results", "output"):
        (tmp_path / part).mkdir()
    (tmp_path / "model" / "model.tar.gz").write_bytes(binary.archive.read_bytes())
    few = pd.concat([rows.head(4) for _, rows in binary.test.groupby("label")])
    few.to_csv(tmp_path / "test" / "test.csv", index=False)
    write_check(tmp_path / "check", plainly(binary.train), plainly(few))
    for number, name in enumerate(names):
        out = tmp_path / "results" / str(number)
        out.mkdir()
        environment = {
            "CODEFREE_NAME": name,
            "CODEFREE_INPUT": str(tmp_path),
            "CODEFREE_OUTPUT": str(out),
            "CODEFREE_MODEL_SHA256": binary.sha256,
            "SM_OUTPUT_DIR": str(tmp_path / "output"),
        }
        done = run_program("training.evaluate", environment)
        assert done.returncode == 0, done.stderr
        assert dataset_named(name)
        results = Results(out, name)
        written = {path.name for path in results.folder.iterdir()}
        assert {other for other in written if not other.startswith(f"{name}_")} == {"metrics.json"}
        assert len(written) > 7
        assert results.metrics["name"] == name
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
