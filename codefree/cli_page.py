"""docs/cli.md: what each command says of itself when it is asked with ``--help``.

``python -m codefree.cli_page docs/cli.md`` writes the page.
"""

import sys
from pathlib import Path

from rich.text import Text
from typer.testing import CliRunner

from codefree.cli import COMMANDS, app

_INTRODUCTION = """# The command line

What `codefree --help` and `codefree COMMAND --help` print.
"""
_COLUMNS = "80"


def page() -> str:
    """The page as Markdown, the same whatever the terminal is."""
    sections = [_section(), *map(_section, COMMANDS)]
    return "\n".join([_INTRODUCTION, *sections])


def _section(*words: str) -> str:
    asked = [*words, "--help"]
    done = CliRunner().invoke(app, asked, prog_name="codefree", env={"COLUMNS": _COLUMNS})
    # Some build machines have typer print in colour, although nothing here is a terminal.
    lines = Text.from_ansi(done.output).plain.splitlines()
    said = "\n".join(line.rstrip() for line in lines).strip("\n")
    return f"## {' '.join(['codefree', *words])}\n\n```\n{said}\n```\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
