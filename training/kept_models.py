"""Which of the trained models stay in the archive."""

from pathlib import Path

from autogluon.tabular import TabularPredictor

# Small models cost nothing to keep, and each that is there gets a test score.
_ALL_UP_TO_BYTES = 50_000_000


def model_sizes(predictor: TabularPredictor) -> dict[str, int]:
    """The bytes that each model takes on disk by itself, without those that it is made of."""
    folder = Path(predictor.path) / "models"
    return {
        name: sum(file.stat().st_size for file in (folder / name).rglob("*") if file.is_file())
        for name in predictor.model_names()
    }


def kept_models(predictor: TabularPredictor, most_bytes: int = _ALL_UP_TO_BYTES) -> list[str]:
    """All that can predict if they are small together, else the best and what it is made of."""
    usable = list(predictor.model_names(can_infer=True))
    sizes = model_sizes(predictor)
    if sum(sizes[name] for name in usable) <= most_bytes:
        return usable
    return [predictor.model_best]
