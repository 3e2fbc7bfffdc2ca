"""What the commands about a pair of files on this machine are told alike."""

from pathlib import Path
from typing import Annotated

import typer

from operate.terminal import fail

TrainFile = Annotated[Path, typer.Argument(help="The CSV file to train on.")]
TestFile = Annotated[Path, typer.Argument(help="The CSV file to evaluate with.")]
Target = Annotated[str, typer.Option(help="The column to predict.")]
ProblemType = Annotated[str, typer.Option(help="auto, binary, multiclass or regression.")]
PositiveClass = Annotated[
    str, typer.Option(help="Of two classes, the one to find; auto chooses by a rule.")
]
Minutes = Annotated[float, typer.Option(help="How long AutoGluon may train, in minutes.")]
Preset = Annotated[str, typer.Option(help="Quality or speed.")]


def require_files(*paths: Path) -> None:
    """Ends the command where one of the files is missing."""
    for path in paths:
        if not path.is_file():
            fail(f"There is no file {path}.")
