"""What the baselines predict for the test file."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from training.model.baseline import Baseline
from training.model.outcome import Outcome, OutcomeParts


def baseline_outcomes(
    baselines: list[Baseline],
    classes: list[Any] | None,
    target: str,
    read: Callable[[], Iterator[pd.DataFrame]],
) -> dict[str, Outcome]:
    """The outcome of each baseline by its name, without those that can't read these rows; empty
    where the file has no ``target``.

    Args:
        baselines: the baselines.
        classes: the model's, None for a number.
        target: the column that is predicted.
        read: gives the batches of the test file.
    """
    parts = {baseline.name: OutcomeParts(classes) for baseline in baselines}
    for table in read():
        if target not in table:
            return {}
        prepared: dict[int, Any] = {}
        for baseline in baselines:
            if baseline.name not in parts:
                continue
            try:
                predicted = baseline.prediction(table, len(classes or []), prepared)
            except Exception as error:  # noqa: BLE001 (the model's own is there, and paid for)
                print(f"Not compared with {baseline.name}: {error}")
                del parts[baseline.name]
                continue
            parts[baseline.name].add(*predicted, table[target])
    return {name: found.whole() for name, found in parts.items()}
