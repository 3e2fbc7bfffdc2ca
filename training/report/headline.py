"""How good the model is, in one sentence, and what to beware of."""

from dataclasses import dataclass

from training.baselines import MOST_FREQUENT_CLASS, is_guess
from training.calibration import calibration_error, calibration_table
from training.evaluated import Evaluated
from training.report.wording import counted, metric_in_sentence, percent, score, shown
from training.scores import LOWER_IS_BETTER

_FEW_ROWS = 100
_TOO_FEW_ROWS = 10
_BADLY_CALIBRATED = 0.1
_FAR_BELOW_VALIDATION = 0.1


@dataclass(frozen=True)
class Bar:
    """One of the models that are compared; ``width`` and the interval are percentages."""

    name: str
    value: float | None
    width: float
    low: float | None = None
    high: float | None = None

    @property
    def has_interval(self) -> bool:
        """Whether the interval can be drawn."""
        return self.low is not None and self.high is not None


def headline(found: Evaluated) -> str:
    """One sentence."""
    target, rows = found.model.predictor.label, len(found.scored)
    if not rows:
        return (
            f"The model has predicted “{target}” for {counted(len(found.test.outcome), 'row')}; "
            "how well, nobody can say yet, because the test file has no true values."
        )
    metric = metric_in_sentence(found.model.metric)
    if found.score is None:
        return (
            f"The model has predicted “{target}” for {counted(rows, 'test row')}, but its metric, "
            f"{metric}, is undefined for them."
        )
    if rows < _TOO_FEW_ROWS:
        return (
            f"The model has predicted “{target}”, but {counted(rows, 'test row')} with a true "
            f"value can't tell how well: {metric} is {score(found.score)} there, by chance "
            "perhaps."
        )
    against = [
        f"{score(value)} for {_in_sentence(found, name)}"
        for name, value in _guess_and_best_simple(found).items()
    ]
    compared = f", against {' and '.join(against)}" if against else ""
    return (
        f"The model predicts “{target}” {_standing(found)}: {metric} is {score(found.score)}"
        f"{compared}, measured on {counted(rows, 'test row')} that it had never seen."
    )


def bars(found: Evaluated) -> list[Bar]:
    """The model and its baselines, the best first."""
    values = {"this model": found.score} | found.baselines
    known = [value for value in values.values() if value is not None]
    ends = [found.interval.high] if found.interval else []
    most = max([1.0, *known, *ends] if not _lower_is_better(found) else [*known, *ends, 1e-12])

    def width(value: float | None) -> float:
        return 0.0 if value is None else 100 * min(1.0, max(0.0, value / most))

    made = []
    for name, value in values.items():
        low = high = None
        if name == "this model" and found.interval:
            low, high = width(found.interval.low), width(found.interval.high)
        made.append(Bar(_told(found, name), value, width(value), low, high))
    order = 1 if _lower_is_better(found) else -1
    return sorted(made, key=lambda bar: (bar.value is None, order * (bar.value or 0)))


def result_warnings(found: Evaluated) -> list[str]:
    """What in the results should make a reader careful."""
    return [
        warning
        for warning in (
            _a_baseline_is_better(found),
            _few_rows(found),
            _worse_than_validation(found),
            _perfect(found),
            _badly_calibrated(found),
        )
        if warning
    ]


def _standing(found: Evaluated) -> str:
    assert found.score is not None
    pessimistic = found.score
    if found.interval:
        pessimistic = found.interval.high if _lower_is_better(found) else found.interval.low
    known = {name: value for name, value in found.baselines.items() if value is not None}
    guess = [value for name, value in known.items() if is_guess(name)]
    simple = [value for name, value in known.items() if not is_guess(name)]
    if not guess:
        return "as follows"
    if not all(_is_better(found, found.score, value) for value in guess):
        return "no better than guessing"
    if not all(_is_better(found, pessimistic, value) for value in guess):
        return "perhaps better than guessing, but the difference may be chance"
    if all(_is_better(found, pessimistic, value) for value in simple):
        than_simple = " and than simple models" if simple else ""
        return f"clearly better than guessing{than_simple}"
    if all(_is_better(found, found.score, value) for value in simple):
        return "clearly better than guessing, and a little better than a simple model"
    return "clearly better than guessing, but no better than a simple model"


def _guess_and_best_simple(found: Evaluated) -> dict[str, float]:
    known = {name: value for name, value in found.baselines.items() if value is not None}
    guess = {name: value for name, value in known.items() if is_guess(name)}
    simple = {name: value for name, value in known.items() if name not in guess}
    if simple:
        choose = min if _lower_is_better(found) else max
        best = choose(simple, key=lambda name: simple[name])
        guess[best] = simple[best]
    return guess


def _told(found: Evaluated, name: str) -> str:
    if name == MOST_FREQUENT_CLASS and (classes := found.check.get("classes")):
        return f"always “{shown(next(iter(classes)), 30)}”, the most frequent class"
    return name


def _in_sentence(found: Evaluated, name: str) -> str:
    told = _told(found, name).removesuffix(", the most frequent class")
    return f"guessing ({told})" if is_guess(name) else told


def _a_baseline_is_better(found: Evaluated) -> str | None:
    better = [
        f"{_told(found, name)} ({score(value)})"
        for name, value in found.baselines.items()
        if found.score is not None
        and value is not None
        and _is_better(found, value, found.score)
        and score(value) != score(found.score)
    ]
    if not better:
        return None
    return (
        f"On these test rows {' and '.join(better)} did better than the model "
        f"({score(found.score)}). With few test rows this may be chance; else more time, more "
        "rows or better columns may help."
    )


def _few_rows(found: Evaluated) -> str | None:
    rows = len(found.scored)
    if not 0 < rows < _FEW_ROWS:
        return None
    return (
        f"Only {counted(rows, 'test row')} with a true value: all numbers here are uncertain, "
        "as the interval beside the score says."
    )


def _worse_than_validation(found: Evaluated) -> str | None:
    board = found.board.set_index("model")["validation_score"]
    validation = board.get(found.model.record["best_model"], float("nan"))
    if found.score is None or not found.interval or validation != validation:
        return None
    lower = _lower_is_better(found)
    end = found.interval.low if lower else found.interval.high
    scale = max(abs(validation), 1e-12)
    if _is_better(found, end, validation) or abs(end - validation) < _FAR_BELOW_VALIDATION * scale:
        return None
    return (
        f"The model did much better on its own validation rows ({score(validation)}) than on the "
        f"test rows ({score(found.score)}). The two files may come from different times or places, "
        "or there were few rows to learn from."
    )


def _perfect(found: Evaluated) -> str | None:
    if found.score is None or len(found.scored) < _FEW_ROWS:
        return None
    if found.score != (0.0 if _lower_is_better(found) else 1.0):
        return None
    return (
        "The score is perfect. That is rare: check that no column gives the answer away and that "
        "the test rows are not in the train file."
    )


def _badly_calibrated(found: Evaluated) -> str | None:
    if found.scored.is_number or len(found.scored) < _FEW_ROWS:
        return None
    off = calibration_error(calibration_table(found.scored))
    if off < _BADLY_CALIBRATED:
        return None
    return (
        f"The probabilities are off by {percent(off)} on average: use their order, and do not take "
        "them at their word."
    )


def _lower_is_better(found: Evaluated) -> bool:
    return found.model.metric in LOWER_IS_BETTER


def _is_better(found: Evaluated, value: float, other: float) -> bool:
    return value < other if _lower_is_better(found) else value > other
