"""Which columns the model relies on."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from training.job.language import spoken
from training.plots.canvas import MUTED, SERIES, Canvas

_MOST_FEATURES = 20


def importance_figure(table: pd.DataFrame, error: str, canvas: Canvas) -> Figure:
    """The most important features with their intervals.

    Args:
        table: as training/evaluation/importance.py has it, the most important first.
        error: what grows without them, in words.
        canvas: where it is drawn.
    """
    top = table.head(_MOST_FEATURES)[::-1]
    figure, (axes,) = canvas.figure(5.2, 0.8 + 0.24 * max(4, len(top)))
    with canvas.style():
        reach = np.abs(top[["low", "high"]].to_numpy().T - top["importance"].to_numpy())
        axes.barh(
            range(len(top)), top["importance"], xerr=np.nan_to_num(reach), color=SERIES[0],
            ecolor=MUTED, height=0.6, error_kw={"elinewidth": 1, "capsize": 2},
        )  # fmt: skip
        axes.set_yticks(range(len(top)), [canvas.shown(name, 28) for name in top["feature"]])
        axes.axvline(0, color=MUTED, linewidth=0.8)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(spoken("growth of the {error} without it", error=error))
    return figure
