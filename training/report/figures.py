"""The report's plots, each with a caption on how to read it."""

from collections.abc import Callable

from markupsafe import Markup
from matplotlib.axes import Axes

from training.evaluation.importance import Importance
from training.job.language import spoken
from training.model.outcome import Outcome
from training.plots import class_plots, number_plots
from training.plots.canvas import PAGE, as_svg
from training.plots.class_curves import ClassCurves
from training.plots.importance_plot import importance_figure
from training.report.drawing import ReportFigure, ResultFigures
from training.scoring.calibration import calibration_table, why_not_calibrated
from training.scoring.gains import gains

_WIDTH, _HEIGHT = 4.3, 3.3


def result_figures(
    outcome: Outcome, scored: Outcome, curves: list[ClassCurves], threshold: float | None
) -> ResultFigures:
    """The plots of all rows if none is ``scored``, else of those."""
    if not len(scored):
        return ResultFigures([_predictions_alone(outcome)], None, None)
    against_truth = _against_truth(scored, curves, threshold)
    return ResultFigures(against_truth, _calibration(scored), _gain(scored))


def _against_truth(
    scored: Outcome, curves: list[ClassCurves], threshold: float | None
) -> list[ReportFigure]:
    if scored.is_number:
        return [_against(scored), _residuals(scored), _errors(scored)]
    figures = [_roc(scored, curves), _precision_recall(scored, curves)]
    if threshold is not None:
        figures.append(_probabilities(scored, threshold))
    return figures


def _calibration(scored: Outcome) -> ReportFigure | None:
    """Whether the predicted probabilities match how often they come true."""
    if scored.is_number or why_not_calibrated(scored):
        return None
    if scored.is_binary:
        y = spoken("share actually positive")
        caption = spoken(
            "Each dot is a group of rows with about the same predicted probability. On the dashed "
            "line the share of them that are actually positive equals that probability; above it "
            "the share is larger, below it smaller. The bars show how uncertain each dot is."
        )
    else:
        y = spoken("share predicted correctly")
        caption = spoken(
            "Each dot is a group of rows with about the same predicted probability. On the dashed "
            "line the share of them that are predicted correctly equals that probability; above it "
            "the share is larger, below it smaller. The bars show how uncertain each dot is."
        )
    table = calibration_table(scored)
    x = spoken("predicted probability")
    return _figure(
        spoken("Calibration"),
        lambda axes: class_plots.draw_calibration(axes, table, x, y),
        caption,
    )


def _gain(scored: Outcome) -> ReportFigure | None:
    """The value of the model's order of the rows."""
    found_gains = gains(scored)
    if found_gains is None:
        return None
    title, y, caption = _gain_words(scored)
    return _figure(
        title,
        lambda axes: class_plots.draw_gain(
            axes,
            found_gains.share,
            found_gains.gain,
            spoken("share of the rows, highest first"),
            y,
            diagonal=scored.is_number or scored.is_binary,
        ),
        caption,
    )


def importance_svg(importance: Importance) -> Markup:
    """The most important columns."""
    figure = importance_figure(importance.table, importance.error_in_words, PAGE)
    text = spoken("Feature importance: how much larger the error gets when a column is shuffled")
    return Markup(as_svg(figure, "importance", text))


def _gain_words(scored: Outcome) -> tuple[str, str, str]:
    if scored.is_binary:
        positive = PAGE.class_names(scored.classes)[1]
        return (
            spoken("Gain"),
            spoken("share of all “{positive}” found", positive=positive),
            spoken(
                "If you work through the rows in the model's order, the most probable first, the "
                "curve shows how many of all “{positive}” you have found after each part of the "
                "work. The dashed line is a random order.",
                positive=positive,
            ),
        )
    if scored.is_number:
        return (
            spoken("Gain"),
            spoken("share of the total"),
            spoken(
                "If you work through the rows in the model's order, highest prediction first, the "
                "curve shows their share of the sum of all true values. The dashed line is a "
                "random order."
            ),
        )
    return (
        spoken("Only the most certain predictions"),
        spoken("share predicted correctly"),
        spoken(
            "If you use only the predictions that the model is most certain of, the curve shows "
            "how many of them are right. It should be high on the left: then the model's "
            "certainty means something."
        ),
    )


