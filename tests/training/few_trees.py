"""The training job with one model of each kind that its preset tries, and few trees in each.

For tests of what is done with the models, not of how good they are: it is done in a second, so that
the time limit, which a busy machine reaches, may be long.
"""

from typing import Any
from unittest.mock import patch

from training.fitting import fit_options
from training.train import main as train

_FEW: dict[str, dict[str, int]] = {
    "GBM": {"num_boost_round": 20},
    "CAT": {"iterations": 20},
    "XGB": {"n_estimators": 20},
    "RF": {"n_estimators": 10},
    "XT": {"n_estimators": 10},
}
_models = fit_options._models


def main() -> None:
    """Trains as the environment says."""
    with patch.object(fit_options, "_models", _with_few_trees):
        train()


def _with_few_trees(presets: str) -> dict[str, Any]:
    return {
        kind: first | _FEW.get(kind, {})
        for kind, configurations in _models(presets).items()
        for first in (configurations if isinstance(configurations, list) else [configurations])[:1]
    }
