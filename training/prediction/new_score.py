"""How good the predictions for new rows are, where the file has their true values."""

from dataclasses import asdict, dataclass
from typing import Any

from training.model.outcome import Outcome
from training.model.trained_model import Model
from training.scoring.intervals import Interval, interval
from training.scoring.scores import Undefined, value_of


@dataclass(frozen=True)
class NewScore:
    """The score of the ``rows`` with a true value; ``why_none`` says why it has no ``value``."""

    metric: str
    value: float | None
    interval: Interval | None
    rows: int
    why_none: str = ""

    def as_json(self) -> dict[str, Any]:
        """The score for prediction.json."""
        return {
            "metric": self.metric,
            "value": self.value,
            "interval": asdict(self.interval) if self.interval else None,
            "rows": self.rows,
        }


def new_score(model: Model, scored: Outcome | None) -> NewScore | None:
    """The score; None where no row has a true value."""
    if scored is None or not len(scored):
        return None
    from training.evaluation.evaluation import main_score  # rows without a target do without it

    main = main_score(model)
    try:
        value = value_of(main, scored)
    except Undefined as reason:
        return NewScore(model.metric, None, None, len(scored), str(reason))
    return NewScore(model.metric, value, interval(scored, model.metric, main, value), len(scored))
