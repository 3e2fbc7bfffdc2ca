"""How good the model is, compared with what, and what to be careful about."""

from dataclasses import dataclass

from training.evaluation.evaluation import Evaluation
from training.job.language import spoken, to_speak, translated
from training.model.baseline import MOST_FREQUENT_CLASS, is_guess
from training.model.class_names import class_name
from training.model.outcome import Outcome
from training.report.plain_result import plain_result
from training.report.wording import (
    listed,
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
    "better": to_speak("this model is better"),
    "no clear difference": to_speak("no clear difference"),
    "worse": to_speak("this model is worse"),
}
# By the verdicts on guessing, and on the best simple model where there is one.
_STANDINGS = {
    ("better", None): to_speak("The model is clearly better than guessing."),
    ("better", "better"): to_speak(
        "The model is clearly better than guessing, and clearly better than the best simple model, "
        "{simple}."
    ),
    ("better", "no clear difference"): to_speak(
        "The model is clearly better than guessing; there is no clear difference from {simple}."
    ),
    ("better", "worse"): to_speak(
        "The model is clearly better than guessing, but clearly worse than {simple}."
    ),
    ("no clear difference", None): to_speak("The model is not clearly better than guessing."),
    ("no clear difference", "better"): to_speak(
        "The model is not clearly better than guessing, but clearly better than the best simple "
        "model, {simple}."
    ),
    ("no clear difference", "no clear difference"): to_speak(
        "The model is not clearly better than guessing; there is no clear difference from {simple}."
    ),
    ("no clear difference", "worse"): to_speak(
        "The model is not clearly better than guessing, and clearly worse than {simple}."
    ),
    ("worse", None): to_speak("The model is worse than guessing."),
    ("worse", "better"): to_speak(
        "The model is worse than guessing, but clearly better than the best simple model, {simple}."
    ),
    ("worse", "no clear difference"): to_speak(
        "The model is worse than guessing; there is no clear difference from {simple}."
    ),
    ("worse", "worse"): to_speak(
        "The model is worse than guessing, and clearly worse than {simple}."
    ),
}


@dataclass(frozen=True)
class Bar:
    """One of the models that are compared; ``width`` and the interval are percentages, and
    ``verdict`` says how this model compares with it. ``is_ours`` is true for this model."""

    name: str
    value: float | None
    width: float
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    is_ours: bool = False

    @property
    def has_interval(self) -> bool:
        """Whether the interval can be drawn."""
        return self.low is not None and self.high is not None


def headline(found: Evaluation) -> str:
    """The result in one sentence."""
    target, rows = found.model.predictor.label, len(found.scored)
    if not rows:
        return spoken(
            "The model has predicted “{target}” for {rows:,} {rows:row|rows}; how well is not "
            "known, because the test file has no true values.",
            target=target,
            rows=len(found.test.outcome),
        )
    if found.no_verdict and rows >= _TOO_FEW_ROWS:
        return f"{found.no_verdict} {_without_verdict(target, found.scored)}".rstrip()
    metric = metric_in_sentence(found.model.metric)
    if found.score is None:
        return spoken(
            "The model has predicted “{target}” for {rows:,} test {rows:row|rows}, but its metric, "
            "{metric}, is undefined for them.",
            target=target,
            rows=rows,
            metric=metric,
        )
    if rows < _TOO_FEW_ROWS:
        return spoken(
            "The model has predicted “{target}”, but {rows:,} test {rows:row|rows} with a true "
            "value can't show how well: {metric} is {score} there, perhaps by chance.",
            target=target,
            rows=rows,
            metric=metric,
            score=score(found.score),
        )
    return plain_result(target, found.scored)


def standing(found: Evaluation) -> str | None:
    """How the model compares with guessing and with the best simple model, and on which rows; None
    where that is not known."""
    if found.score is None or len(found.scored) < _TOO_FEW_ROWS:
        return None
    metric = {"metric": metric_title(found.model.metric), "score": score(found.score)}
    if found.no_verdict and found.scored.is_number:
        told = spoken(
            "{metric} is {score}, but only rows of different true values can show whether that is "
            "better than guessing.",
            **metric,
        )
    elif found.no_verdict:
        told = spoken(
            "{metric} is {score}, but only rows of different classes that the model knows can show "
            "whether that is better than guessing.",
            **metric,
        )
    elif against := _guess_and_best_simple(found):
        others = [
            spoken("{score} for {name}", score=score(value), name=_in_sentence(found, name))
            for name, value in against.items()
        ]
        told = spoken(
            "{metric} is {score}, compared with {others}.", **metric, others=listed(others)
        )
    else:
        told = spoken("{metric} is {score}.", **metric)
    verdict = "" if found.no_verdict else _verdicts(found)
    return " ".join(filter(None, [verdict, told, _measured_on(found)]))


def _without_verdict(target: str, scored: Outcome) -> str:
    """What can be said of rows that show nothing else."""
    if scored.is_number:
        return plain_result(target, scored)
    if not scored.known_truth:
        return ""
    right = int((~scored.is_wrong).sum())
    return spoken(
        "The model predicted {right:,} of {rows:,} {rows:row|rows} correctly.",
        right=right,
        rows=len(scored),
    )


