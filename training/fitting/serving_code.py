"""What makes a model's archive ready for SageMaker's inference container, without repacking it.

The container looks for ``code/inference.py`` in the archive and has ``code/`` on Python's path
(SageMaker PyTorch Inference Toolkit, README).
"""

import json
import shutil
from pathlib import Path
from typing import Any

from training.job.tables import language_in, unlearned_in
from training.model.files import TRAIN_FILE

_TRAINING = Path(__file__).parent.parent

# serve.py and all that it imports: the container has nothing else of ours.
_SERVED = (
    "__init__.py",
    "job/__init__.py",
    "job/column_reader.py",
    "job/csv_text.py",
    "job/digits.py",
    "job/failure.py",
    "job/filled_rows.py",
    "job/language.py",
    "job/plain_name.py",
    "job/safe_csv.py",
    "job/tables.py",
    "model/__init__.py",
    "model/archive.py",
    "model/baseline.py",
    "model/csv_rows.py",
    "model/files.py",
    "model/outcome.py",
    "model/prediction_columns.py",
    "model/trained_model.py",
    "serve.py",
)

# What of a column the code has to know to read it, and what the check of new rows compares with.
_TOLD = ("name", "kind", "is_plain", "reading", "spread")
# What that check has to know beside it (lambdas/check/profile/trained_file.py).
_TOLD_OF_TRAINING = ("target", "problem_type", "positive_class", "classes", "roles")

_ENTRY = """\
from training.serve import model_fn, transform_fn

__all__ = ["model_fn", "transform_fn"]
"""


def save_serving_code(check: dict[str, Any], folder: Path) -> None:
    """Puts the code that answers requests, and what it needs to know of the train file, into the
    model's folder."""
    code = folder / "code"
    for module in _SERVED:
        copy = code / _TRAINING.name / module
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_TRAINING / module, copy)
    (code / "inference.py").write_text(_ENTRY, encoding="utf-8")
    columns = [
        {key: column[key] for key in _TOLD if key in column} for column in check["train"]["columns"]
    ]
    train_file = {
        **{key: check[key] for key in _TOLD_OF_TRAINING if key in check},
        "language": language_in(check),
        "format": check["train"]["format"],
        "columns": columns,
        "unlearned": sorted(unlearned_in(check)),
    }
    (folder / TRAIN_FILE).write_text(json.dumps(train_file, ensure_ascii=False), encoding="utf-8")
