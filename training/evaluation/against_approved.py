"""What came of comparing a run's model with the model that is approved."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from training.scoring.comparison import Verdict


@dataclass(frozen=True)
class AgainstApproved:
    """How the new model compares with the approved one, that of ``run`` (``version``).

    ``rows`` were compared, those of the test file with a true value that neither model was trained
    on; ``left_out`` others were not. ``score`` and ``approved_score`` are the main score of both on
    these rows, and a positive ``difference`` favours the new model. ``why`` is a sentence: why they
    were not compared, or what is not known of the comparison; else empty.
    """

    run: str
    version: int
    verdict: Verdict | Literal["not compared"]
    why: str = ""
    rows: int = 0
    left_out: int = 0
    score: float | None = None
    approved_score: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    confidence: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields by their names, as in metrics.json."""
        return asdict(self)
