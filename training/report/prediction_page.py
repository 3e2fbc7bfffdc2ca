"""The page of a prediction job, as one HTML file that needs no other, no network and no script."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.model.class_names import class_names
from training.prediction.distribution import ClassCounts, NumberSpread
from training.prediction.prediction import Prediction
from training.report.prediction_words import (
    cautions_of_predictions,
    cautions_of_score,
    left_out,
    prediction_headline,
    reliance,
    trained_range,
)
from training.report.rendered import rendered

_MOST_CLASSES = 40
_MOST_WARNINGS = 20
_LONGEST = 60
_WIDTH, _HEIGHT, _GAP = 480, 140, 2


@dataclass(frozen=True)
class ClassLine:
    """One class: its rows, their share, and the share in the train file, if that is known."""

    name: str
    rows: int
    share: float
    trained: float | None


@dataclass(frozen=True)
class Bin:
    """One bar of the histogram in the picture's own units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float


def prediction_page(made: Prediction) -> str:
    """The HTML of the page."""
    return rendered("prediction.html", _content(made))


def _content(made: Prediction) -> dict[str, Any]:
    distribution = made.found.distribution
    warnings = [*made.shifts, *made.data_warnings]
    of_classes = isinstance(distribution, ClassCounts)
    lines = _class_lines(made, distribution) if isinstance(distribution, ClassCounts) else []
    return {
        "made": made,
        "subject": made.file,
        "target": made.model.predictor.label,
        "predictions": f"{made.name}.csv",
        "record": made.model.record,
        "headline": prediction_headline(made),
        "reliance": reliance(made),
        "cautions": cautions_of_predictions(made),
        "score_cautions": cautions_of_score(made),
        "left_out": left_out(made),
        "warnings": warnings[:_MOST_WARNINGS],
        "more_warnings": len(warnings[_MOST_WARNINGS:]),
        "metric": made.model.metric,
        "classes": lines[:_MOST_CLASSES],
        "more_classes": len(lines[_MOST_CLASSES:]),
        "quantiles": {} if isinstance(distribution, ClassCounts) else distribution.quantiles(),
        "trained_range": None if of_classes else trained_range(made),
        "bins": [] if isinstance(distribution, ClassCounts) else _bins(distribution),
        "picture": (_WIDTH, _HEIGHT),
    }


def _class_lines(made: Prediction, counted: ClassCounts) -> list[ClassLine]:
    trained = made.check.get("classes") or {}
    total = sum(trained.values())
    shares = {str(label): rows / total for label, rows in trained.items()} if total else {}
    names = class_names(counted.labels, _LONGEST)
    lines = [
        ClassLine(name, int(rows), rows / max(1, made.found.rows), shares.get(str(label)))
        for name, label, rows in zip(names, counted.labels, counted.counts, strict=True)
    ]
    return sorted(lines, key=lambda line: -line.rows)


def _bins(spread: NumberSpread) -> list[Bin]:
    rows, _ = spread.histogram()
    width = _WIDTH / len(rows)
    heights = _HEIGHT * rows / max(1, int(rows.max()))
    # A bar of a few rows among a million is drawn, too.
    heights = np.where(rows > 0, np.maximum(heights, 1), 0)
    return [
        Bin(place * width, _HEIGHT - height, width - _GAP, height)
        for place, height in enumerate(heights.tolist())
        if height
    ]
