"""The plots of an evaluation, which a second process may draw.

What only asks for them, and puts them on the page, need not load matplotlib.
"""

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from training.evaluation.importance import Importance
from training.job.garbage import collect_from_now_on
from training.model.outcome import Outcome


@dataclass(frozen=True)
class ReportFigure:
    """A plot as SVG, with its title and how to read it."""

    title: str
    svg: Markup
    caption: str


@dataclass(frozen=True)
class ResultFigures:
    """The report's plots of predictions and true values; None where one would be meaningless."""

    results: list[ReportFigure]
    calibration: ReportFigure | None
    gain: ReportFigure | None


@dataclass(frozen=True)
class ReportFigures:
    """All plots of a report; ``importance`` is None where there is none."""

    of_results: ResultFigures
    importance: Markup | None


def load_plots() -> None:
    """Loads what draws, which takes a while."""
    import training.report.figures  # noqa: F401

    collect_from_now_on()


def draw_results(
    outcome: Outcome, threshold: float | None, title: str, path: Path
) -> ResultFigures:
    """Writes NAME_eval.png to ``path``, and gives the report's plots of the same rows.

    Args:
        outcome: every row of the test file.
        threshold: the model's, if there are two classes.
        title: the text above the picture.
        path: the picture's file.
    """
    from training.plots.class_curves import class_curves
    from training.plots.overview import save_overview
    from training.report.figures import result_figures

    scored = outcome.scored()
    curves = class_curves(scored)
    save_overview(path, title, outcome, scored, curves)
    return result_figures(outcome, scored, curves, threshold)


def draw_importance(importance: Importance) -> Markup:
    """The report's plot of the most important columns."""
    from training.report.figures import importance_svg

    return importance_svg(importance)


def save_importance(importance: Importance, path: Path) -> None:
    """Writes the same plot as NAME_feature_importance.png to ``path``."""
    from training.plots.canvas import PICTURE, save_picture
    from training.plots.importance_plot import importance_figure

    figure = importance_figure(importance.table, importance.error_in_words, PICTURE)
    save_picture(figure, path)
