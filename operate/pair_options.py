"""What the commands about a pair of files on this machine are told alike, and refuse alike."""

import math
from pathlib import Path
from typing import Annotated, get_args

import typer

from lambdas.settings.setting import (
    FEWEST_MINUTES,
    LEAST_COST,
    METRICS,
    MOST_MINUTES,
    PRESETS,
)
from lambdas.settings.values import LONGEST_NAME
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
    if not FEWEST_MINUTES <= wish.minutes <= MOST_MINUTES:
        return f"--minutes must be at least {FEWEST_MINUTES} and at most {MOST_MINUTES}."
    if not LEAST_COST <= wish.cost < math.inf:
        return f"--cost must be an amount in USD, at least {LEAST_COST}."
    if not 1 <= len(wish.target) <= LONGEST_NAME:
        return f"--target must be a column's name, of 1 to {LONGEST_NAME} characters."
    return ""
