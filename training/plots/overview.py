"""NAME_eval.png: one picture that shows how good the model is, for every kind of target."""

from pathlib import Path

from training.model.outcome import Outcome
from training.plots.canvas import PICTURE, save_picture
from training.plots.class_curves import ClassCurves
from training.plots.class_plots import (
    draw_class_counts,
    draw_confusion,
    draw_precision_recall,
    draw_roc,
)
from training.plots.number_plots import (
    draw_against,
    draw_errors,
    draw_predictions,
    draw_residuals,
)

_LONGEST_TITLE = 110


def save_overview(
    path: Path, title: str, outcome: Outcome, scored: Outcome, curves: list[ClassCurves]
) -> None:
    """Draws the picture.

    Args:
        path: the file to write.
        title: the text above the plots.
        outcome: every row of the test file.
        scored: those with a true value; if there are none, only the predictions are drawn.
        curves: those of the scored rows' classes.
    """
    columns = 3 if len(scored) else 1
    figure, axes = PICTURE.figure(14 if len(scored) else 7, 4.8, columns)
    with PICTURE.style():
        figure.suptitle(PICTURE.shown(title, _LONGEST_TITLE), fontweight="bold")
        if not len(scored):
            if outcome.is_number:
                draw_predictions(axes[0], outcome)
            else:
                draw_class_counts(axes[0], outcome, PICTURE)
        elif scored.is_number:
            draw_against(axes[0], scored)
            draw_residuals(axes[1], scored)
            draw_errors(axes[2], scored)
        else:
            draw_roc(axes[0], scored, curves, PICTURE)
            draw_precision_recall(axes[1], scored, curves, PICTURE)
            draw_confusion(axes[2], scored, PICTURE)
    save_picture(figure, path)
