"""Which of the trained models stay in the archive."""

import shutil
from pathlib import Path

from autogluon.tabular import TabularPredictor

# Small models cost nothing to keep, and each one that is kept gets a test score.
_ALL_UP_TO_BYTES = 50_000_000


def model_sizes(predictor: TabularPredictor) -> dict[str, int]:
    """The bytes that each model takes on disk, without the models that it is made of."""
    folder = Path(predictor.path) / "models"
    return {
        name: sum(file.stat().st_size for file in (folder / name).rglob("*") if file.is_file())
        for name in predictor.model_names()
    }


def remove_unfinished(predictor: TabularPredictor, clone: Path) -> None:
    """Removes the remains of models that ran out of time from the clone."""
    for path in (clone / "models").iterdir():
        if path.is_dir() and path.name not in predictor.model_names():
            shutil.rmtree(path)


def kept_models(predictor: TabularPredictor, most_bytes: int = _ALL_UP_TO_BYTES) -> list[str]:
    """All models that can predict if they are small together, otherwise the best and its parts."""
    usable = list(predictor.model_names(can_infer=True))
    sizes = model_sizes(predictor)
    if sum(sizes[name] for name in usable) <= most_bytes:
        return usable
    return [predictor.model_best]
