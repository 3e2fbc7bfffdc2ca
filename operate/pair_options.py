"""The files that the commands about a dataset on this machine are given."""

from pathlib import Path
from typing import Annotated

import typer

TrainFile = Annotated[
    Path,
    typer.Argument(help="The CSV file to train on; alone, it is split.", show_default=False),
]
TestFile = Annotated[
    Path | None, typer.Argument(help="The CSV file to evaluate with.", show_default=False)
]
