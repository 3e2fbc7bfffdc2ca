"""The evaluation's program, run again and again in one process: once for each dataset's name."""

import json
import os
from pathlib import Path

from training.evaluate import main as evaluate


def main() -> None:
    """Evaluates under each of the names, a JSON list, into a numbered folder for each."""
    folder = Path(os.environ["CODEFREE_OUTPUT"])
    for number, name in enumerate(json.loads(os.environ["NAMES"])):
        out = folder / str(number)
        out.mkdir()
        os.environ.update({"CODEFREE_NAME": name, "CODEFREE_OUTPUT": str(out)})
        evaluate()
