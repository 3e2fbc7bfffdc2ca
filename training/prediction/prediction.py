"""Everything that is known of a prediction job's rows once they are predicted."""

from dataclasses import dataclass
from typing import Any

from training.model.trained_model import Model
from training.prediction.new_rows import PART
from training.prediction.new_score import NewScore
from training.prediction.predicted_rows import PredictedRows


@dataclass(frozen=True)
class Prediction:
    """What the page and prediction.json are made of.

    ``name`` is the file's without its ending, ``dataset`` and ``run`` are those of the model; they
    may be empty where a model is used that no run is known of.
    """

    name: str
    dataset: str
    run: str
    model: Model
    check: dict[str, Any]
    found: PredictedRows
    score: NewScore | None

    @property
    def file(self) -> str:
        """The file's name as it was uploaded."""
        return str(self.check[PART]["file"])

    @property
    def shifts(self) -> list[str]:
        """How the columns differ from those of the training, in sentences."""
        return [f"{column}: {text}" for column, text in self._shifts]

    @property
    def data_warnings(self) -> list[str]:
        """What else the check warned of."""
        told = [f for f in self.check.get("findings") or [] if f["severity"] == "warning"]
        others = [f for f in told if (f["column"], f["seen"]) not in self._shifts]
        return [str(finding["text"]) for finding in others]

    @property
    def _shifts(self) -> list[tuple[str, str]]:
        """The columns that differ, and how, as the check's finding has it."""
        return [(shift["column"], shift["text"]) for shift in self.check.get("shifts") or []]

    @property
    def blank_rows(self) -> int:
        """How many rows without any value were left out; at least so many where the check has not
        read the whole file."""
        return int(self.check[PART]["left_out"]["blank_rows"])
