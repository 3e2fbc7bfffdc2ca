"""Other people's text in the terminal: what it hides is seen, and what it says does nothing."""

import contextlib
import errno
import io
import os
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from lambdas.uploads.lost_pairs import LostPair
from operate.run_view import _validation_score
from operate.runs.progress import Training
from operate.runs.runs import Run
from operate.runs_table import runs_table
from operate.terminal import SafeConsole
from operate.visible_text import shown

HOSTILE = {
    "\x1b[2J\x1b]0;title\x07": r"\x1b[2J\x1b]0;title\x07",
    "\x9b31m": r"\x9b31m",
    "a\rb\x08": r"a\rb\x08",
    "\u202egnp.exe": r"\u202egnp.exe",
    "\u2066a\u2069\u200e\u200f\u061c": r"\u2066a\u2069\u200e\u200f\u061c",
    "a\u200bb\u200cc\u2060\ufeff": r"a\u200bb\u200cc\u2060\ufeff",
    "\udc80": r"\udc80",
    "one\nSUCCEEDED": r"one\nSUCCEEDED",
    "\U000e0041": r"\U000e0041",
    "a\u3164\u115f\u1160\uffa0\u034f": r"a\u3164\u115f\u1160\uffa0\u034f",
}
HARMLESS = [
    "고객 데이터",
    "한글",
    "é ü ñ e\u0301",
    "👨‍👩‍👧 👍🏽 ❤️‍🔥",
    "日本",
    "[bold]x[/bold]",
    ":smile:",
    r"\x1b",
]


def printed(*what: object, **how: object) -> str:
    file = io.StringIO()
    SafeConsole(file=file, width=200, **how).print(*what, soft_wrap=True)
    return file.getvalue()


@pytest.mark.parametrize(("text", "seen"), HOSTILE.items())
def test_what_is_hidden_in_a_name_is_seen(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert printed(text) == f"{text}\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_way_to_print_lets_it_through(text: str) -> None:
    table = Table("name", "other")
    table.add_row(text, Text(text))
    table.add_row(Text.assemble(text, (text, "bold")), "x", style="bold")
    for what in (text, Text(text), table, Group(Text(text), text)):
        for how in ({}, {"force_terminal": True, "color_system": None}):
            assert not hidden(printed(what, **how))


def test_columns_stay_straight_with_a_hostile_name() -> None:
    table = Table("name")
    table.add_row("\x1b[31m\u202ered")
    table.add_row("plain")
    assert len({len(line) for line in printed(table).splitlines()}) == 1


def test_a_live_table_is_still_redrawn() -> None:
    file = io.StringIO()
    console = SafeConsole(file=file, force_terminal=True, width=80)
    with Live(Text("a\x1b[5mb"), console=console, auto_refresh=False) as live:
        live.update(Text("c\u202ed"), refresh=True)
    assert "\x1b[?25l" in file.getvalue() and "\x1b[5m" not in file.getvalue()
    assert r"c\u202ed" in file.getvalue()


@given(st.text(st.characters(codec=None)))
def test_nothing_hidden_is_left_of_any_text(text: str) -> None:
    seen = shown(text)
    assert not hidden(seen.replace("\u200d", "")) and "\n" not in seen
    assert not hidden(printed(text).replace("\u200d", ""))


def hidden(text: str) -> list[str]:
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [c for c in text if c != "\n" and unicodedata.category(c) in kinds]


def test_the_table_of_runs_shows_a_hostile_name_and_a_command_that_can_be_typed() -> None:
    name = "a\x1b]0;owned\x07\u202ecsv\nx  SUCCEEDED"
    run = Run(
        execution="arn:aws:states:us-east-1:1:execution:codefree:abc_def",
        dataset=name,
        name="20261124-1",
        status="FAILED",
        state="Train",
        finished=(),
        started=datetime.now(UTC),
        took=timedelta(seconds=1),
        redrives=0,
        error="JobFailed",
        why=f"the column {name} [red]is[/red] wrong",
        not_redrivable=None,
    )
    lost = LostPair(name, datetime.now(UTC), "mark")
    seen = printed(runs_table([run], [lost], ""))
    assert not hidden(seen)
    assert r"\x1b]0;owned\x07\u202ecsv" in seen and "[red]is[/red]" in seen
    assert "codefree rerun abc_def" in seen
    assert run.is_called("abc_def")


class Failing(io.StringIO):
    """A stream that takes nothing, and says so as a terminal that was hung up does."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error, self.asked = error, 0

    def write(self, text: str) -> int:
        self.asked += 1
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        UnicodeEncodeError("ascii", "시험", 0, 1, "ordinal not in range(128)"),
    ],
)
def test_output_that_fails_is_given_up(error: Exception) -> None:
    file = Failing(error)
    console = SafeConsole(file=file)
    for what in ("first", "second", Table("third")):
        console.print(what)
    assert console.is_gone and file.asked == 1


def test_a_terminal_that_was_closed_is_given_up() -> None:
    master, slave = os.openpty()
    terminal = os.fdopen(slave, "w")
    console = SafeConsole(file=terminal)
    console.print("before")
    os.close(master)
    console.print("after")
    assert console.is_gone
    with contextlib.suppress(OSError):
        terminal.close()


def said_by(words: str, **more: Any) -> subprocess.Popen[bytes]:
    program = f"from operate.terminal import fail, told; {words}"
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def test_who_reads_no_further_ends_nothing_and_sees_no_traceback() -> None:
    with said_by("told('a'); input(); told('b'); told('c')", stdin=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        assert process.stdout.readline() == b"a\n"
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_the_encoding_lacks_is_printed_as_its_number(encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    with said_by("told('시험 ✓'); fail('시험')", env=environment) as process:
        stdout, stderr = process.communicate()
    assert stdout == rb"\uc2dc\ud5d8 \u2713" + b"\n"
    assert stderr.startswith(rb"\uc2dc\ud5d8")


def test_an_error_is_shown_as_people_know_it_while_it_trains() -> None:
    training = Training()
    training.read("Fitting model: LightGBM ...")
    training.read("\t-54.0022\t = Validation score   (-root_mean_squared_error)")
    told = _validation_score(str(training.metric), training.best_score or 0.0)
    assert told == "validation root mean squared error 54.0022"
    assert _validation_score("roc_auc", 0.99) == "validation roc auc 0.9900"
