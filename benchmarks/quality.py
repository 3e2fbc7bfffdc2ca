"""Codefree's training beside plain AutoGluon, its best preset, and the best simple model.

All learn from the same rows within the same time, and are asked for the same metric. Nothing is
chosen by the test rows but which simple model is the best one, in its favour.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot
from rich.console import Console
from rich.table import Table
from sklearn import metrics as sk
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from benchmarks.job_programs import train_job, write_table
from benchmarks.quality_sets import TARGET, DataSet, data_sets

_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = os.environ.get("CODEFREE_BENCH_SECONDS", "40")
_PRESET = os.environ.get("CODEFREE_BENCH_PRESET", "medium_quality")
_SPLITS = int(os.environ.get("CODEFREE_BENCH_SPLITS", "3"))
_SETS = [name for name in os.environ.get("CODEFREE_BENCH_SETS", "").split(",") if name]
# Where results are added and, if they are there, not measured again.
_KEPT = os.environ.get("CODEFREE_BENCH_KEPT", "")
_PICTURE = os.environ.get("CODEFREE_BENCH_PICTURE", "")

CODEFREE, PLAIN, BEST = "Codefree", "plain AutoGluon", "best_quality_v150"
SIMPLE = "best simple model"
CONTENDERS = (CODEFREE, PLAIN, BEST, SIMPLE)
_LOWER_IS_BETTER = {"root_mean_squared_error", "log loss"}
# A mean over splits is behind another when it is so by more than this many standard errors.
_ERRORS = 2.0
_SMALLEST_DIFFERENCE = 1e-6
# What the picture shows.
_EDGES = (0.2, 5.0)


@dataclass(frozen=True)
class Scored:
    """The scores of one contender on one split: the metric asked for, log loss and AUROC."""

    data_set: str
    split: int
    contender: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Predicted:
    """What a contender says of the test rows; for a number without probabilities."""

    values: np.ndarray
    probabilities: pd.DataFrame | None = None


def main() -> None:
    """Measures what is not measured yet, and prints all of it."""
    found = [Scored(**json.loads(line)) for line in _kept().splitlines()]
    chosen = [d for d in data_sets() if d.name in _SETS or not _SETS]
    for data_set in chosen:
        for split, (train, test) in enumerate(data_set.splits(_SPLITS)):
            done = {s.contender for s in found if (s.data_set, s.split) == (data_set.name, split)}
            for contender in (c for c in CONTENDERS if c not in done):
                scores = _scores(data_set, contender, train, test)
                found.append(Scored(data_set.name, split, contender, scores))
                if _KEPT:
                    with Path(_KEPT).open("a", encoding="utf-8") as kept:
                        kept.write(json.dumps(asdict(found[-1])) + "\n")
    console = Console(width=150)
    console.print(*_tables(chosen, found), sep="\n")
    if _PICTURE:
        _draw(chosen, found, Path(_PICTURE))


def _kept() -> str:
    path = Path(_KEPT)
    return path.read_text(encoding="utf-8") if _KEPT and path.exists() else ""


def _scores(
    data_set: DataSet, contender: str, train: pd.DataFrame, test: pd.DataFrame
) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as work:
        if contender == SIMPLE:
            every = [_scored(data_set, test, p) for p in _simple(data_set, train, test)]
            return {name: _best(name, [one[name] for one in every]) for name in every[0]}
        predict = _codefree if contender == CODEFREE else _autogluon
        preset = BEST if contender == BEST else _PRESET
        return _scored(data_set, test, predict(data_set, preset, train, test, Path(work)))


def _scored(data_set: DataSet, test: pd.DataFrame, predicted: Predicted) -> dict[str, float]:
    truth = test[TARGET]
    if predicted.probabilities is None:
        return {data_set.metric: float(sk.root_mean_squared_error(truth, predicted.values))}
    classes = list(predicted.probabilities.columns)
    table = predicted.probabilities.to_numpy(float)
    table = table / table.sum(axis=1, keepdims=True)
    known = truth.isin(classes).to_numpy()
    said, right = list(predicted.values), list(truth)
    scores = {"accuracy": float(sk.accuracy_score(right, said))}
    if len(classes) == 2:
        scores["f1"] = float(sk.f1_score(right, said, pos_label=classes[1]))
    asked = {data_set.metric: scores[data_set.metric]}
    order = np.argsort(np.array(classes, dtype=object).astype(str))
    labels, ordered = [classes[place] for place in order], table[:, order]
    places = truth[known].map({label: place for place, label in enumerate(labels)})
    asked["log loss"] = float(sk.log_loss(places, ordered[known], labels=range(len(labels))))
    if len(classes) == 2:
        asked["AUROC"] = float(sk.roc_auc_score(truth == classes[1], table[:, 1]))
    else:
        asked["AUROC"] = float(
            sk.roc_auc_score(places, ordered[known], multi_class="ovo", labels=range(len(labels)))
        )
    return asked


def _codefree(
    data_set: DataSet, preset: str, train: pd.DataFrame, test: pd.DataFrame, work: Path
) -> Predicted:
    """Codefree's training job, in a process of its own, and the model that it leaves; the test
    file is read as the evaluation reads it."""
    from training.job.tables import batches_in, read_check
    from training.model.trained_model import unpacked_model

    (work / "test").mkdir()
    train_file = write_table(train, work / "train.csv")
    test_file = write_table(test, work / "test" / "test.csv")
    parameters = {"eval_metric": data_set.metric, "presets": preset, "time_limit": _SECONDS}
    train_job(work / "job", train_file, test_file, TARGET, **parameters)
    model = unpacked_model(work / "job" / "model")
    rows = pd.concat(batches_in(work / "test", read_check(work / "job" / "check"), "test"))
    values, probabilities = model.prediction(rows)
    if model.classes is None or probabilities is None:
        return Predicted(values)
    labels = np.array(model.classes, dtype=object)[values]
    return Predicted(labels, pd.DataFrame(probabilities, columns=model.classes))


def _autogluon(
    data_set: DataSet, preset: str, train: pd.DataFrame, test: pd.DataFrame, work: Path
) -> Predicted:
    """What a person would write with AutoGluon alone, in a process of its own."""
    named = {"train.csv": train, "test.csv": test}
    files = [str(write_table(table, work / name)) for name, table in named.items()]
    command = [sys.executable, "-m", "benchmarks.quality", *files, data_set.metric, preset]
    done = subprocess.run(
        [*command, str(work)], check=False, capture_output=True, text=True, cwd=_ROOT
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    values = pd.read_pickle(work / "values.pkl").to_numpy()
    path = work / "probabilities.pkl"
    return Predicted(values, pd.read_pickle(path) if path.exists() else None)


def _three_lines(train: str, test: str, metric: str, preset: str, work: str) -> None:
    """The lines themselves."""
    from autogluon.tabular import TabularPredictor

    predictor = TabularPredictor(TARGET, eval_metric=metric, path=str(Path(work) / "ag"))
    predictor.fit(_read(Path(train)), presets=preset, time_limit=float(_SECONDS))
    rows = _read(Path(test))
    predictor.predict(rows).to_pickle(Path(work) / "values.pkl")
    if predictor.can_predict_proba:
        probabilities = predictor.predict_proba(rows)[predictor.class_labels]
        probabilities.to_pickle(Path(work) / "probabilities.pkl")


def _simple(data_set: DataSet, train: pd.DataFrame, test: pd.DataFrame) -> Iterator[Predicted]:
    """A linear model, a small tree, and one library's boosted trees as they come."""
    models: list[Any] = (
        [Ridge(), DecisionTreeRegressor(max_depth=4), HistGradientBoostingRegressor()]
        if data_set.is_number
        else [
            LogisticRegression(max_iter=1000),
            DecisionTreeClassifier(max_depth=4),
            HistGradientBoostingClassifier(),
        ]
    )
    features, labels = train.drop(columns=TARGET), train[TARGET]
    for model in models:
        fitted = make_pipeline(_as_numbers(features), model).fit(features, labels)
        values = fitted.predict(test)
        if data_set.is_number:
            yield Predicted(values)
        else:
            yield Predicted(
                values, pd.DataFrame(fitted.predict_proba(test), columns=fitted.classes_)
            )


