"""Models, scores and numbers in words, for the pages about models and comparisons."""

from console.language import spoken, to_speak
from console.score_words import words_of_score
from operate.models.dataset_models import DatasetModels, ScoredModel
from operate.runs.score import Score

_STATUSES = {
    "Approved": to_speak("approved"),
    "Rejected": to_speak("rejected"),
    "PendingManualApproval": to_speak("not approved"),
}
_BADGES = {"Approved": "succeeded", "Rejected": "failed"}


def status_words(found: ScoredModel, models: DatasetModels) -> str:
    """Whether the model predicts, or what was decided about it."""
    if found.model.status != "Approved":
        return spoken(_STATUSES[found.model.status])
    is_used = found.model.version == models.used_version
    return spoken("approved") if is_used else spoken("approved before")


def badge(found: ScoredModel, models: DatasetModels) -> str:
    """The colour of that."""
    is_used = found.model.version == models.used_version
    return (
        _BADGES.get(found.model.status, "") if is_used or found.model.status == "Rejected" else ""
    )


def score_words(score: Score | None) -> str:
    """The score with its interval; that there is none."""
    return words_of_score(score) or spoken("no score")
