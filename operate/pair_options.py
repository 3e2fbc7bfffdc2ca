"""What the commands about a pair of files on this machine are told alike, and refuse alike."""

import math
from pathlib import Path
from typing import Annotated, get_args

import typer

from lambdas.wish import WantedType, Wish

TrainFile = Annotated[Path, typer.Argument(help="The CSV file to train on.")]
TestFile = Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")]
Target = Annotated[str, typer.Option(help="The column to predict.")]
ProblemType = Annotated[str, typer.Option(help="auto, binary, multiclass or regression.")]
PositiveClass = Annotated[
    str, typer.Option(help="Of two classes, the one to find; auto chooses by a rule.")
]
MissingLabels = Annotated[
    str,
    typer.Option(
        help="Words in that column that mean that a label is missing, with commas between them; "
        "auto asks where it is not certain."
    ),
]
Minutes = Annotated[float, typer.Option(help="How long AutoGluon may train, in minutes.")]
Preset = Annotated[str, typer.Option(help="Quality or speed.")]

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
METRICS = (
    "auto",
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
_FEWEST_MINUTES = 0.1
_MOST_MINUTES = 2880
_LONGEST_TARGET = 250


def unusable(wish: Wish, presets: tuple[str, ...] = PRESETS) -> str:
    """What the stack would refuse of the wish, by the option's name; empty where it takes all."""
    choices = (
        ("--preset", wish.presets, presets),
        ("--problem-type", wish.problem_type, get_args(WantedType)),
        ("--metric", wish.eval_metric, METRICS),
    )
    for option, value, known in choices:
        if value not in known:
            return f"{option} can't be {value!r}. Choose one of {', '.join(known)}."
    if not _FEWEST_MINUTES <= wish.minutes <= _MOST_MINUTES:
        return f"--minutes must be at least {_FEWEST_MINUTES} and at most {_MOST_MINUTES}."
    if not 0.01 <= wish.cost < math.inf:
        return "--cost must be an amount in USD, at least 0.01."
    if not 1 <= len(wish.target) <= _LONGEST_TARGET:
        return f"--target must be a column's name, of 1 to {_LONGEST_TARGET} characters."
    return ""
