"""How the models of a dataset look in the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from lambdas.models.registry import RegisteredModel
from operate.indented import Indented
from operate.language import spoken, spoken_as, to_speak
from operate.visible_text import shown

_STATUSES = {
    "Approved": to_speak("approved"),
    "Rejected": to_speak("rejected"),
    "PendingManualApproval": to_speak("not approved"),
}
_STYLES = {"Approved": "green", "Rejected": "red"}
_INDENT = 4


@dataclass(frozen=True)
class ModelsTable:
    """One line a model, newest first; below it what was said when it was decided on. ``used`` is
    the one that predicts."""

    models: list[RegisteredModel]
    used: RegisteredModel | None

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        widths = [max(map(len, column)) for column in zip(*self._cells(), strict=True)]
        headings, *rows = self._cells()
        yield _line(headings, widths, "", "bold")
        for model, cells in zip(self.models, rows, strict=True):
            yield _line(cells, widths, _STYLES.get(model.status, ""), "")
            if model.why:
                yield Indented(Text(shown(model.why)), _INDENT)

    def _cells(self) -> list[tuple[str, ...]]:
        headings = (
            spoken_as("heading", "version"),
            spoken_as("heading", "status"),
            spoken_as("heading", "score"),
            spoken_as("heading", "registered"),
            spoken_as("heading", "run"),
        )
        return [headings, *(self._row(model) for model in self.models)]

    def _row(self, model: RegisteredModel) -> tuple[str, ...]:
        status = spoken(_STATUSES[model.status])
        if model.status == "Approved" and model != self.used:
            status = spoken("approved before")
        moment = f"{model.registered.astimezone():%Y-%m-%d %H:%M}"
        return str(model.version), status, _score(model), moment, shown(model.run)


def _score(model: RegisteredModel) -> str:
    metric, score = (model.facts.get(f"codefree:{name}", "") for name in ("metric", "score"))
    return shown(f"{metric} {score}") if metric and score else ""


def _line(cells: tuple[str, ...], widths: list[int], style: str, whole: str) -> Table:
    line = Table.grid(padding=(0, 2, 0, 0))
    for place, width in enumerate(widths):
        line.add_column(min_width=width, overflow="fold", justify="left" if place else "right")
    line.add_row(*(Text(c, style if at == 1 else "") for at, c in enumerate(cells)), style=whole)
    return line
