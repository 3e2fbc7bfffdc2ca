"""Which rows of the train file check the models, where rows belong together or follow in time.

Rows drawn at random would do: unless rows of one group, or later rows, tell about them. AutoGluon
then splits by a structure that it is given (autogluon.common.utils.validation_structure), for
cross-validation, for rows kept aside, and for what decides on stacking. It takes the structure from
a column, which stands in the table under a name of its own and is no feature.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from training.job.language import spoken

# AutoGluon keeps a fifth of a small table aside, and less of a larger one
# (autogluon.core.utils.default_holdout_frac).
_MOST_KEPT_ASIDE = 0.2
# Folds learn from rows that are newer than those that they check, so there are none.
_WITHOUT_FOLDS = {
    "num_bag_folds": 0,
    "num_stack_levels": 0,
    "auto_stack": False,
    "dynamic_stacking": False,
    "use_bag_holdout": False,
}


@dataclass(frozen=True)
class ValidationRule:
    """The rule by which rows are kept aside; ``column`` is empty where they are drawn at random.

    ``values`` has a whole number for each row, by which AutoGluon tells groups or times apart;
    ``why`` says it in a sentence.
    """

    column: str = ""
    values: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    is_by_time: bool = False
    why: str | None = None

    def with_column(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the column that the rule looks at, if there is one."""
        return table.assign(**{self.column: self.values}) if self.column else table

    @property
    def ignored(self) -> list[str]:
        """The columns of :meth:`with_column` that are no features."""
        return [self.column] if self.column else []

    @property
    def allows_folds(self) -> bool:
        """Whether the table may be cross-validated."""
        return not self.is_by_time

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of ``TabularPredictor.fit`` for this rule."""
        if not self.column:
            return {}
        if self.is_by_time:
            return {"validation_structure": {"time_on": self.column}} | _WITHOUT_FOLDS
        return {"validation_structure": {"group_on": self.column}}


def validation_rule(table: pd.DataFrame, target: str, roles: dict[str, Any]) -> ValidationRule:
    """The rule for the rows to learn from.

    Args:
        table: these rows, with the columns for times and groups as the check has read them.
        target: the column to predict, in which no value is missing.
        roles: the columns' parts, as in check.json.
    """
    rule = _rule(table, roles)
    if len(np.unique(rule.values)) < 2:
        return ValidationRule()
    if _keeps_both_classes(rule, table[target].to_numpy()):
        return rule
    columns = ", ".join(name for name in (roles.get("time"), roles.get("group")) if name)
    why = spoken(
        "The rows of the train file on which the models were checked were drawn at random: split "
        "by {columns}, the others would all have been of one class.",
        columns=columns,
    )
    return ValidationRule(why=why)


def _keeps_both_classes(rule: ValidationRule, labels: npt.NDArray[Any]) -> bool:
    """Whether rows of both classes, if there are two, are left to learn from."""
    codes, classes = pd.factorize(labels)
    if len(classes) != 2:
        return True
    if rule.is_by_time:
        older = rule.values < np.quantile(rule.values, 1 - _MOST_KEPT_ASIDE)
        return len(np.unique(codes[older])) == 2
    return all(len(np.unique(rule.values[codes == code])) > 1 for code in range(2))


def _rule(table: pd.DataFrame, roles: dict[str, Any]) -> ValidationRule:
    group, time = roles.get("group", ""), roles.get("time", "")
    groups = _groups(table[group]) if group in table else None
    times = None
    if time in table:
        times = time_order(table[time], day_first=bool(roles.get("day_first")))
    column = _free_name(table)
    if times is not None and groups is not None:
        # A group comes when its first row does; those of one time stay together, too.
        first = pd.Series(times).groupby(groups).transform("min").to_numpy(np.int64)
        why = spoken(
            "The models were checked on rows of the train file whose groups ({group}) begin "
            "latest, by {time}: no group was learned from and checked on.",
            group=group,
            time=time,
        )
        return ValidationRule(column, first, is_by_time=True, why=why)
    if times is not None:
        why = spoken(
            "The models were checked on the newest rows of the train file, by {time}, and learned "
            "from older ones alone.",
            time=time,
        )
        return ValidationRule(column, times, is_by_time=True, why=why)
    if groups is not None:
        why = spoken(
            "Rows of the train file with the same {group} were never learned from and checked on "
            "by the same models.",
            group=group,
        )
        return ValidationRule(column, groups, why=why)
    return ValidationRule()


def time_order(values: "pd.Series[Any]", *, day_first: bool) -> npt.NDArray[np.int64]:
    """A whole number for each row, greater for later times; rows without a time come first, so
    that they are learned from.

    Args:
        values: numbers, or dates as texts.
        day_first: whether the day comes first in a date that can be read in two ways.
    """
    if is_numeric_dtype(values):
        known = values.astype(float)
    else:
        codes, texts = pd.factorize(values)
        dates = _dates(pd.Series(texts, dtype=object), day_first=day_first)
        known = pd.Series(np.append(dates, np.nan)[codes])
    # Only the order matters.
    order: npt.NDArray[np.int64] = known.rank(method="dense").fillna(0).to_numpy().astype(np.int64)
    return order


def _dates(texts: "pd.Series[Any]", *, day_first: bool) -> npt.NDArray[np.float64]:
    """The dates as numbers, NaN where a text is none; each is read by itself."""
    found = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    # Behind a year, the month comes first whatever else the column has.
    year_first = texts.str.strip().str.match(r"\d{4}")
    for chosen, is_day_first in ((year_first, False), (~year_first, day_first)):
        left = texts[found.isna() & chosen]
        if len(left):
            read = pd.to_datetime(
                left, format="mixed", errors="coerce", utc=True, dayfirst=is_day_first
            )
            found = found.where(found.notna(), read.reindex(found.index))
    plain = found.dt.tz_localize(None).to_numpy("datetime64[us]")
    return np.where(np.isnat(plain), np.nan, plain.astype(np.int64).astype(float))


def _groups(values: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """A whole number for each row's group; rows without one are a group."""
    codes, _ = pd.factorize(values, use_na_sentinel=False)
    return codes.astype(np.int64)


def _free_name(table: pd.DataFrame) -> str:
    name = "validation rows"
    while name in table:
        name += "_"
    return name
