"""Everything that is found out about a model with its test file, before any file is written."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from training.evaluation.against_approved import AgainstApproved
from training.evaluation.importance import Importance, importance
from training.evaluation.leaderboard import leaderboard
from training.evaluation.predicted_test import PredictedTest
from training.evaluation.verdict import why_no_verdict
from training.job.language import spoken
from training.job.second_process import SecondProcess
from training.model.class_names import class_names
from training.model.outcome import Outcome, plain_label
from training.model.trained_model import Model
from training.scoring.comparison import Comparison, comparison
from training.scoring.intervals import Interval, interval
from training.scoring.metric_score import score_by
from training.scoring.scores import (
    Scores,
    ScoreTable,
    Undefined,
    score_functions,
    score_table,
    value_of,
)


@dataclass(frozen=True)
class Evaluation:
    """What the result files and the report are made of.

    ``scored`` are the rows with a true value, and ``scores`` those of the model on them.
    ``baselines`` has the main score of each baseline by its name, None where undefined, and
    ``comparisons`` how the model compares with it; both are empty where the test rows can't show
    how good the model is, which ``no_verdict`` then says in a sentence. ``importance`` is a text
    where there is none. ``against`` is how the model compares with the one that is approved, None
    where there is none.
    """

    name: str
    model: Model
    check: dict[str, Any]
    test: PredictedTest
    scored: Outcome
    scores: Scores
    interval: Interval | None
    baselines: dict[str, float | None]
    comparisons: dict[str, Comparison]
    no_verdict: str | None
    board: pd.DataFrame
    importance: Importance | str
    notes: list[str]
    against: AgainstApproved | None = None

    @property
    def score(self) -> float | None:
        """The main score."""
        return self.scores.get(self.model.metric)

    @property
    def data_warnings(self) -> list[str]:
        """What the check warned of."""
        return [f["text"] for f in self.check["findings"] if f["severity"] == "warning"]

    def metrics(self) -> dict[str, Any]:
        """What metrics.json holds."""
        predictor = self.model.predictor
        is_binary = predictor.problem_type == "binary"
        classes = [plain_label(label) for label in self.model.classes or []]
        return {
            "name": self.name,
            "problem_type": predictor.problem_type,
            "eval_metric": self.model.metric,
            "score": self.score,
            "interval": asdict(self.interval) if self.interval else None,
            "baselines": self.baselines,
            "comparisons": {name: asdict(found) for name, found in self.comparisons.items()},
            "metrics": self.scores,
            "rows": len(self.test.outcome),
            "rows_scored": len(self.scored),
            "positive_class": classes[1] if is_binary else None,
            "positive_class_why": self.model.record.get("positive_class_why"),
            "classes": classes or None,
            "unknown_classes": self.test.outcome.unseen or None,
            "decision_threshold": float(predictor.decision_threshold) if is_binary else None,
            "best_model": self.model.record["best_model"],
            "machine": self.model.record.get("machine"),
            "report": f"{self.name}_report.html",
            "champion": self.against.as_json() if self.against else None,
            "notes": self.notes,
            "data_warnings": self.data_warnings,
        }


def evaluation(
    name: str, model: Model, check: dict[str, Any], test: PredictedTest, second: SecondProcess
) -> Evaluation:
    """The predictions scored, and the model examined as far as the time allows, while the
    ``second`` process has the models predict that the best one is not made of."""
    labelled, by_model = test.labelled_sample, test.labelled_by_model
    # A large model is not loaded twice, and one of which all is known not once more.
    is_asked_there = model.is_small and not by_model.keys() >= set(model.kept)
    other = second if is_asked_there else SecondProcess()
    board = other.begin(leaderboard, model, labelled, by_model)
    scored = test.outcome.scored()
    main = main_score(model)
    table = ScoreTable()
    if len(scored):
        table = score_table(scored, {model.metric: main} | score_functions(scored))
    score = table.scores.get(model.metric)
    no_verdict = why_no_verdict(scored) if len(scored) else None
    baselines = _baseline_scores(test, main) if len(scored) and not no_verdict else {}
    return Evaluation(
        name=name,
        model=model,
        check=check,
        test=test,
        scored=scored,
        scores=table.scores,
        interval=None if score is None else interval(scored, model.metric, main, score),
        baselines=baselines,
        comparisons=_comparisons(model.metric, main, score, scored, baselines, test),
        no_verdict=no_verdict,
        importance=importance(model, labelled, test.outcome.at(labelled.index.to_numpy(int))),
        board=board(),
        notes=_notes(model, test, no_verdict) + table.notes,
    )


def main_score(model: Model) -> Callable[[Outcome], float]:
    """The model's own metric as a function of rows, in the direction that people know."""
    return score_by(model.predictor.eval_metric)


def _baseline_scores(
    test: PredictedTest, main: Callable[[Outcome], float]
) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    for name, outcome in test.baselines.items():
        try:
            scores[name] = value_of(main, outcome.scored())
        except Undefined:
            scores[name] = None
    return scores


def _comparisons(
    metric: str,
    main: Callable[[Outcome], float],
    score: float | None,
    scored: Outcome,
    baselines: dict[str, float | None],
    test: PredictedTest,
) -> dict[str, Comparison]:
    return {
        name: comparison(scored, test.baselines[name].scored(), metric, main, (score, value))
        for name, value in baselines.items()
        if score is not None and value is not None
    }


def _notes(model: Model, test: PredictedTest, no_verdict: str | None) -> list[str]:
    record, outcome = model.record, test.outcome
    notes = []
    if record["eval_metric_asked"] not in {"auto", record["eval_metric"]}:
        notes.append(record["eval_metric_why"])
    known = outcome.has_truth
    if not known.any():
        none = spoken(
            "The test file has no true values of {target}: predictions, but no scores.",
            target=record["target"],
        )
        return [*notes, none]
    if missing := int((~known).sum()):
        notes.append(
            spoken(
                "{rows:,} test row(s) without a true value are predicted but not scored.",
                rows=missing,
            )
        )
    if outcome.unseen:
        rows = int((outcome.truth >= len(outcome.classes)).sum())
        names = class_names(outcome.labels)[len(outcome.classes) :]
        named = ", ".join(names[:5]) + ", …" * (len(names) > 5)
        notes.append(
            spoken(
                "{rows:,} test row(s) have a class that the model does not know ({named}), because "
                "the train file has no rows of it or too few. They count as wrong predictions, and "
                "scores made of probabilities are undefined.",
                rows=rows,
                named=named,
            )
        )
    if no_verdict:
        alone = spoken("It is compared neither with guessing nor with simple models.")
        notes.append(f"{no_verdict} {alone}")
    return notes
