"""What benchmarks keep in docs/performance.md."""

from pathlib import Path

import pytest
from rich.table import Table

from benchmarks import performance_page
from benchmarks.performance_page import PAGE, markdown, show, with_section


@pytest.fixture
def table() -> Table:
    made = Table(title="Best of three")
    made.add_column("what")
    made.add_column("seconds", justify="right")
    made.add_row("a|b\\1", "1.25")
    return made


def test_a_table_is_markdown(table: Table) -> None:
    lines = ["| what | seconds |", "| --- | ---: |", "| a\\|b\\1 | 1.25 |"]
    assert markdown(table) == "\n".join(["Best of three:", "", *lines])


def test_only_the_own_section_changes(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    other = "<!-- other -->\n\n| kept |\n\n<!-- end of other -->\n"
    page.write_text(f"# Page\n\n{other}\n<!-- one -->\n<!-- end of one -->\n\nAnd so on.\n")
    monkeypatch.setattr(performance_page, "PAGE", page)
    for _ in range(2):
        show("one", table)
        text = page.read_text()
        assert text.count(markdown(table)) == 1 and "processors" in text
        assert other in text and text.endswith("\n\nAnd so on.\n")
    show("unknown", table)
    assert page.read_text() == text


def test_every_section_of_the_page_is_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    begun = [line[5:-4] for line in text.splitlines() if line.startswith("<!-- ")]
    sections = [name for name in begun if not name.startswith("end of ")]
    assert begun == [name for one in sections for name in (one, f"end of {one}")]
    for one in sections:
        assert "measured" in with_section(text, one, "measured")
