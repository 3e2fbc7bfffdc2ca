"""The settings: their names, what they mean, and what values they take.

This is the one place for them: a settings file, an execution's input and the options of the command
line read the same names with the same readers, and ``docs/settings.md`` is made of it.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from lambdas.settings.values import (
    Reader,
    column,
    columns,
    name,
    number,
    one_of,
    share,
    words,
    yes_or_no,
)
from lambdas.wish import PRESET_ALIASES, Language, WantedType

# What the template's parameters take (infra/template.yaml); a test holds them together.
PRESETS = (
    "best_quality",
    "best_quality_v150",
    "high_quality",
    "high_quality_v150",
    "good_quality",
    "medium_quality",
    "optimize_for_deployment",
)
CLASS_METRICS = (
    "f1",
    "f1_macro",
    "f1_micro",
    "f1_weighted",
    "accuracy",
    "acc",
    "balanced_accuracy",
    "mcc",
    "roc_auc",
    "roc_auc_ovo_macro",
    "average_precision",
    "precision",
    "precision_macro",
    "precision_micro",
    "precision_weighted",
    "recall",
    "recall_macro",
    "recall_micro",
    "recall_weighted",
    "log_loss",
    "nll",
    "pac_score",
    "quadratic_kappa",
)
NUMBER_METRICS = (
    "root_mean_squared_error",
    "rmse",
    "mean_squared_error",
    "mse",
    "mean_absolute_error",
    "mae",
    "median_absolute_error",
    "mean_absolute_percentage_error",
    "r2",
    "pearsonr",
    "spearmanr",
)
METRICS = ("auto", *CLASS_METRICS, *NUMBER_METRICS)
FEWEST_MINUTES, MOST_MINUTES = 0.1, 2880
LEAST_COST = 0.01
MOST_COST = 100_000


@dataclass(frozen=True)
class Setting:
    """One thing to choose.

    Args:
        field: its field in :class:`lambdas.wish.Wish`.
        name: what it is called in a settings file; with hyphens, as an option.
        korean: its Korean name.
        parameter: the stack's parameter that is the default, if there is one.
        help: what it means, in one sentence.
        read: makes a value of a text, or raises :class:`lambdas.settings.values.Unusable`.
        may_be_empty: whether nothing is a value, too.
    """

    field: str
    name: str
    korean: str
    parameter: str
    help: str
    read: Reader
    may_be_empty: bool = False


_AUTO = {"자동": "auto"}
SETTINGS = (
    Setting("target", "target", "예측할 열", "TargetVariable", "The column to predict.", column),
    Setting(
        "problem_type",
        "problem type",
        "문제 유형",
        "ProblemType",
        "auto, binary, multiclass or regression.",
        one_of(
            get_args(WantedType),
            _AUTO | {"이진 분류": "binary", "다중 분류": "multiclass", "회귀": "regression"},
        ),
    ),
    Setting(
        "eval_metric",
        "metric",
        "지표",
        "EvalMetric",
        "The metric to optimize.",
        one_of(METRICS, _AUTO),
    ),
    Setting(
        "minutes",
        "minutes",
        "학습 시간",
        "TrainingMinutes",
        "How long AutoGluon may train, in minutes.",
        number(FEWEST_MINUTES, MOST_MINUTES, ("minutes", "minute", "min", "분")),
    ),
    Setting(
        "cost",
        "cost",
        "비용",
        "TrainingCost",
        "The most that one run may cost, in USD.",
        number(LEAST_COST, MOST_COST, ("USD", "$", "달러")),
    ),
    Setting(
        "presets",
        "preset",
        "프리셋",
        "AutoMLPresets",
        "Quality or speed.",
        one_of(PRESETS, PRESET_ALIASES),
    ),
    Setting(
        "spot", "spot", "스팟", "SpotTraining", "Whether to train on spot capacity.", yes_or_no
    ),
    Setting(
        "positive_class",
        "positive class",
        "양성 클래스",
        "PositiveClass",
        "Of two classes, the one to find; auto chooses by a rule.",
        name,
    ),
    Setting(
        "missing_labels",
        "missing labels",
        "결측 레이블",
        "MissingLabels",
        "Words in the column to predict that mean that a label is missing, with commas between "
        "them; auto asks where it is not certain.",
        words,
        may_be_empty=True,
    ),
    Setting(
        "leave_out",
        "leave out",
        "제외할 열",
        "",
        "Columns that nothing is learned from, with commas between them.",
        columns,
    ),
    Setting(
        "row_id",
        "row id",
        "행 ID 열",
        "",
        "A column that identifies rows: it stands beside the predictions and is not learned from.",
        column,
    ),
    Setting(
        "time_column",
        "time column",
        "시간 열",
        "",
        "A column that says when each row became known: the newest rows are tested.",
        column,
    ),
    Setting(
        "group_column",
        "group column",
        "그룹 열",
        "",
        "A column that says which rows belong together, such as all of one patient: they are never "
        "learned from and tested with at once.",
        column,
    ),
    Setting(
        "test_share",
        "test share",
        "테스트 비율",
        "",
        "The share of a single file's rows to test with, such as 20%.",
        share(0.05, 0.5),
    ),
    Setting(
        "language",
        "language",
        "언어",
        "Language",
        "The language of report, pages and e-mails: en or ko.",
        one_of(get_args(Language), {"english": "en", "영어": "en", "korean": "ko", "한국어": "ko"}),
    ),
)
SETTING_OF: Mapping[str, Setting] = {setting.field: setting for setting in SETTINGS}


def setting_named(written: str) -> Setting | None:
    """The setting that a person calls so, in English or Korean; None where there is none."""
    return _BY_NAME.get(_plain(written))


def setting_meant(written: str) -> Setting | None:
    """The setting that is nearest to a name that is none; None where all are quite different."""
    from difflib import get_close_matches

    known = _BY_NAME | {_plain(s.parameter): s for s in SETTINGS if s.parameter}
    near = get_close_matches(_plain(written), known, n=1, cutoff=0.7)
    return known[near[0]] if near else None


def _plain(written: str) -> str:
    """A name without what people write differently: case, blanks, hyphens and underscores."""
    text = unicodedata.normalize("NFKC", written).casefold()
    return "".join(c for c in text if c.isalnum())


_BY_NAME = {_plain(n): s for s in SETTINGS for n in (s.name, s.korean, s.field)}
