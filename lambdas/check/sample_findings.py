"""What can be seen in a sample of the rows: columns that give the target away, and shift."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lambdas.check.column_profile import ColumnProfile
from lambdas.check.feature_findings import is_identifier
from lambdas.check.finding import Finding
from lambdas.check.pair_profile import PairProfile
from lambdas.check.problem_type import problem_type

_FEWEST_ROWS = 40
_GIVES_AWAY = 0.98
_MOST_CATEGORIES = 100
_SHIFT = 0.15
# The 1% critical value of the two-sample Kolmogorov-Smirnov test is 1.63·√((n+m)/(n·m)).
_SHIFT_BY_CHANCE = 1.63


def sample_findings(pair: PairProfile) -> list[Finding]:
    """The findings on columns that predict the target alone, and that differ between the files."""
    train, test = pair.train.sample.table, pair.test.sample.table
    findings = []
    target = pair.train.columns[pair.target]
    known = train[train[pair.target].notna()]
    for name in pair.features:
        column = pair.train.columns[name]
        if column.is_constant or not column.present:
            continue
        skill = skill_alone(known[name], known[pair.target], problem_type(target) == "regression")
        if skill >= _GIVES_AWAY:
            findings.append(_gives_away(pair, column))
        if name in test and pair.test.columns[name].kind == column.kind:
            difference = shift(train[name], test[name])
            if difference is not None and not is_identifier(column) and not column.is_date:
                findings.append(_shifted(pair, column, difference))
    return findings


def skill_alone(feature: "pd.Series[Any]", target: "pd.Series[Any]", is_number: bool) -> float:
    """How well ``feature`` alone predicts ``target``: 1 is always right, 0 as good as a guess.

    Every second row is guessed by the likest one of the others: the nearest number, or the same
    text, so that texts which do not come back score 0. For classes it is the share of wrong guesses
    that this saves, for numbers R².
    """
    rows = len(target)
    if rows < _FEWEST_ROWS:
        return 0.0
    learn, measure = np.arange(0, rows, 2), np.arange(1, rows, 2)
    if pd.api.types.is_numeric_dtype(feature):
        likest = _nearest(feature.to_numpy(dtype=float), learn, measure)
    else:
        likest = _equal(feature, target, learn, measure)
    known = likest >= 0
    if is_number:
        values = target.to_numpy(dtype=float)
        guess = np.where(known, values[likest], values[learn].mean())
        left = float(((values[measure] - guess) ** 2).sum())
        whole = float(((values[measure] - values[learn].mean()) ** 2).sum())
        return 1 - left / whole if whole else 0.0
    codes, _ = pd.factorize(target)
    usual = int(np.bincount(codes[learn]).argmax())
    wrong = float((np.where(known, codes[likest], usual) != codes[measure]).mean())
    wrong_by_guess = float((codes[measure] != usual).mean())
    return 1 - wrong / wrong_by_guess if wrong_by_guess else 0.0


def _nearest(
    values: npt.NDArray[np.floating[Any]], learn: npt.NDArray[Any], measure: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """For each row of ``measure`` the row of ``learn`` with the nearest number."""
    missing = np.isnan(values)
    if missing.any():
        # Rows without a number are like each other and like no others.
        values = np.where(missing, 2 * np.nanmin(values) - np.nanmax(values) - 1, values)
    order = learn[np.argsort(values[learn], kind="stable")]
    above = np.searchsorted(values[order], values[measure]).clip(1, len(order) - 1)
    below, above = order[above - 1], order[above]
    is_below = values[measure] - values[below] <= values[above] - values[measure]
    return np.where(is_below, below, above)


def _equal(
    feature: "pd.Series[Any]",
    target: "pd.Series[Any]",
    learn: npt.NDArray[Any],
    measure: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    """For each row of ``measure`` a row of ``learn`` that has the same text and the target that is
    most frequent with it; -1 where no row has the text."""
    texts = feature.fillna("")
    rows = pd.DataFrame({"text": texts.iloc[learn], "target": target.iloc[learn], "row": learn})
    groups = rows.groupby(["text", "target"], sort=False)["row"].agg(["size", "first"])
    usual = groups.sort_values("size").groupby("text")["first"].last()
    likest: npt.NDArray[Any] = usual.reindex(texts.iloc[measure]).fillna(-1).to_numpy(dtype=int)
    return likest


def shift(train: "pd.Series[float]", test: "pd.Series[float]") -> str | None:
    """How the values differ between the files, in words; None where they hardly do."""
    by_chance = _SHIFT_BY_CHANCE * np.sqrt(1 / max(1, len(train)) + 1 / max(1, len(test)))
    if abs(train.isna().mean() - test.isna().mean()) > _SHIFT + by_chance:
        return (
            f"{train.isna().mean():.0%} of the values are missing in train, "
            f"{test.isna().mean():.0%} in test"
        )
    train, test = train.dropna(), test.dropna()
    if min(len(train), len(test)) < _FEWEST_ROWS:
        return None
    by_chance = _SHIFT_BY_CHANCE * np.sqrt(1 / len(train) + 1 / len(test))
    if pd.api.types.is_numeric_dtype(train):
        if _largest_gap(train.to_numpy(), test.to_numpy()) > _SHIFT + by_chance:
            return (
                f"half of the values are below {train.median():.4g} in train, "
                f"and below {test.median():.4g} in test"
            )
        return None
    shares = train.value_counts(normalize=True), test.value_counts(normalize=True)
    if len(shares[0]) > _MOST_CATEGORIES:
        return None
    apart = shares[1].sub(shares[0], fill_value=0)
    if float(apart.abs().sum()) / 2 > _SHIFT + by_chance:
        most = apart.abs().idxmax()
        return (
            f"{most!r} makes {shares[0].get(most, 0):.0%} of the rows in train, "
            f"{shares[1].get(most, 0):.0%} in test"
        )
    return None


def _largest_gap(
    train: npt.NDArray[np.floating[Any]], test: npt.NDArray[np.floating[Any]]
) -> float:
    """The Kolmogorov-Smirnov statistic: the largest gap between the two distributions."""
    train, test = np.sort(train), np.sort(test)
    values = np.concatenate([train, test])
    below = np.searchsorted(train, values, "right") / len(train)
    return float(np.abs(below - np.searchsorted(test, values, "right") / len(test)).max())


def _gives_away(pair: PairProfile, column: ColumnProfile) -> Finding:
    return Finding(
        code="gives_target_away",
        severity="warning",
        file=pair.train.file,
        column=column.name,
        seen=f"This column alone tells {pair.target!r} almost perfectly.",
        expected="A column that is known only together with the answer makes a model that looks "
        "perfect and is useless.",
        action="Remove it from both files if it is filled in after the answer is known.",
        sampled=not pair.train.sample.is_whole,
    )


def _shifted(pair: PairProfile, column: ColumnProfile, difference: str) -> Finding:
    return Finding(
        code="shift",
        severity="warning",
        file=pair.test.file,
        column=column.name,
        seen=f"The values are spread differently in the two files: {difference}.",
        expected="A model does well on rows that are like the ones it has learned from.",
        action="Check that both files come from the same source; if they come from one table, "
        "shuffle its rows before you split it.",
        sampled=not (pair.train.sample.is_whole and pair.test.sample.is_whole),
    )
