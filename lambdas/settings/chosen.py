"""What is chosen for one dataset: the stack's parameters, and above them what a person has set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lambdas.errors import PairRejected
from lambdas.settings.setting import (
    CLASS_METRICS,
    NUMBER_METRICS,
    SETTING_OF,
    SETTINGS,
    Setting,
    setting_meant,
    setting_named,
)
from lambdas.settings.settings_text import Written
from lambdas.settings.values import Unusable
from lambdas.wish import Wish

_MOST_TOLD = 10
_COLUMNS = ("leave_out", "row_id", "time_column", "group_column")


@dataclass(frozen=True)
class Allowed:
    """What no settings can exceed, for who deploys the stack decides about the money."""

    cost: float
    minutes: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The limits in a Lambda function's environment variables."""
        return cls(float(environment["TRAINING_COST"]), float(environment["MOST_MINUTES"]))


@dataclass(frozen=True)
class Chosen:
    """The wish for one dataset, and the fields of it that were set for this dataset alone."""

    wish: Wish
    fields: frozenset[str] = frozenset()


def chosen(stack: Wish, allowed: Allowed, *sources: Iterable[Written]) -> Chosen:
    """The stack's wish with the settings of each source, the last of which wins.

    Raises:
        PairRejected: settings are unknown, wrong, too expensive, or do not go together; the text
            says all of it, each with its place.
    """
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for source in sources:
        _read(source, values, places, problems)
    wish = replace(stack, **values)
    problems += _too_much(values, places, allowed)
    problems += _that_do_not_go_together(wish, places)
    if problems:
        more = len(problems) - _MOST_TOLD
        told = problems[:_MOST_TOLD] + ([f"There are {more} more problems."] if more > 0 else [])
        raise PairRejected(" ".join([*told, "Correct the settings and upload them again."]))
    return Chosen(wish, frozenset(values))


def _read(
    source: Iterable[Written],
    values: dict[str, Any],
    places: dict[str, str],
    problems: list[str],
) -> None:
    """Reads the settings of one source into ``values``, and adds what is wrong with them."""
    here: dict[str, str] = {}
    for written in source:
        setting = setting_named(written.name)
        if setting is None:
            problems.append(_unknown(written))
            continue
        if setting.field in here:
            problems.append(
                f"{written.where}: {setting.name} was set before, in {here[setting.field]}. Keep "
                "one of the two."
            )
            continue
        here[setting.field] = places[setting.field] = written.where
        try:
            values[setting.field] = _value(setting, written.value)
        except Unusable as expected:
            problems.append(
                f"{written.where}: {setting.name} is {_shown(written.value)}, and {expected} is "
                "expected."
            )


def _value(setting: Setting, text: str) -> Any:
    if not text.strip() and not setting.may_be_empty:
        raise Unusable("a value")
    return setting.read(text)


def _unknown(written: Written) -> str:
    near = setting_meant(written.name)
    meant = f" Did you mean {near.name} ({near.korean})?" if near else ""
    names = ", ".join(setting.name for setting in SETTINGS)
    known = meant or f" The settings are {names}."
    return f"{written.where}: there is no setting {_shown(written.name)}.{known}"


def _too_much(values: Mapping[str, Any], places: Mapping[str, str], allowed: Allowed) -> list[str]:
    problems = []
    limits = (
        ("cost", allowed.cost, "TrainingCost", "USD"),
        ("minutes", allowed.minutes, "MostMinutes", "minutes"),
    )
    for field, most, parameter, unit in limits:
        if values.get(field, 0) > most:
            problems.append(
                f"{places[field]}: {field} is {values[field]:g}, and this stack allows at most "
                f"{most:g} {unit} ({parameter}). Set {field} to {most:g} or less, or ask whoever "
                f"deployed the stack to raise {parameter}."
            )
    return problems


def _that_do_not_go_together(wish: Wish, places: Mapping[str, str]) -> list[str]:
    """What can't be asked for at once; only what was set for this dataset is looked at."""
    problems = []
    metrics = {"regression": NUMBER_METRICS, "binary": CLASS_METRICS, "multiclass": CLASS_METRICS}
    suitable = metrics.get(wish.problem_type, ())
    if "eval_metric" in places and suitable and wish.eval_metric not in ("auto", *suitable):
        problems.append(
            f"{places['eval_metric']}: the metric {wish.eval_metric} does not suit the problem "
            f"type {wish.problem_type}. Choose auto or one of {', '.join(suitable)}."
        )
    has_two_classes = wish.problem_type in ("auto", "binary")
    if "positive_class" in places and wish.positive_class != "auto" and not has_two_classes:
        problems.append(
            f"{places['positive_class']}: there is a positive class only where there are two "
            f"classes, and the problem type is {wish.problem_type}."
        )
    if wish.time_column and wish.time_column == wish.group_column:
        problems.append(
            f"{places['group_column']}: {wish.group_column!r} can't be both the time column and "
            "the group column."
        )
    for field in _COLUMNS:
        columns = wish.leave_out if field == "leave_out" else (getattr(wish, field),)
        if wish.target in columns:
            problems.append(
                f"{places[field]}: {wish.target!r} is the column to predict, so it can't be in "
                f"{SETTING_OF[field].name}."
            )
    return problems


def _shown(text: str) -> str:
    cut = "…" if len(text) > 60 else ""
    return f"{text[:60]!r}{cut}"
