"""What is known of the data that a model was trained on, as check.json and train_file.json have it.

A column of either has ``spread``, what new rows are compared with
(:mod:`lambdas.check.profile.spread`). Models that were trained before there was any are read, too;
then less is said of new rows.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, get_args

from lambdas.check.profile.column_profile import Kind
from lambdas.check.profile.problem_type import ProblemType
from lambdas.check.profile.spread import Spread
from lambdas.check.reading.column_reading import ColumnReading
from lambdas.check.reading.missing_words import NO_NUMBERS, PERHAPS_MISSING
from lambdas.check.reading.number_form import NumberForm

# More different numbers are hardly classes.
_FEW_NUMBERS = 20


class BrokenTrainedFile(ValueError):
    """What should be known of the training's data is not as Codefree wrote it."""


@dataclass(frozen=True)
class TrainedColumn:
    """A column of the train file: what it holds, how its texts are read, and how its values are
    spread, None where that is not known."""

    name: str
    kind: Kind
    reading: ColumnReading
    spread: Spread | None

    @classmethod
    def of(cls, column: Mapping[str, Any]) -> Self:
        """A column of check.json."""
        spread = Spread.of(column["spread"]) if column.get("spread") else None
        kind = column["kind"]
        if kind not in get_args(Kind):
            raise ValueError(kind)
        return cls(str(column["name"]), kind, _reading(column, spread), spread)


@dataclass(frozen=True)
class TrainedFile:
    """The data that a model was trained on.

    ``classes`` are the rows for each class, empty where a number is predicted, and ``roles`` the
    columns with a part of their own, both as in check.json, as are the ``format`` of the train file
    and ``told``, its columns.
    """

    target: str
    problem_type: ProblemType
    positive_class: str | None
    classes: Mapping[str, int]
    roles: Mapping[str, Any]
    language: str
    format: Mapping[str, Any]
    columns: Mapping[str, TrainedColumn]
    told: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, check: Mapping[str, Any]) -> Self:
        """The data that check.json tells of, or train_file.json in a model's archive.

        Raises:
            BrokenTrainedFile: it does not have their form.
        """
        try:
            train = check.get("train") or check
            columns = [TrainedColumn.of(column) for column in train["columns"]]
            if check["target"] not in {column.name for column in columns}:
                raise KeyError(check["target"])
            return cls(
                target=str(check["target"]),
                problem_type=_problem_type(check),
                positive_class=check.get("positive_class"),
                classes=_classes(check),
                roles=_roles(check),
                language=str(check.get("language") or "en"),
                format=_format(train["format"]),
                columns={column.name: column for column in columns},
                told=tuple({k: v for k, v in c.items() if k != "spread"} for c in train["columns"]),
            )
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise BrokenTrainedFile(f"{type(error).__name__}: {error}") from error

    @property
    def unlearned(self) -> frozenset[str]:
        """The columns that nothing is learned from."""
        roles = self.roles
        return frozenset({*roles["leave_out"], roles["row_id"], roles["group"]} - {""})

    @property
    def features(self) -> list[str]:
        """The columns that the model has learned from."""
        return [name for name in self.columns if name not in {self.target, *self.unlearned}]

    @property
    def words(self) -> frozenset[str]:
        """The words that stand for a missing number somewhere: they do so in the whole file."""
        spreads = [column.spread for column in self.columns.values() if column.kind == "number"]
        words = {word for spread in spreads if spread for word in spread.words}
        return PERHAPS_MISSING.intersection(words)

    @property
    def some_texts(self) -> Iterator[str]:
        """Texts of the train file."""
        for column in self.columns.values():
            yield from column.spread.categories or () if column.spread else ()


def _format(told: Mapping[str, Any]) -> dict[str, Any]:
    codecs.lookup(told["encoding"])
    if told["decimal"] not in {".", ","}:
        raise ValueError(told["decimal"])
    return dict(told)


def _roles(check: Mapping[str, Any]) -> dict[str, Any]:
    told = check.get("roles") or {}
    roles = {role: str(told.get(role) or "") for role in ("row_id", "time", "group")}
    left_out = [str(name) for name in told.get("leave_out") or ()]
    return {"leave_out": left_out, **roles, "day_first": bool(told.get("day_first"))}


def _classes(check: Mapping[str, Any]) -> dict[str, int]:
    if _problem_type(check) == "regression":
        return {}
    return {str(name): int(rows) for name, rows in (check.get("classes") or {}).items()}


def _problem_type(check: Mapping[str, Any]) -> ProblemType:
    told: ProblemType = check.get("problem_type") or _likely_problem_type(check)
    if told not in get_args(ProblemType):
        raise ValueError(told)
    return told


def _likely_problem_type(check: Mapping[str, Any]) -> ProblemType:
    """The type of a training of which it was not kept."""
    columns = (check.get("train") or check)["columns"]
    kinds = {column["name"]: column["kind"] for column in columns}
    are_numbers = kinds[check["target"]] == "number"
    return "regression" if are_numbers and len(check["classes"]) > _FEW_NUMBERS else "multiclass"


def _reading(column: Mapping[str, Any], spread: Spread | None) -> ColumnReading:
    told = column.get("reading") or {"missing": None, "form": None, "same": {}}
    missing: Iterable[str] | None = told["missing"]
    if spread:
        missing = spread.missing_words
    elif missing is None and column["kind"] == "number":
        missing = NO_NUMBERS
    return ColumnReading(
        missing=None if missing is None else frozenset(map(str, missing)),
        form=_form(told["form"]) if told["form"] else None,
        as_text=bool(spread and spread.as_text),
        same={str(text): str(meant) for text, meant in told["same"].items()},
    )


def _form(told: Mapping[str, Any]) -> NumberForm:
    suffixes = tuple(map(str, told["suffixes"]))
    form = NumberForm(str(told["prefix"]), suffixes, str(told["thousands"]), str(told["decimal"]))
    form.as_json()  # where it knows its signs
    return form
