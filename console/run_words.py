"""A run in plain words: how it stands, what it costs, and how it is marked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from console.language import spoken, spoken_as, to_speak, translated
from console.score_words import words_of_score
from operate.duration import duration
from operate.runs.running_training import RunningTraining
from operate.runs.seen_run import SeenRun

Mark = Literal["running", "waiting", "succeeded", "failed", "stopped", "ahead"]
_LONGEST_REASON = 300
_SECONDS_ARE_TOLD_BELOW = 180.0
_RUNNING = {
    "": to_speak("Starting"),
    "CheckPair": to_speak("Checking the files"),
    "CheckRows": to_speak("Checking the rows"),
    "PickInstance": to_speak("Choosing the instance type"),
    "Train": to_speak("Training"),
    "SealModel": to_speak("Storing the model"),
    "Evaluate": to_speak("Evaluating on the test rows"),
    "Predict": to_speak("Predicting"),
    "Publish": to_speak("Writing the summary"),
}
_RECOVERING = to_speak("A job has failed: looking for another way")
_IN_A_MOMENT = to_speak("Trying again in a moment")
_NO_ROOM = to_speak("Waiting for room within the stack's limits")
_ENDED = {
    "WaitingForBudget": _NO_ROOM,
    "WaitingForModel": to_speak("Waiting for an approved model"),
    "WaitingForPartner": to_speak("Waiting for the other file"),
    "AlreadyRunning": to_speak("Another run handles the same files"),
}
_PAUSES = {"WaitForBudget", "WaitToCheck"}
_MARKS: Mapping[Mark, str] = {
    "running": to_speak("Running"),
    "waiting": to_speak("Waiting"),
    "succeeded": to_speak("Done"),
    "failed": to_speak("Failed"),
    "stopped": to_speak("Stopped"),
    "ahead": to_speak("Not yet"),
}
_VERDICTS = {
    "better": to_speak("better than {baseline} ({score:.4g})"),
    "no clear difference": to_speak("no clear difference from {baseline} ({score:.4g})"),
    "worse": to_speak("worse than {baseline} ({score:.4g})"),
}


def mark_of(run: SeenRun) -> Mark:
    """How the run is marked."""
    if run.is_running:
        return "waiting" if run.state in _PAUSES or run.quota else "running"
    if run.status == "SUCCEEDED":
        return "succeeded" if run.did_work else "waiting"
    return "stopped" if run.status == "ABORTED" else "failed"


def mark_words(mark: Mark) -> str:
    """What the mark says."""
    return translated(_MARKS[mark])


def step_marks(run: SeenRun) -> list[tuple[str, Mark]]:
    """The run's steps, each with its mark."""
    if run.is_done:
        return [(step, "succeeded") for step in run.steps]
    at = run.steps.index(run.step) if run.step else 0
    marks: list[tuple[str, Mark]] = [(step, "succeeded") for step in run.steps[:at]]
    marks.append((run.steps[at], mark_of(run)))
    return marks + [(step, "ahead") for step in run.steps[at + 1 :]]


def state_words(run: SeenRun, training: RunningTraining | None, now: datetime) -> str:
    """How the run stands, in a sentence."""
    if run.has_failed:
        return _cut(run.why)
    if run.status == "SUCCEEDED":
        if run.waits_for:
            return spoken("Waiting for {files}", files=", ".join(run.waits_for))
        return spoken(_ENDED[run.state]) if run.state in _ENDED else run.headline
    if run.quota:
        return spoken("Waiting: other jobs use the account's quota for {type}", type=run.quota)
    if run.state in _PAUSES:
        return spoken(_NO_ROOM)
    if run.state.startswith("WaitFor"):
        return spoken(_IN_A_MOMENT)
    if run.state.startswith("Recover"):
        return spoken(_RECOVERING)
    return _training_words(training, now) if training else spoken(_RUNNING[run.step])


def used_share(training: RunningTraining | None, now: datetime) -> float | None:
    """How much of its time budget a training has used; None where it has none yet."""
    if training is None or not training.budget:
        return None
    return min(1.0, (now - training.since).total_seconds() / training.budget)


def cost_words(run: SeenRun, is_local: bool) -> str:
    """What the run has cost, or can cost; empty where that is not known."""
    cost = run.cost
    if cost is None:
        return ""
    if is_local:
        return spoken(
            "Free here. On AWS: about {usual} USD, at most {most}",
            usual=usd(cost.usual),
            most=usd(cost.most),
        )
    if cost.actual is not None:
        return spoken("Cost: {usd} USD", usd=usd(cost.actual))
    # Each rerun may cost up to the maximum once more.
    most = usd(cost.most * (1 + run.redrives))
    if run.can_be_rerun:
        return spoken(
            "Cost: at most {most} USD. A rerun may add up to {more}", most=most, more=usd(cost.most)
        )
    if run.has_failed:
        return spoken("Cost: at most {most} USD", most=most)
    return spoken("Cost: about {usual} USD, at most {most}", usual=usd(cost.usual), most=most)


def score_words(run: SeenRun) -> str:
    """The score with its interval; empty where there is none."""
    return words_of_score(run.score)


def verdict_words(run: SeenRun) -> str:
    """How the model compares with the strongest baseline; empty where it is not compared."""
    score = run.score
    if score is None or score.baseline is None or score.verdict not in _VERDICTS:
        return ""
    told = _VERDICTS[score.verdict]
    return spoken(told, baseline=score.baseline_words, score=score.baseline)


def took(run: SeenRun, now: datetime) -> str:
    """How long the run has taken so far, or in all."""
    return duration((run.ended or now) - run.started)


def usd(amount: float) -> str:
    """An amount as people read it; one of less than a cent is not told as nothing."""
    return f"{amount:,.2f}" if amount >= 0.01 or not amount else f"{amount:.4f}"


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def rerun_words(run: SeenRun) -> str:
    """What the button says that reruns the run."""
    return spoken_as("button", "Rerun from {step}", step=run.step or run.steps[0])


def _training_words(training: RunningTraining, now: datetime) -> str:
    told = [_time_words(training, now)]
    if training.best is not None:
        best = spoken(
            "best so far: {metric} {score:.4g} on validation rows",
            metric=training.metric.replace("_", " "),
            score=training.best,
        )
        told.append(best)
    return ", ".join(told)


def _time_words(training: RunningTraining, now: datetime) -> str:
    if not training.budget:
        return spoken("Training is starting")
    used = max(0.0, (now - training.since).total_seconds())
    if used > training.budget:
        return spoken("Training: the time budget is used up, finishing")
    if training.budget < _SECONDS_ARE_TOLD_BELOW:
        return spoken("Training: {used:.0f} of {budget:.0f} s", used=used, budget=training.budget)
    minutes = {"used": used / 60, "budget": training.budget / 60}
    return spoken("Training: {used:.0f} of {budget:.0f} min", **minutes)


def _cut(reason: str) -> str:
    """The reason's first sentences, or its first words where those are too long."""
    if len(reason) <= _LONGEST_REASON:
        return reason
    sentences, dot, _ = reason[:_LONGEST_REASON].rpartition(". ")
    return f"{sentences}. …" if dot else f"{reason[:_LONGEST_REASON]}…"
