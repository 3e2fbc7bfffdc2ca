"""How a plan looks in the terminal: what the check found, and the candidates as a table."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lambdas.check.pair_check import PairCheck
from lambdas.check.rows_check import RowsCheck
from lambdas.instances.explanation import reason, why
from lambdas.pick_instance import Choice
from operate.language import spoken, spoken_as
from operate.plan import OPTIONS
from operate.visible_text import shown

_MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "dim")}


def findings_shown(check: PairCheck | RowsCheck) -> RenderableType:
    """One line for each finding, the most important first."""
    return Group(*_lines(check))


def candidates_table(choice: Choice) -> RenderableType:
    """The candidates, the one that a run would begin with first, and why it is that one."""
    table = Table()
    table.add_column(spoken_as("heading", "instance type"))
    for number in (
        "vCPUs",
        "GiB",
        spoken_as("heading", "USD/hour"),
        spoken_as("heading", "expected"),
        spoken_as("heading", "at most"),
    ):
        table.add_column(number, justify="right")
    table.add_column(spoken_as("heading", "why"))
    for way in choice.candidates:
        is_first = way.train == choice.best.train
        table.add_row(
            way.train.name,
            f"{way.train.vcpus}",
            f"{way.train.memory_gib:.0f}",
            f"{way.train.training_price:.3f}",
            f"{way.usual:.2f}",
            f"{choice.best.cap if is_first else way.cap:.2f}",
            reason(way, choice.best),
            style="bold" if is_first else None,
        )
    explanation = why(choice.best, choice.need, choice.catalog.as_of, choice.wish, OPTIONS)
    evaluation = spoken("The evaluation runs on {type}.", type=choice.best.evaluate.name)
    return Group(table, Text(f"{explanation} {evaluation}"))


def _lines(check: PairCheck | RowsCheck) -> Iterator[Text]:
    for finding in check.findings:
        mark, style = _MARKS[finding.severity]
        yield Text.assemble((f"  {mark} ", style), shown(finding.text))
