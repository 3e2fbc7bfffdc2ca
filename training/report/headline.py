"""How good the model is, compared with what, and what to be careful about."""

from dataclasses import dataclass

from training.evaluation.evaluation import Evaluation
from training.model.baseline import MOST_FREQUENT_CLASS, is_guess
from training.model.class_names import class_name
from training.model.outcome import Outcome
from training.report.plain_result import plain_result
from training.report.wording import (
    counted,
    metric_in_sentence,
    metric_title,
    percent,
    score,
)
from training.scoring.calibration import (
    calibration_error,
    calibration_table,
    why_not_calibrated,
)
from training.scoring.scores import LOWER_IS_BETTER

_FEW_ROWS = 100
_TOO_FEW_ROWS = 10
_BADLY_CALIBRATED = 0.1
_FAR_BELOW_VALIDATION = 0.1
# Scores that look at how large a probability is, and not only at the class or the order.
_OF_PROBABILITIES_ALONE = {"log_loss", "pac_score"}
_VERDICTS = {
    "better": "this model is better",
    "no clear difference": "no clear difference",
    "worse": "this model is worse",
}


@dataclass(frozen=True)
class Bar:
    """One of the models that are compared; ``width`` and the interval are percentages, and
    ``verdict`` says how this model compares with it."""

    name: str
    value: float | None
    width: float
    low: float | None = None
    high: float | None = None
    verdict: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether the interval can be drawn."""
        return self.low is not None and self.high is not None


def headline(found: Evaluation) -> str:
    """The result in one sentence."""
    target, rows = found.model.predictor.label, len(found.scored)
    if not rows:
        return (
            f"The model has predicted “{target}” for {counted(len(found.test.outcome), 'row')}; "
            "how well is not known, because the test file has no true values."
        )
    if found.no_verdict and rows >= _TOO_FEW_ROWS:
        return f"{found.no_verdict} {_without_verdict(target, found.scored)}".rstrip()
    metric = metric_in_sentence(found.model.metric)
    if found.score is None:
        return (
            f"The model has predicted “{target}” for {counted(rows, 'test row')}, but its metric, "
            f"{metric}, is undefined for them."
        )
    if rows < _TOO_FEW_ROWS:
        return (
            f"The model has predicted “{target}”, but {counted(rows, 'test row')} with a true "
            f"value can't show how well: {metric} is {score(found.score)} there, perhaps by "
            "chance."
        )
    return plain_result(target, found.scored)


def standing(found: Evaluation) -> str | None:
    """How the model compares with guessing and with the best simple model, and on which rows; None
    where that is not known."""
    if found.score is None or len(found.scored) < _TOO_FEW_ROWS:
        return None
    metric = metric_title(found.model.metric)
    if found.no_verdict:
        needed = "true values" if found.scored.is_number else "classes that the model knows"
        return (
            f"{metric} is {score(found.score)}, but only rows of different {needed} can show "
            f"whether that is better than guessing. {_measured_on(found)}"
        )
    against = [
        f"{score(value)} for {_in_sentence(found, name)}"
        for name, value in _guess_and_best_simple(found).items()
    ]
    compared = f", compared with {' and '.join(against)}" if against else ""
    return f"{_verdicts(found)}{metric} is {score(found.score)}{compared}. {_measured_on(found)}"


def _without_verdict(target: str, scored: Outcome) -> str:
    """What can be said of rows that show nothing else."""
    if scored.is_number:
        return plain_result(target, scored)
    if not scored.known_truth:
        return ""
    right = int((~scored.is_wrong).sum())
    return f"The model predicted {right:,} of {counted(len(scored), 'row')} correctly."


def _measured_on(found: Evaluation) -> str:
    """The number of test rows, and whether the check found some of them in the train file."""
    rows = f"Measured on {counted(len(found.scored), 'test row')}"
    known = [f for f in found.check["findings"] if f["code"] == "rows_in_both_files"]
    if not known:
        return f"{rows} that the model was not trained on."
    sampled = " (seen in a sample of the rows)" if known[0]["sampled"] else ""
    seen = str(known[0]["seen"]).rstrip(".")
    return f"{rows}, but not all of them are new to the model: {seen}{sampled}."


def bars(found: Evaluation) -> list[Bar]:
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
        compared = found.comparisons.get(name)
        verdict = _VERDICTS[compared.verdict] if compared else ""
        made.append(Bar(_name_in_words(found, name), value, width(value), low, high, verdict))
    order = 1 if _lower_is_better(found) else -1
    return sorted(made, key=lambda bar: (bar.value is None, order * (bar.value or 0)))


def result_warnings(found: Evaluation) -> list[str]:
    """What a reader should be careful about."""
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


def _verdicts(found: Evaluation) -> str:
    """The verdicts as a sentence with a space after it; empty without a guess to compare with."""
    compared = _guess_and_best_simple(found)
    verdicts = {name: found.comparisons[name].verdict for name in compared}
    guess = [verdict for name, verdict in verdicts.items() if is_guess(name)]
    simple = [(name, verdict) for name, verdict in verdicts.items() if not is_guess(name)]
    if not guess:
        return ""
    words = {
        "better": "The model is clearly better than guessing",
        "no clear difference": "The model is not clearly better than guessing",
        "worse": "The model is worse than guessing",
    }[guess[0]]
    for name, verdict in simple:
        joined = "and" if (verdict == "better") == (guess[0] == "better") else "but"
        words += {
            "better": f", {joined} clearly better than the best simple model, {name}",
            "no clear difference": f"; there is no clear difference from {name}",
            "worse": f", {joined} clearly worse than {name}",
        }[verdict]
    return f"{words}. "


def _guess_and_best_simple(found: Evaluation) -> dict[str, float]:
    known = {name: value for name, value in found.baselines.items() if value is not None}
    guess = {name: value for name, value in known.items() if is_guess(name)}
    simple = {name: value for name, value in known.items() if name not in guess}
    if simple:
        choose = min if _lower_is_better(found) else max
        best = choose(simple, key=lambda name: simple[name])
        guess[best] = simple[best]
    return guess


def _name_in_words(found: Evaluation, name: str) -> str:
    if name != MOST_FREQUENT_CLASS:
        return name
    if found.model.metric in _OF_PROBABILITIES_ALONE:
        return _guess_in_words(found)
    which = "one of the most frequent classes" if _has_rival(found) else "the most frequent class"
    return f"{_guess_in_words(found)}, {which} in the train file"


def _guess_in_words(found: Evaluation) -> str:
    """What the baseline predicts for every row."""
    if found.model.metric in _OF_PROBABILITIES_ALONE:
        return "always the shares of the classes in the train file"
    guess = found.test.baselines[MOST_FREQUENT_CLASS]
    return f"always “{class_name(guess.labels, int(guess.predicted[0]))}”"


def _has_rival(found: Evaluation) -> bool:
    """Whether another class is as frequent as the one that is always guessed."""
    guess = next(made for made in found.model.baselines if made.name == MOST_FREQUENT_CLASS)
    shares = guess.estimator.class_prior_
    return bool((shares == shares.max()).sum() > 1)


def _in_sentence(found: Evaluation, name: str) -> str:
    words = _guess_in_words(found) if name == MOST_FREQUENT_CLASS else name
    return f"guessing ({words})" if is_guess(name) else words


def _a_baseline_is_better(found: Evaluation) -> str | None:
    better = [name for name, compared in found.comparisons.items() if compared.verdict == "worse"]
    if not better:
        return None
    baselines = " and ".join(
        f"{_name_in_words(found, name)} ({score(found.baselines[name])})" for name in better
    )
    return (
        f"On these test rows the model ({score(found.score)}) is clearly worse than "
        f"{baselines}. More training time, more rows or better columns may help; otherwise use the "
        "simpler one."
    )


def _few_rows(found: Evaluation) -> str | None:
    rows = len(found.scored)
    if not 0 < rows < _FEW_ROWS:
        return None
    shown_by = ", as the confidence interval shows" if found.interval else ""
    return (
        f"Only {counted(rows, 'test row')} with a true value: all numbers here are uncertain"
        f"{shown_by}."
    )


def _worse_than_validation(found: Evaluation) -> str | None:
    board = found.board.set_index("model")["validation_score"]
    validation = board.get(found.model.record["best_model"], float("nan"))
    if found.score is None or not found.interval or validation != validation:
        return None
    if found.no_verdict:
        return None
    lower = _lower_is_better(found)
    end = found.interval.low if lower else found.interval.high
    scale = max(abs(validation), 1e-12)
    if _is_better(found, end, validation) or abs(end - validation) < _FAR_BELOW_VALIDATION * scale:
        return None
    return (
        f"The model did much better on its own validation rows ({score(validation)}) than on the "
        f"test rows ({score(found.score)}). The two files may come from different times or places, "
        "or there were too few rows to train on."
    )


def _perfect(found: Evaluation) -> str | None:
    if found.no_verdict or len(found.scored) < _FEW_ROWS:
        return None
    if found.score != (0.0 if _lower_is_better(found) else 1.0):
        return None
    return (
        "The score is perfect. That is rare: check that no column gives the answer away and that "
        "no test rows are in the train file."
    )


def _badly_calibrated(found: Evaluation) -> str | None:
    if found.scored.is_number or len(found.scored) < _FEW_ROWS:
        return None
    if why_not_calibrated(found.scored):
        return None
    off = calibration_error(calibration_table(found.scored))
    if off < _BADLY_CALIBRATED:
        return None
    return (
        f"The probabilities are off by {percent(off)} on average: rely on their order, not on "
        "their values."
    )


def _lower_is_better(found: Evaluation) -> bool:
    return found.model.metric in LOWER_IS_BETTER


def _is_better(found: Evaluation, value: float, other: float) -> bool:
    return value < other if _lower_is_better(found) else value > other
