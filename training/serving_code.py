"""What makes a model's archive ready for SageMaker's inference container, without repacking it.

The container looks for ``code/inference.py`` in the archive and has ``code/`` on Python's path
(SageMaker PyTorch Inference Toolkit, README).
"""

import json
import shutil
from pathlib import Path
from typing import Any

# How the train file was written, and what its columns hold.
WRITTEN = "train_file.json"

_ENTRY = """\
from training.serve import model_fn, transform_fn

__all__ = ["model_fn", "transform_fn"]
"""


def save_serving_code(check: dict[str, Any], folder: Path) -> None:
    """Puts this package's modules and what they need to know of the train file into the model's
    folder."""
    package = Path(__file__).parent
    code = folder / "code" / package.name
    code.mkdir(parents=True)
    for module in package.glob("*.py"):
        shutil.copy(module, code)
    (code.parent / "inference.py").write_text(_ENTRY, encoding="utf-8")
    columns = [{"name": c["name"], "kind": c["kind"]} for c in check["train"]["columns"]]
    written = {"format": check["train"]["format"], "columns": columns}
    (folder / WRITTEN).write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