def _as_numbers(features: pd.DataFrame) -> Any:
    words = [c for c in features.select_dtypes(exclude="number") if _is_text(features[c])]
    plain = features.drop(columns=words)
    return make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            list(plain.select_dtypes("number")),
        ),
        (
            OneHotEncoder(handle_unknown="ignore", max_categories=100, sparse_output=False),
            list(plain.select_dtypes(exclude="number")),
        ),
        *((TfidfVectorizer(), column) for column in words),
        sparse_threshold=0,
    )


def _is_text(column: "pd.Series[Any]") -> bool:
    if column.dtype != object:
        return False
    texts = column.dropna().astype(str)
    return bool(texts.map(lambda text: len(text.split())).mean() > 3)


def _read(path: Path) -> pd.DataFrame:
    """The table; pandas' quick way to read numbers is off by the last digit for some of them."""
    return pd.read_csv(path, float_precision="round_trip")


def _best(score: str, values: list[float]) -> float:
    return min(values) if score in _LOWER_IS_BETTER else max(values)


@dataclass(frozen=True)
class Compared:
    """How a contender did on one data set in one score, over all splits."""

    data_set: str
    score: str
    values: dict[str, np.ndarray]

    def better_by(self, one: str, other: str) -> np.ndarray:
        """By how much one is better than the other on each split."""
        sign = -1 if self.score in _LOWER_IS_BETTER else 1
        return np.asarray(sign * (self.values[one] - self.values[other]))

    def standing(self, one: str, other: str) -> str:
        """Whether one is ahead of the other by more than the splits' noise: win, tie or loss."""
        by = self.better_by(one, other)
        error = by.std(ddof=1) / np.sqrt(len(by)) if len(by) > 1 else 0.0
        if abs(by.mean()) <= max(_ERRORS * error, _SMALLEST_DIFFERENCE):
            return "tie"
        return "win" if by.mean() > 0 else "loss"

    def ranks(self) -> pd.Series:
        """The place of each contender by its mean; 1 is the best."""
        means = pd.Series({c: values.mean() for c, values in self.values.items()})
        return means.rank(ascending=self.score in _LOWER_IS_BETTER)