def _roc(scored: Outcome, curves: list[ClassCurves]) -> ReportFigure:
    caption = spoken(
        "For every possible threshold: the share of positive rows that are found (up) and the "
        "share of the others that are predicted positive by mistake (right). The closer the curve "
        "comes to the upper left corner, the better; the dashed line is guessing. The area below "
        "the curve is the AUROC."
    )
    if not scored.is_binary:
        caption = f"{caption} {_each_curve()}"
    return _figure(
        spoken("ROC curve"), lambda axes: class_plots.draw_roc(axes, scored, curves, PAGE), caption
    )


def _precision_recall(scored: Outcome, curves: list[ClassCurves]) -> ReportFigure:
    caption = spoken(
        "Right: the share of positive rows that are found (recall). Up: the share of predicted "
        "positives that are right (precision). Finding more usually costs precision; a good curve "
        "stays high for long."
    )
    lines = spoken("The dotted line is guessing.") if scored.is_binary else _each_curve()
    return _figure(
        spoken("Precision and recall"),
        lambda axes: class_plots.draw_precision_recall(axes, scored, curves, PAGE),
        f"{caption} {lines}",
    )


def _each_curve() -> str:
    return spoken("Each curve is one class against all others.")


def _probabilities(scored: Outcome, threshold: float) -> ReportFigure:
    return _figure(
        spoken("How certain the model is"),
        lambda axes: class_plots.draw_probabilities(axes, scored, PAGE, threshold),
        spoken(
            "How many rows got each probability, by their actual class. A good model puts the two "
            "classes at opposite ends. The dashed line is its threshold, {threshold:.3g}: rows to "
            "the right of it are predicted as “{positive}”.",
            threshold=threshold,
            positive=PAGE.class_names(scored.classes)[1],
        ),
    )


def _against(scored: Outcome) -> ReportFigure:
    return _figure(
        spoken("Predicted against true"),
        lambda axes: number_plots.draw_against(axes, scored),
        spoken(
            "Each dot is a test row. On the dashed line the prediction equals the true value; the "
            "further away, the larger the error."
        ),
    )


def _residuals(scored: Outcome) -> ReportFigure:
    return _figure(
        spoken("Errors by prediction"),
        lambda axes: number_plots.draw_residuals(axes, scored),
        spoken(
            "Above the dashed line the true value is higher than predicted, below it lower. The "
            "dots should lie evenly around the line; a slope or a funnel means that some "
            "predictions are off in the same direction, or are less certain than others."
        ),
    )


def _errors(scored: Outcome) -> ReportFigure:
    return _figure(
        spoken("Distribution of the errors"),
        lambda axes: number_plots.draw_errors(axes, scored),
        spoken(
            "How many rows are off by how much. The peak should be narrow and at the dashed line; "
            "a long tail on one side means that a few rows are far off."
        ),
    )


def _predictions_alone(outcome: Outcome) -> ReportFigure:
    def draw(axes: Axes) -> None:
        if outcome.is_number:
            number_plots.draw_predictions(axes, outcome)
        else:
            class_plots.draw_class_counts(axes, outcome, PAGE)

    return _figure(
        spoken("What was predicted"),
        draw,
        spoken("How many rows of the test file got each prediction."),
    )


def _figure(title: str, draw: Callable[[Axes], None], caption: str) -> ReportFigure:
    figure, (axes,) = PAGE.figure(_WIDTH, _HEIGHT)
    with PAGE.style():
        draw(axes)
        axes.set_title("")  # it stands above the plot, as text
    name = title.lower().replace(" ", "-")
    return ReportFigure(title, Markup(as_svg(figure, name, f"{title}. {caption}")), caption)
