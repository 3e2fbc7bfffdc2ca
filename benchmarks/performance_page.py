"""docs/performance.md: what each benchmark has measured last, and on which machine.

The page's own words stay; between a section's two marks stands what was measured.
"""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def show(section: str, *tables: Table, width: int = 110) -> None:
    """Prints the tables, and keeps them in the page if it has such a section."""
    console = Console(width=width)
    for table in tables:
        console.print(table)
    if f"<!-- {section} -->" in (text := PAGE.read_text(encoding="utf-8")):
        kept = "\n\n".join([*map(markdown, tables), _machine()])
        PAGE.write_text(with_section(text, section, kept), encoding="utf-8")


def with_section(page: str, section: str, kept: str) -> str:
    """The page with ``kept`` between the marks of the section."""
    begin, end = f"<!-- {section} -->\n", f"<!-- end of {section} -->"
    marks = re.escape(begin) + ".*?" + re.escape(end)
    return re.sub(marks, lambda _: f"{begin}\n{kept}\n\n{end}", page, count=1, flags=re.DOTALL)


def markdown(table: Table) -> str:
    """The table with its title, as the page has it."""
    headers = [str(column.header) for column in table.columns]
    rules = ["---:" if column.justify == "right" else "---" for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    lines = [_line(headers), _line(rules), *(_line([str(cell) for cell in row]) for row in rows)]
    return "\n".join([f"{table.title}:", "", *lines] if table.title else lines)


def _line(cells: list[str]) -> str:
    escaped = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 1024**3
    others = os.getloadavg()[2]
    return (
        f"<sub>{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors ({_processor()}), "
        f"{memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}; load of the "
        f"last quarter of an hour {others:.1f}.</sub>"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    told = facts.read_text(encoding="utf-8") if facts.exists() else ""
    found = re.search(r"model name\s*:\s*(.+)", told)
    return found[1] if found else platform.machine()
