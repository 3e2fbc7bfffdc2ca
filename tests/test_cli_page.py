"""The commands are documented by their own help, which says something of everything."""

from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from codefree.cli import app
from codefree.cli_page import page
from workflow.version import VERSION

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"


def commands() -> dict[str, Any]:
    whole: Any = typer.main.get_command(app)
    return dict(whole.commands)


def test_the_page_is_what_the_commands_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "Write it anew: .venv/bin/python -m codefree.cli_page docs/cli.md"


def test_the_page_has_every_command_and_every_option() -> None:
    whole = page()
    for name, command in commands().items():
        section = whole.split(f"## codefree {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            assert parameter.help, f"{name} {parameter.name}"
            assert (parameter.metavar or parameter.opts[0]) in section


def test_the_command_says_which_version_it_is() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"codefree {VERSION}\n")
