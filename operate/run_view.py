"""How a run looks in the terminal: the states while they go on, and a small table at the end."""

from pathlib import Path
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from operate.language import spoken, spoken_as, to_speak
from operate.runs.progress import Progress, State
from operate.visible_text import shown

_MARKS = {
    "SUCCEEDED": ("✓", "green"),
    "RUNNING": ("…", "cyan"),
    "FAILED": ("✗", "red"),
    "TIMED_OUT": ("✗", "red"),
    "ABORTED": ("■", "yellow"),
}
_BAR_WIDTH = 24


class RunView:
    """Shows a run as it goes on; use as a context manager.

    On a terminal the lines are redrawn; elsewhere each state is printed once when it has ended.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=8)
        self._printed = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    @property
    def is_redrawn(self) -> bool:
        """Whether seconds are seen to go by."""
        return self._console.is_terminal

    def show(self, progress: Progress) -> None:
        """Shows the states so far."""
        if self._console.is_terminal:
            self._live.update(_states_and_training(progress))
            return
        ended = [state for state in progress.states if state.status != "RUNNING"]
        for state in ended[self._printed :]:
            self._console.print(_state_line(state))
            if state.name == "Train":
                self._console.print(_training_line(progress))
        self._printed = max(self._printed, len(ended))


def _states_and_training(progress: Progress) -> RenderableType:
    lines: list[RenderableType] = []
    for state in progress.states:
        lines.append(_state_line(state))
        if state.name == "Train" and progress.training.budget:
            if state.status == "RUNNING":
                lines.append(_budget_bar(progress.training.budget, state.seconds))
            lines.append(_training_line(progress))
    return Group(*lines)


def _state_line(state: State) -> Text:
    mark, style = _MARKS[state.status]
    return Text.assemble((f"  {mark} ", style), f"{state.name:<20}", f"{state.seconds:6.1f} s")


def _budget_bar(budget: float, seconds: float) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    used = min(seconds, budget)
    bar = ProgressBar(total=budget, completed=used, width=_BAR_WIDTH)
    told = spoken("{used:.0f} of {budget:.0f} s of the time budget", used=used, budget=budget)
    grid.add_row("     ", bar, told)
    return grid


def _training_line(progress: Progress) -> Text:
    training = progress.training
    if training.best_model is None:
        return Text(spoken("      no model yet"), style="dim")
    told = spoken(
        "      {models} {models:model|models}, best so far {best}: {score}",
        models=training.models,
        best=shown(training.best_model),
        score=_validation_score(shown(str(training.metric)), training.best_score or 0.0),
    )
    return Text(told, style="dim")


def _validation_score(metric: str, score: float) -> str:
    """As people know it: AutoGluon prints an error as a negative score of “-its name”."""
    if metric.startswith("-"):
        metric, score = metric[1:], -score
    return spoken("validation {metric} {score:.4f}", metric=metric.replace("_", " "), score=score)


def scores_table(metrics: dict[str, Any]) -> Table:
    """The scores on the test file, the main one first."""
    table = Table(title=None, show_edge=True)
    table.add_column(spoken_as("heading", "metric"))
    table.add_column(spoken_as("heading", "test score"), justify="right")
    scores = metrics["metrics"]
    main = metrics["eval_metric"]
    for name in sorted(scores, key=lambda n: n != main):
        value = scores[name]
        shown = spoken("undefined") if value is None else f"{value:.4f}"
        table.add_row(name, shown, style="bold" if name == main else None)
    return table


def paths_shown(summary: dict[str, Any], files: list[Path], out: Path) -> Text:
    """Where to read the results; ``files`` are the copies in ``out``."""
    name = summary["Dataset"]
    folder = out / name / summary["Run"]
    titles = {
        summary["Metrics"].get("report", ""): to_speak("  Report:      {path}"),
        f"{name}_test_prediction.csv": to_speak("  Predictions: {path}"),
    }
    read = [spoken(title, path=shown(str(folder / file))) for file, title in titles.items() if file]
    more = spoken(
        "  {more:,} more {more:file|files} in {folder}",
        more=len(files) - len(read),
        folder=shown(str(folder)),
    )
    return Text("\n".join([*read, more]))
