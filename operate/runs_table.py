"""How runs look in the terminal."""

from datetime import UTC, datetime, timedelta
from shlex import quote

from rich.table import Table
from rich.text import Text

from lambdas.errors import PairRejected
from lambdas.uploads.lost_pairs import LostPair
from operate.runs import Run
from operate.visible_text import shown

_STYLES = {
    "SUCCEEDED": "green",
    "RUNNING": "cyan",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "ABORTED": "yellow",
}
_LONGEST_REASON = 150


def runs_table(runs: list[Run], lost: list[LostPair], options: str) -> Table:
    """One line a run; a failed one says why and how to rerun it, with the command's ``options``.

    Above them stand the ``lost`` pairs, which have no run.
    """
    table = Table(show_lines=bool(lost) or any(run.why for run in runs))
    for heading in ("dataset", "run", "state", "status", "started"):
        table.add_column(heading, no_wrap=heading != "dataset")
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("reason, what to do", ratio=1)
    for pair in lost:
        table.add_row(
            Text(shown(pair.dataset)),
            "",
            "",
            Text("not handled", style="red"),
            "",
            "",
            Text.assemble(
                f"Complete since {_when(pair.complete_since)}, but its event was lost.\n",
                (f"codefree status --fix{options}", "bold"),
            ),
        )
    for run in runs:
        style = _STYLES.get(run.status, "")
        table.add_row(
            Text(shown(run.dataset)),
            run.name,
            run.state,
            Text(run.status, style=style),
            _when(run.started),
            _duration(run.took),
            _why_and_how(run, options),
        )
    return table


def _why_and_how(run: Run, options: str) -> Text:
    reason = (
        shown(run.why)
        if len(run.why) <= _LONGEST_REASON
        else shown(run.why[:_LONGEST_REASON]) + "…"
    )
    if run.error == PairRejected.__name__:
        return Text.assemble(reason, "\n", ("upload the corrected file", "bold"))
    if run.can_be_rerun and run.why:
        how = f"codefree rerun {quote(run.typed_name)}{options}"
        return Text.assemble(reason, "\n", (how, "bold"))
    if run.redrives and not run.why:
        return Text("rerun once" if run.redrives == 1 else f"rerun {run.redrives} times", "dim")
    return Text(reason)


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
