"""The choice of an instance beside the original sample's rule, over budgets, times and data sizes.

The original took, of five types with their prices of one region, the one whose hourly price is
nearest to TrainingCost / TrainingMinutes * 60, and looked at nothing else. A run is over its budget
where the training job alone, at that price for TrainingMinutes, costs more than TrainingCost.
"""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from lambdas.errors import BudgetTooSmall
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.need import need_of
from lambdas.instances.quotas import Forbidden
from lambdas.pick_instance import choice_of
from lambdas.state import FileState, ProfileState
from lambdas.wish import Wish

_BUDGETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20)
_MINUTES = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480)
_SIZES = {"1 MB": 10**6, "100 MB": 10**8, "1 GB": 10**9, "10 GB": 10**10}
_COLUMNS = 20
_BYTES_A_CELL = 6
_PRESET = "best_quality"

# What the sample chose from: five sizes of one family at the prices of 2021, and their memory.
_ORIGINAL = {0.269: 16, 0.538: 32, 1.075: 64, 3.226: 192, 6.451: 384}


@dataclass
class Cells:
    """What was seen over the grid of one data size."""

    cells: int = 0
    answered: int = 0
    over: int = 0
    worst: float = 0.0
    too_small: int = 0

    def add(self, spends: float, budget: float, fits: bool) -> None:
        self.answered += 1
        self.over += spends > budget
        self.worst = max(self.worst, spends / budget)
        self.too_small += not fits


def main() -> None:
    table = Table(title=f"Budgets of 0.05 to 20 USD, 1 to 480 minutes, preset {_PRESET}")
    table.add_column("data")
    table.add_column("rule")
    for column in ("cells", "answered", "over budget", "worst", "data would not fit"):
        table.add_column(column, justify="right")
    catalog = snapshot_catalog("us-east-1")
    for name, size in _SIZES.items():
        for rule, cells in (
            ("original", _grid(size, catalog, original=True)),
            ("ours, both limits reached", _grid(size, catalog, original=False)),
        ):
            table.add_row(
                name,
                rule,
                f"{cells.cells}",
                f"{cells.answered / cells.cells:.0%}",
                f"{cells.over / cells.answered:.0%}" if cells.answered else "-",
                f"{cells.worst:.2f} x" if cells.answered else "-",
                f"{cells.too_small / cells.answered:.0%}" if cells.answered else "-",
            )
    Console(width=110).print(table)
    Console(width=110).print(
        "A cell that is not answered ends before any job, with the budget or time that would do."
    )


def _grid(size: int, catalog: Catalog, original: bool) -> Cells:
    cells = Cells()
    profile = _profile(size)
    for budget in _BUDGETS:
        for minutes in _MINUTES:
            cells.cells += 1
            wish = Wish("label", "auto", "auto", _PRESET, minutes, budget, spot=False)
            need = need_of(profile, wish)
            if original:
                price = min(_ORIGINAL, key=lambda p: abs(p - budget / minutes * 60))
                cells.add(price * minutes / 60, budget, _ORIGINAL[price] >= need.memory_gib)
                continue
            try:
                choice = choice_of(profile, wish, catalog, Forbidden())
            except BudgetTooSmall:
                continue
            best = choice.best
            fits = min(best.train.memory_gib, best.evaluate.memory_gib) >= need.memory_gib
            cells.add(best.cap, budget, fits)
    return cells


def _profile(size: int) -> ProfileState:
    return {"Train": _file(size), "Test": _file(size // 4)}


def _file(size: int) -> FileState:
    rows = size // (_COLUMNS * _BYTES_A_CELL)
    memory = 8 * rows * _COLUMNS
    return {"Rows": rows, "Columns": _COLUMNS, "Bytes": size, "MemoryBytes": memory}


if __name__ == "__main__":
    main()
