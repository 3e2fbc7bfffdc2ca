"""How runs look in the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from shlex import quote

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from lambdas.errors import PairRejected
from lambdas.uploads.lost_pairs import LostPair
from operate.indented import Indented
from operate.runs import Run
from operate.visible_text import shown

_STYLES = {
    "SUCCEEDED": "green",
    "RUNNING": "cyan",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "ABORTED": "yellow",
}
_LONGEST_REASON = 300
# Where the terminal is narrow, the last ones are left out, but never the first three.
_HEADINGS = ("dataset", "state", "status", "started", "took", "run")
_ALWAYS = 3
_ROOM_FOR_A_NAME = 16
_BETWEEN = 2
_INDENT = 4


@dataclass(frozen=True)
class _Row:
    """A run or a pair in one line, and below it why it is so and what to do, maybe a command."""

    cells: tuple[str, ...]
    style: str
    why: Text
    how: str = ""


@dataclass(frozen=True)
class RunsTable:
    """One line a run, or a pair without one, as wide as the terminal; below it the reason.

    To be printed with ``soft_wrap``, so that a long command stays in one piece.
    """

    rows: list[_Row]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        widths = _widths([_HEADINGS, *(row.cells for row in self.rows)], options.max_width)
        yield _line(_HEADINGS, widths, "", "bold")
        for row in self.rows:
            yield _line(row.cells, widths, row.style, "")
            if row.why:
                yield Indented(row.why, _INDENT)
            if row.how:
                yield Indented(Text(row.how, "bold"), _INDENT, is_command=True)


def runs_table(runs: list[Run], lost: list[LostPair], options: str) -> RunsTable:
    """A failed run says why and how to rerun it, with the command's ``options``.

    Above the runs stand the ``lost`` pairs, which have none.
    """
    return RunsTable(
        [_row_of_pair(pair, options) for pair in lost] + [_row_of_run(run, options) for run in runs]
    )


def _row_of_pair(pair: LostPair, options: str) -> _Row:
    cells = (shown(pair.dataset), "", "not handled", "", "", "")
    why = f"Complete since {_when(pair.complete_since)}, but its event was lost."
    return _Row(cells, "red", Text(why), f"codefree status --fix{options}")


def _row_of_run(run: Run, options: str) -> _Row:
    cells = (shown(run.dataset), run.state, run.status, _when(run.started), _duration(run.took))
    why = Text(shown(_cut(run.why)))
    if run.redrives and not run.why:
        why = Text("rerun once" if run.redrives == 1 else f"rerun {run.redrives} times", "dim")
    return _Row((*cells, run.name), _STYLES.get(run.status, ""), why, _how(run, options))


def _widths(rows: list[tuple[str, ...]], room: int) -> list[int]:
    """How wide each column is that has a place; the name gets what the others leave."""
    longest = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    name, others = longest[0], longest[1:]
    while True:
        left = room - sum(width + _BETWEEN for width in others)
        if left >= min(name, _ROOM_FOR_A_NAME) or len(others) < _ALWAYS:
            return [max(min(name, left), 1), *others]
        others.pop()


def _line(cells: tuple[str, ...], widths: list[int], style: str, whole: str) -> Table:
    line = Table.grid(padding=(0, _BETWEEN, 0, 0))
    for heading, width in zip(_HEADINGS, widths, strict=False):
        line.add_column(
            width=width, overflow="fold", justify="right" if heading == "took" else "left"
        )
    status = _HEADINGS.index("status")
    texts = [Text(cell, style if at == status else "") for at, cell in enumerate(cells)]
    line.add_row(*texts[: len(widths)], style=whole)
    return line


def _how(run: Run, options: str) -> str:
    if run.error == PairRejected.__name__:
        return "upload the corrected file"
    if run.can_be_rerun and run.why:
        return f"codefree rerun {quote(run.typed_name)}{options}"
    return ""


def _cut(reason: str) -> str:
    """The reason's first sentences, or its first words where those are too long."""
    if len(reason) <= _LONGEST_REASON:
        return reason
    sentences, dot, _ = reason[:_LONGEST_REASON].rpartition(". ")
    return f"{sentences}. …" if dot else f"{reason[:_LONGEST_REASON]}…"


def _when(moment: datetime) -> str:
    local = moment.astimezone()
    same_day = local.date() == datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M:%S}" if same_day else f"{local:%Y-%m-%d %H:%M}"


def _duration(took: timedelta) -> str:
    seconds = round(took.total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"
