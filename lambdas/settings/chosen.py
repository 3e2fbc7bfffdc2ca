"""What is chosen for one dataset: the stack's parameters, and above them what a person has set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lambdas.errors import PairRejected
from lambdas.language import spoken, spoken_language
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
        told = problems[:_MOST_TOLD]
        if more > 0:
            told.append(spoken("{more} more {more:problem follows|problems follow}.", more=more))
        raise PairRejected(" ".join([*told, spoken("Correct the settings and try again.")]))
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
                spoken(
                    "{where}: {setting} was set before ({before}). Keep one of the two.",
                    where=written.where,
                    setting=_name(setting),
                    before=here[setting.field],
                )
            )
            continue
        here[setting.field] = places[setting.field] = written.where
        try:
            values[setting.field] = _value(setting, written.value)
        except Unusable as expected:
            problems.append(
                spoken(
                    "{where}: {setting} is {value}, and {expected} is expected.",
                    where=written.where,
                    setting=_name(setting),
                    value=_shown(written.value),
                    expected=str(expected),
                )
            )


def _value(setting: Setting, text: str) -> Any:
    if not text.strip() and not setting.may_be_empty:
        raise Unusable(spoken("a value"))
    return setting.read(text)


def _unknown(written: Written) -> str:
    where, name = written.where, _shown(written.name)
    if near := setting_meant(written.name):
        return spoken(
            "{where}: there is no setting {name}. Did you mean {near}?",
            where=where,
            name=name,
            near=_name(near),
        )
    return spoken(
        "{where}: there is no setting {name}. The settings are {names}.",
        where=where,
        name=name,
        names=", ".join(map(_name, SETTINGS)),
    )


def _too_much(values: Mapping[str, Any], places: Mapping[str, str], allowed: Allowed) -> list[str]:
    problems = []
    limits = (
        ("cost", allowed.cost, "TrainingCost"),
        ("minutes", allowed.minutes, "MostMinutes"),
    )
    for field, most, parameter in limits:
        if values.get(field, 0) > most:
            problems.append(
                spoken(
                    "{where}: {setting} is {value:g}, and this stack allows {most:g} at most "
                    "({parameter}). Choose {most:g} or less, or ask whoever deployed the stack to "
                    "raise {parameter}.",
                    where=places[field],
                    setting=_name(SETTING_OF[field]),
                    value=values[field],
                    most=most,
                    parameter=parameter,
                )
            )
    return problems


def _that_do_not_go_together(wish: Wish, places: Mapping[str, str]) -> list[str]:
    """What can't be asked for at once; only what was set for this dataset is looked at."""
    problems = []
    metrics = {"regression": NUMBER_METRICS, "binary": CLASS_METRICS, "multiclass": CLASS_METRICS}
    suitable = metrics.get(wish.problem_type, ())
    if "eval_metric" in places and suitable and wish.eval_metric not in ("auto", *suitable):
        problems.append(
            spoken(
                "{where}: the metric {metric} does not suit the problem type {type}. Choose auto "
                "or one of {suitable}.",
                where=places["eval_metric"],
                metric=wish.eval_metric,
                type=wish.problem_type,
                suitable=", ".join(suitable),
            )
        )
    has_two_classes = wish.problem_type in ("auto", "binary")
    if "positive_class" in places and wish.positive_class != "auto" and not has_two_classes:
        problems.append(
            spoken(
                "{where}: there is a positive class only where there are two classes, and the "
                "problem type is {type}.",
                where=places["positive_class"],
                type=wish.problem_type,
            )
        )
    if wish.time_column and wish.time_column == wish.group_column:
        problems.append(
            spoken(
                "{where}: {column} can't be both the time column and the group column.",
                where=places["group_column"],
                column=_shown(wish.group_column),
            )
        )
    if wish.target in wish.leave_out:
        problems.append(
            spoken(
                "{where}: {column} is the column to predict, so it can't be left out.",
                where=places["leave_out"],
                column=_shown(wish.target),
            )
        )
    problems += [
        spoken(
            "{where}: {column} is the column to predict, and can't be the {setting} as well.",
            where=places[field],
            column=_shown(wish.target),
            setting=_name(SETTING_OF[field]),
        )
        for field in ("row_id", "time_column", "group_column")
        if wish.target == getattr(wish, field)
    ]
    return problems


def _name(setting: Setting) -> str:
    """What the setting is called in the language that is spoken."""
    return setting.korean if spoken_language() == "ko" else setting.name


def _shown(text: str) -> str:
    cut = "…" if len(text) > 60 else ""
    return f"{text[:60]!r}{cut}"