def _measured_on(found: Evaluation) -> str:
    """The number of test rows, and whether the check found some of them in the train file."""
    rows = len(found.scored)
    known = [f for f in found.check["findings"] if f["code"] == "rows_in_both_files"]
    if not known:
        return spoken(
            "Measured on {rows:,} test {rows:row|rows} that the model was not trained on.",
            rows=rows,
        )
    seen = str(known[0]["seen"]).rstrip(".")
    if known[0]["sampled"]:
        return spoken(
            "Measured on {rows:,} test {rows:row|rows}, but not all of them are new to the model: "
            "{seen} (seen in a sample of the rows).",
            rows=rows,
            seen=seen,
        )
    return spoken(
        "Measured on {rows:,} test {rows:row|rows}, but not all of them are new to the model: "
        "{seen}.",
        rows=rows,
        seen=seen,
    )


def bars(found: Evaluation) -> list[Bar]:
    """The model and its baselines, the best first."""
    known = [value for value in (found.score, *found.baselines.values()) if value is not None]
    ends = [found.interval.high] if found.interval else []
    most = max([1.0, *known, *ends] if not _lower_is_better(found) else [*known, *ends, 1e-12])

    def width(value: float | None) -> float:
        return 0.0 if value is None else 100 * min(1.0, max(0.0, value / most))

    low = high = None
    if found.interval:
        low, high = width(found.interval.low), width(found.interval.high)
    ours = spoken("this model")
    made = [Bar(ours, found.score, width(found.score), low, high, is_ours=True)]
    for name, value in found.baselines.items():
        compared = found.comparisons.get(name)
        verdict = translated(_VERDICTS[compared.verdict]) if compared else ""
        made.append(Bar(_name_in_words(found, name), value, width(value), verdict=verdict))
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
    """The verdicts as a sentence; empty without a guess to compare with."""
    on_guess = on_simple = None
    simple = ""
    for name in _guess_and_best_simple(found):
        verdict = found.comparisons[name].verdict
        if is_guess(name):
            on_guess = verdict
        else:
            on_simple, simple = verdict, translated(name)
    return spoken(_STANDINGS[on_guess, on_simple], simple=simple) if on_guess else ""


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
        return translated(name)
    guess = _guess_in_words(found)
    if found.model.metric in _OF_PROBABILITIES_ALONE:
        return guess
    if _has_rival(found):
        return spoken("{guess}, one of the most frequent classes in the train file", guess=guess)
    return spoken("{guess}, the most frequent class in the train file", guess=guess)


def _guess_in_words(found: Evaluation) -> str:
    """What the baseline predicts for every row."""
    if found.model.metric in _OF_PROBABILITIES_ALONE:
        return spoken("always the shares of the classes in the train file")
    guess = found.test.baselines[MOST_FREQUENT_CLASS]
    name = class_name(guess.labels, int(guess.predicted[0]))
    return spoken("always “{name}”", name=name)


def _has_rival(found: Evaluation) -> bool:
    """Whether another class is as frequent as the one that is always guessed."""
    guess = next(made for made in found.model.baselines if made.name == MOST_FREQUENT_CLASS)
    shares = guess.estimator.class_prior_
    return bool((shares == shares.max()).sum() > 1)


def _in_sentence(found: Evaluation, name: str) -> str:
    words = _guess_in_words(found) if name == MOST_FREQUENT_CLASS else translated(name)
    return spoken("guessing ({guess})", guess=words) if is_guess(name) else words


def _a_baseline_is_better(found: Evaluation) -> str | None:
    better = [name for name, compared in found.comparisons.items() if compared.verdict == "worse"]
    if not better:
        return None
    baselines = [
        spoken(
            "{name} ({score})",
            name=_name_in_words(found, name),
            score=score(found.baselines[name]),
        )
        for name in better
    ]
    return spoken(
        "On these test rows the model ({score}) is clearly worse than {baselines}. More training "
        "time, more rows or better columns may help; otherwise use the simpler one.",
        score=score(found.score),
        baselines=listed(baselines),
    )


def _few_rows(found: Evaluation) -> str | None:
    rows = len(found.scored)
    if not 0 < rows < _FEW_ROWS:
        return None
    if found.interval:
        return spoken(
            "Only {rows:,} test {rows:row|rows} with a true value: all numbers here are uncertain, "
            "as the confidence interval shows.",
            rows=rows,
        )
    return spoken(
        "Only {rows:,} test {rows:row|rows} with a true value: all numbers here are uncertain.",
        rows=rows,
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
    return spoken(
        "The model did much better on its own validation rows ({validation}) than on the test rows "
        "({score}). The test rows may come from another time or place, or there were too few rows "
        "to train on.",
        validation=score(validation),
        score=score(found.score),
    )


def _perfect(found: Evaluation) -> str | None:
    if found.no_verdict or len(found.scored) < _FEW_ROWS:
        return None
    if found.score != (0.0 if _lower_is_better(found) else 1.0):
        return None
    return spoken(
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
    return spoken(
        "The probabilities are off by {off} on average: rely on their order, not on their values.",
        off=percent(off),
    )


def _lower_is_better(found: Evaluation) -> bool:
    return found.model.metric in LOWER_IS_BETTER


def _is_better(found: Evaluation, value: float, other: float) -> bool:
    return value < other if _lower_is_better(found) else value > other
