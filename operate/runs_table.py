"""How runs look in the terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from shlex import quote

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from lambdas.errors import PairRejected, RowsRejected
from lambdas.predictions.lost_rows import UntakenRows
from lambdas.uploads.lost_pairs import LostPair
from operate.duration import duration
from operate.indented import Indented
from operate.language import spoken, spoken_as, to_speak
from operate.runs.runs import Run
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
_COLUMNS = ("dataset", "state", "status", "started", "took", "run")
_STATUS, _TOOK = _COLUMNS.index("status"), _COLUMNS.index("took")
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
        headings = _headings()
        widths = _widths([headings, *(row.cells for row in self.rows)], options.max_width)
        yield _line(headings, widths, "", "bold")
        for row in self.rows:
            yield _line(row.cells, widths, row.style, "")
            if row.why:
                yield Indented(row.why, _INDENT)
            if row.how:
                yield Indented(Text(row.how, "bold"), _INDENT, is_command=True)


def runs_table(
    runs: list[Run], lost: list[LostPair], options: str, rows: Sequence[UntakenRows] = ()
) -> RunsTable:
    """A failed run says why and how to rerun it, with the command's ``options``.

    Above the runs stand the ``lost`` pairs and the ``rows``, which have none.
    """
    above = [_row_of_pair(pair, options) for pair in lost]
    above += [_row_of_rows(each, options) for each in rows]
    return RunsTable(above + [_row_of_run(run, options) for run in runs])


def _row_of_pair(pair: LostPair, options: str) -> _Row:
    cells = (shown(pair.dataset), "", spoken("not handled"), "", "", "")
    since = _when(pair.complete_since)
    why = spoken("Complete since {since}, but its event was lost.", since=since)
    return _Row(cells, "red", Text(why), f"codefree status --fix{options}")


def _row_of_rows(rows: UntakenRows, options: str) -> _Row:
    name = f"{rows.file.dataset}/{rows.file.file_name}"
    cells = (shown(name), "", spoken("not handled"), "", "", "")
    why = spoken("Uploaded at {since}, but its event was lost.", since=_when(rows.uploaded))
    return _Row(cells, "red", Text(why), f"codefree status --fix{options}")


def _row_of_run(run: Run, options: str) -> _Row:
    cells = (shown(run.dataset), run.state, run.status, _when(run.started), duration(run.took))
    is_done = run.status == "SUCCEEDED"
    why = Text(shown(_cut(run.why)), "dim" if is_done else "")
    if run.redrives and (is_done or not run.why):
        times = to_speak("rerun once") if run.redrives == 1 else to_speak("rerun {number} times")
        why = Text(" · ".join(filter(None, [spoken(times, number=run.redrives), str(why)])), "dim")
    return _Row((*cells, run.name), _STYLES.get(run.status, ""), why, _how(run, options))


def _headings() -> tuple[str, ...]:
    """What stands above the columns, in their order."""
    return (
        spoken_as("heading", "dataset"),
        spoken_as("heading", "state"),
        spoken_as("heading", "status"),
        spoken_as("heading", "started"),
        spoken_as("heading", "took"),
        spoken_as("heading", "run"),
    )


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
    for at, width in enumerate(widths):
        line.add_column(width=width, overflow="fold", justify="right" if at == _TOOK else "left")
    texts = [Text(cell, style if at == _STATUS else "") for at, cell in enumerate(cells)]
    line.add_row(*texts[: len(widths)], style=whole)
    return line


def _how(run: Run, options: str) -> str:
    if run.error in {PairRejected.__name__, RowsRejected.__name__}:
        return spoken("upload the corrected file")
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
