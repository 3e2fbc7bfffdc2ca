"""What new rows were predicted as, and what to think of it, in sentences."""

from collections.abc import Iterator

from training.job.language import spoken
from training.model.class_names import class_names
from training.prediction.distribution import UNCERTAIN_BELOW, ClassCounts, NumberSpread
from training.prediction.prediction import Prediction
from training.report.wording import metric_in_sentence, number, percent, score

_CLASSES_IN_A_SENTENCE = 3
_FEW_ROWS = 100
_MANY_UNCERTAIN = 0.01


def prediction_headline(made: Prediction) -> str:
    """What was predicted, in one sentence."""
    rows, distribution = made.found.rows, made.found.distribution
    if not rows:
        return spoken("The file has no rows to predict.")
    if isinstance(distribution, NumberSpread):
        quantiles = distribution.quantiles()
        return spoken(
            "“{target}” was predicted for {rows:,} {rows:row|rows}: half of the values are between "
            "{low} and {high}.",
            target=made.model.predictor.label,
            rows=rows,
            low=number(quantiles[0.25]),
            high=number(quantiles[0.75]),
        )
    return spoken(
        "“{target}” was predicted for {rows:,} {rows:row|rows}: {classes}.",
        target=made.model.predictor.label,
        rows=rows,
        classes=", ".join(_most_frequent(distribution, rows)),
    )


def _most_frequent(counted: ClassCounts, rows: int) -> Iterator[str]:
    names = class_names(counted.labels)
    order = (-counted.counts).argsort(kind="stable")
    shown = order if len(order) <= _CLASSES_IN_A_SENTENCE + 1 else order[:_CLASSES_IN_A_SENTENCE]
    for place in shown:
        count = int(counted.counts[place])
        yield spoken(
            "“{name}” for {count:,} ({share})",
            name=names[place],
            count=count,
            share=percent(count / rows),
        )
    if len(shown) < len(order):
        more = int(counted.counts[order[len(shown) :]].sum())
        yield spoken(
            "other classes for {count:,} ({share})", count=more, share=percent(more / rows)
        )


def reliance(made: Prediction) -> list[str]:
    """What to think of the predictions, in sentences."""
    return [_how_good(made), _how_alike(made)]


def _how_good(made: Prediction) -> str:
    scored = made.score
    if scored is None:
        return spoken(
            "How many of these predictions are right is not known, because the file has no true "
            "values of “{target}”. The report of the model's run says how good it was on its test "
            "rows.",
            target=made.model.predictor.label,
        )
    metric = metric_in_sentence(scored.metric)
    if scored.value is None:
        return spoken(
            "{rows:,} {rows:row has|rows have} a true value, but {metric} is undefined for them: "
            "{why}",
            rows=scored.rows,
            metric=metric,
            why=scored.why_none,
        )
    if scored.interval is None:
        return spoken(
            "On the {rows:,} {rows:row|rows} with a true value, {metric} is {score}.",
            rows=scored.rows,
            metric=metric,
            score=score(scored.value),
        )
    return spoken(
        "On the {rows:,} {rows:row|rows} with a true value, {metric} is {score} ({confidence} "
        "confidence interval: {low} to {high}).",
        rows=scored.rows,
        metric=metric,
        score=score(scored.value),
        confidence=percent(scored.interval.confidence),
        low=score(scored.interval.low),
        high=score(scored.interval.high),
    )


def _how_alike(made: Prediction) -> str:
    if columns := len(made.shifts):
        return spoken(
            "{columns:,} {columns:column differs|columns differ} from the data that the model has "
            "learned from, so it may be wrong more often than its report says.",
            columns=columns,
        )
    return spoken(
        "No column was found to differ clearly from the data that the model has learned from."
    )


def cautions(made: Prediction) -> list[str]:
    """What a reader should be careful about, apart from how the data differs."""
    return [*cautions_of_predictions(made), *cautions_of_score(made)]


def cautions_of_predictions(made: Prediction) -> list[str]:
    """What to be careful about in the predictions."""
    return [*_uncertain(made), *_out_of_range(made)]


def left_out(made: Prediction) -> str:
    """That blank rows are not in the result; empty where there were none."""
    if not made.blank_rows:
        return ""
    return spoken(
        "{rows:,} blank {rows:row|rows} of the file {rows:is|are} not in the result.",
        rows=made.blank_rows,
    )


def cautions_of_score(made: Prediction) -> list[str]:
    """What to be careful about in the score."""
    if not made.score or made.score.rows >= _FEW_ROWS:
        return []
    return [
        spoken(
            "Only {rows:,} {rows:row has|rows have} a true value: the score is uncertain.",
            rows=made.score.rows,
        )
    ]


def _uncertain(made: Prediction) -> Iterator[str]:
    counted = made.found.distribution
    if not isinstance(counted, ClassCounts):
        return
    if counted.uncertain and counted.uncertain >= _MANY_UNCERTAIN * made.found.rows:
        yield spoken(
            "In {rows:,} {rows:row|rows} ({share}) no class has a probability of {limit} or more. "
            "Look at these first.",
            rows=counted.uncertain,
            share=percent(counted.uncertain / made.found.rows),
            limit=percent(UNCERTAIN_BELOW),
        )


def _out_of_range(made: Prediction) -> Iterator[str]:
    spread = made.found.distribution
    limits = trained_range(made)
    if not isinstance(spread, NumberSpread) or limits is None:
        return
    if rows := spread.outside(*limits):
        yield spoken(
            "{rows:,} {rows:prediction is|predictions are} outside the values of the train file, "
            "{low} to {high}.",
            rows=rows,
            low=number(limits[0]),
            high=number(limits[1]),
        )


def trained_range(made: Prediction) -> tuple[float, float] | None:
    """The smallest and the greatest number to predict in the train file, if they are known."""
    target = made.model.predictor.label
    for column in made.check["train"]["columns"]:
        if column["name"] == target and column.get("minimum") is not None:
            return float(column["minimum"]), float(column["maximum"])
    return None


def all_warnings(made: Prediction) -> list[str]:
    """Everything that a reader should know before using the predictions."""
    return [*made.shifts, *made.data_warnings, *cautions(made)]