def _compared(chosen: list[DataSet], found: list[Scored]) -> list[Compared]:
    made = []
    for data_set in chosen:
        of_set = [s for s in found if s.data_set == data_set.name and s.split < _SPLITS]
        for score in of_set[0].scores:
            by_split = {
                c: np.array(
                    [s.scores[score] for s in sorted(of_set, key=_split) if s.contender == c]
                )
                for c in CONTENDERS
            }
            made.append(Compared(data_set.name, score, by_split))
    return made


def _split(scored: Scored) -> int:
    return scored.split


def _tables(chosen: list[DataSet], found: list[Scored]) -> list[Table]:
    compared = _compared(chosen, found)
    rows = {d.name: len(d.table) for d in chosen}
    each = Table(title=f"{_PRESET}, {_SECONDS} s, mean of {_SPLITS} splits")
    for column in ("data", "rows", "score", *CONTENDERS):
        each.add_column(column, justify="left" if column in {"data", "score"} else "right")
    for one in compared:
        means = {c: values.mean() for c, values in one.values.items()}
        best = _best(one.score, list(means.values()))
        shown = (f"{m:.4f}" + (" *" if m == best else "  ") for m in means.values())
        each.add_row(one.data_set, f"{rows[one.data_set]:,}", one.score, *shown)
    return [each, _counts(compared)]


def _counts(compared: list[Compared]) -> Table:
    """Wins, ties and losses of Codefree, and the mean rank of each."""
    asked = {one.data_set: one.score for one in reversed(compared)}
    kinds = {
        "asked for": [one for one in compared if asked[one.data_set] == one.score],
        "log loss or RMSE": [one for one in compared if one.score in _LOWER_IS_BETTER],
        "AUROC": [one for one in compared if one.score == "AUROC"],
    }
    table = Table(
        title="Codefree: win / tie / loss, by more than two standard errors of the splits"
    )
    for column in ("score", *(f"against {c}" for c in CONTENDERS[1:]), "mean rank of each"):
        table.add_column(column)
    for kind, of_kind in kinds.items():
        standings = []
        for other in CONTENDERS[1:]:
            seen = [one.standing(CODEFREE, other) for one in of_kind]
            standings.append(" / ".join(str(seen.count(w)) for w in ("win", "tie", "loss")))
        ranks = pd.concat([one.ranks() for one in of_kind], axis=1).mean(axis=1)
        table.add_row(kind, *standings, ", ".join(f"{c} {r:.2f}" for c, r in ranks.items()))
    return table


def _draw(chosen: list[DataSet], found: list[Scored], path: Path) -> None:
    """Log loss or RMSE of each contender as a share of plain AutoGluon's, a line for each set."""
    compared = [one for one in _compared(chosen, found) if one.score in _LOWER_IS_BETTER]
    compared.sort(key=lambda one: one.values[CODEFREE].mean() / one.values[PLAIN].mean())
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(compared) + 1.4), layout="constrained")
    marks = {SIMPLE: ("s", "#9ca3af"), BEST: ("D", "#c2820a"), CODEFREE: ("o", "#1d4ed8")}
    for contender, (mark, colour) in marks.items():
        share = [one.values[contender].mean() / one.values[PLAIN].mean() for one in compared]
        at = np.clip(share, *_EDGES)
        axes.scatter(at, range(len(compared)), marker=mark, color=colour, label=contender)
    axes.axvline(1, color="#374151", linewidth=1)
    axes.set_xscale("log")
    ticks = (0.25, 0.5, 1, 2, 4)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xlim(_EDGES[0] * 0.9, _EDGES[1] * 1.1)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(compared)), [f"{one.data_set}" for one in compared])
    axes.set_xlabel("log loss or RMSE beside plain AutoGluon's, lower is better (clipped)")
    axes.grid(axis="y", color="#e5e7eb")
    figure.legend(loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    _three_lines(*sys.argv[1:]) if len(sys.argv) > 1 else main()
