"""What a page says of runs that are compared: what differs, and in which order it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from console.interval_plot import IntervalPlot, Value, interval_plot
from console.language import spoken, to_speak
from operate.runs.finished_run import FinishedRun
from operate.runs.paired_comparison import PairedComparison

_LETTERS = "ABCDEFGH"
MOST = len(_LETTERS)
_VERDICTS = {
    "better": to_speak("{one} is better than {other}."),
    "worse": to_speak("{one} is worse than {other}."),
    "no clear difference": to_speak("There is no clear difference between {one} and {other}."),
    "not compared": to_speak("{one} and {other} are not compared row by row."),
}
_COLOURS = {"better": "good", "worse": "bad"}


@dataclass(frozen=True)
class NamedRun:
    """A run and the letter that the page calls it by."""

    letter: str
    run: FinishedRun


@dataclass(frozen=True)
class Line:
    """A line of a table: its heading, and a cell for each run."""

    name: str
    cells: Sequence[str]


@dataclass(frozen=True)
class ImportanceCell:
    """How much a run's error grows without the column, as text, and as a percentage of the most
    important column of that run; below none the bar is empty."""

    text: str
    width: float


@dataclass(frozen=True)
class ImportanceLine:
    """A column, and its importance in each run; None where the run did not measure it."""

    column: str
    cells: Sequence[ImportanceCell | None]


@dataclass(frozen=True)
class PairedLine:
    """What is said of the first run beside another one; ``made`` is None while it is compared."""

    other: str
    made: PairedComparison | None
    verdict: str
    told: str
    colour: str


def named(runs: Sequence[FinishedRun]) -> list[NamedRun]:
    """The runs with their letters."""
    return [NamedRun(letter, run) for letter, run in zip(_LETTERS, runs, strict=False)]


def common_metrics(runs: Sequence[FinishedRun]) -> list[str]:
    """The metrics that all runs have a score of, the main one of the first run before others."""
    first, *others = runs
    known = [name for name, value in first.scores.items() if value is not None]
    common = [name for name in known if all(run.scores.get(name) is not None for run in others)]
    return sorted(common, key=lambda name: name != first.metric)


def scores(runs: Sequence[FinishedRun], metric: str) -> list[Line]:
    """All scores of all runs, that of the ``metric`` first."""
    names = dict.fromkeys(name for run in runs for name in run.scores)
    ordered = sorted(names, key=lambda name: name != metric)
    return [Line(name, [score_text(run.scores.get(name)) for run in runs]) for name in ordered]


def score_plot(runs: Sequence[NamedRun], metric: str) -> IntervalPlot | None:
    """The score of each run, with its interval where the metric is the run's main one."""
    values = []
    for one in runs:
        value = one.run.scores.get(metric)
        if value is None or not math.isfinite(value):
            continue
        main = one.run.score if one.run.metric == metric else None
        ends = (main.low, main.high) if main else (None, None)
        values.append(Value(one.letter, value, *ends))
    return interval_plot(values)


def difference_plot(lines: Sequence[PairedLine], first: str) -> IntervalPlot | None:
    """The differences with their intervals, beside 0."""
    values = [
        Value(f"{first}–{line.other}", line.made.difference, line.made.low, line.made.high)
        for line in lines
        if line.made and line.made.difference is not None
    ]
    return interval_plot(values, with_zero=True)


def settings(runs: Sequence[FinishedRun]) -> tuple[list[Line], list[Line]]:
    """The settings that differ, and those that are the same."""
    told = [run.settings for run in runs]
    lines = [Line(name, [one[name] for one in told]) for name in told[0]]
    different = [line for line in lines if len(set(line.cells)) > 1]
    return different, [line for line in lines if len(set(line.cells)) == 1]


def importance(runs: Sequence[FinishedRun]) -> list[ImportanceLine]:
    """Every column that some run has measured, those first that matter most in any of them."""
    measured = [{one.column: one.value for one in run.importance or ()} for run in runs]
    most = [max((*found.values(), 0.0)) for found in measured]
    shares = {
        column: max(
            (
                found[column] / top
                for found, top in zip(measured, most, strict=True)
                if top > 0 and column in found
            ),
            default=0.0,
        )
        for column in dict.fromkeys(name for found in measured for name in found)
    }
    return [
        ImportanceLine(
            column,
            [
                _importance_cell(found[column], top) if column in found else None
                for found, top in zip(measured, most, strict=True)
            ],
        )
        for column in sorted(shares, key=lambda name: -shares[name])
    ]


def paired_lines(
    runs: Sequence[NamedRun], made: Sequence[PairedComparison | None]
) -> list[PairedLine]:
    """What is said of the first run beside each of the others."""
    first, *others = runs
    return [
        _paired(first.letter, other.letter, found)
        for other, found in zip(others, made, strict=True)
    ]


def score_text(value: float | None) -> str:
    """A score as people read it."""
    return "–" if value is None else f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _importance_cell(value: float, most: float) -> ImportanceCell:
    share = value / most if most > 0 else 0.0
    return ImportanceCell(f"{value:.3g}", round(100 * max(0.0, share), 1))


def _paired(first: str, other: str, made: PairedComparison | None) -> PairedLine:
    if made is None:
        return PairedLine(other, None, "", "", "")
    verdict = spoken(_VERDICTS[made.verdict], one=first, other=other)
    colour = _COLOURS.get(made.verdict, "note")
    return PairedLine(other, made, verdict, _told(first, other, made), colour)


def _told(first: str, other: str, made: PairedComparison) -> str:
    if made.verdict == "not compared":
        return made.why
    sentences = [
        spoken(
            "On the same {rows:,} test rows, {metric} is {score:.4g} for {one} and "
            "{other_score:.4g} for {other}.",
            rows=made.rows,
            metric=made.metric,
            score=made.score,
            one=first,
            other_score=made.other_score,
            other=other,
        )
    ]
    if made.low is None or made.high is None or made.confidence is None:
        sentences.append(spoken("They differ in too few rows for an interval."))
    else:
        sentences.append(
            spoken(
                "In favour of {one}: {difference:+.4g} ({confidence:.0%} confidence interval "
                "{low:+.4g} to {high:+.4g}).",
                one=first,
                difference=made.difference,
                confidence=made.confidence,
                low=made.low,
                high=made.high,
            )
        )
    return " ".join(sentences)
