"""The trials: what is done to the stack, what is expected of it, and what was seen."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from textwrap import shorten
from typing import Any

from botocore.exceptions import ClientError

from lambdas.bucket.layout import digest_key, results_folder
from lambdas.errors import TryAgain
from lambdas.instances.catalog import known_types
from lambdas.jobs.cost import fetch_job_costs
from lambdas.runs.execution_story import read_execution_story
from operate.runs.runs import Run
from operate.smoke.findings import Findings
from operate.smoke.killed_code import killed_code
from operate.smoke.pair import pair
from operate.smoke.watch import TookTooLong, Watch, job_prefix

TRAINED, STOPPED, KILLED = "a pair is trained", "a job is stopped", "a job is killed"
_STEPS_BEFORE_TRAIN = {"CheckPair", "PickInstance", "ReserveBudget"}
# ExplainFailure is started when the execution has ended.
PAGE_SECONDS = 600
_ASKED_AT_MOST = 10
_LONGEST_TOLD = 110


@dataclass(frozen=True)
class Trials:
    """All of them against one stack, whose runs may cost ``budget`` USD each."""

    watch: Watch
    budget: float
    findings: Findings

    def run(self) -> None:
        """One after the other, for a new account may have one machine at a time.

        The last one replaces the training code, which no other run may read any more. Where one
        could not be followed to its end, the next ones would only wait as long.
        """
        trials = {TRAINED: self._trained, STOPPED: self._stopped, KILLED: self._killed}
        for name, trial in trials.items():
            try:
                trial()
            except TookTooLong as why:
                self._see(name, "it ends", str(why), fits=False)
                return

    def _trained(self) -> None:
        run, uploads = self.watch.started(pair(1))
        self._see(TRAINED, "uploading both files starts a run", _after(uploads), fits=True)
        done = self.watch.ended(run)
        expected = "it finishes with results"
        if self._see(TRAINED, expected, _end(done), done.status == "SUCCEEDED"):
            self._results(done)
        self._cost(TRAINED, done)

    def _results(self, run: Run) -> None:
        wanted = [f"{run.dataset}_{what}" for what in ("report.html", "test_prediction.csv")]
        wanted += ["metrics.json", "summary.json"]
        missing = set(wanted) - self.watch.result_names(run)
        seen = f"missing: {', '.join(sorted(missing))}" if missing else "all found"
        self._see(TRAINED, "report, predictions, scores", seen, not missing)
        if missing:
            return
        summary = json.loads(
            self.watch.body(f"{results_folder(run.dataset, run.name)}summary.json")
        )
        scores = summary["Metrics"]["metrics"]
        told = ", ".join(f"{name} {_short(value)}" for name, value in list(scores.items())[:2])
        self._see(TRAINED, "it has scores", told or "none", bool(scores))
        kept = json.loads(self.watch.body(digest_key(run.name, summary["TrainingJob"])))["Sha256"]
        model = hashlib.sha256(self.watch.body(kept_model(summary, self.watch.bucket))).hexdigest()
        fits = model == kept == summary["ModelSha256"]
        seen = f"{model[:12]}…" if fits else f"model {model[:12]}…, digest {kept[:12]}…"
        self._see(TRAINED, "the model matches its digest", seen, fits)

    def _stopped(self) -> None:
        run, _ = self.watch.started(pair(2))
        if job := self.watch.training_under_way(run):
            self.watch.stop_training(job)
        failed = self.watch.ended(run)
        in_words = failed.status == "FAILED" and "stopped" in failed.why
        if not self._see(STOPPED, "the run fails with a reason", _end(failed), in_words):
            return
        has_page = self.watch.has_result(failed, "failure.html", PAGE_SECONDS)
        self._see(STOPPED, "a page explains it", _there(has_page, "failure.html"), has_page)
        self._redriven(failed)

    def _redriven(self, failed: Run) -> None:
        self.watch.redrive(failed)
        done = self.watch.ended(failed, redrives=1)
        succeeded = done.status == "SUCCEEDED" and done.redrives == 1
        self._see(STOPPED, "a redrive finishes with results", _end(done), succeeded)
        begun = self.watch.steps_since_redrive(done)
        kept = bool(begun) and not _STEPS_BEFORE_TRAIN & set(begun)
        self._see(STOPPED, "finished steps are not run again", " → ".join(begun), kept)
        names = [job.name for job in self.watch.training_jobs(done)]
        told = ", ".join(name.removeprefix(f"{job_prefix(done)}-") for name in names)
        self._see(STOPPED, "the job has a new name", told or "none", len(names) == 2)
        self._cost(STOPPED, done)

    def _killed(self) -> None:
        self.watch.put_training_code(killed_code())
        run, _ = self.watch.started(pair(3))
        failed = self.watch.ended(run)
        types = [job.instance_type for job in self.watch.training_jobs(failed)]
        self._see(KILLED, "it is retried with more memory", " → ".join(types), _grows(types))
        in_words = failed.status == "FAILED" and "memory" in failed.why
        self._see(KILLED, "then the run fails with a reason", _end(failed), in_words)
        self._cost(KILLED, failed)

    def _cost(self, trial: str, run: Run) -> None:
        """A redriven run may cost as much once more."""
        most = self.budget * (1 + run.redrives)
        usd = cost_of(self.watch, run)
        fits = round(usd, 4) <= round(most, 4)
        self._see(trial, f"at most {most:.2f} USD", f"{usd:.3f} USD", fits)

    def _see(self, trial: str, expected: str, seen: str, fits: bool) -> bool:
        self.watch.tell(f"  {'✓' if fits else '✗'} {expected}: {seen}")
        return self.findings.see(trial, expected, seen, fits)


def kept_model(summary: dict[str, Any], bucket: str) -> str:
    """The key of the run's model."""
    return str(summary["Model"]).removeprefix(f"s3://{bucket}/")


def cost_of(watch: Watch, run: Run) -> float:
    """What the jobs of a run that has ended were billed, in USD."""
    state = read_execution_story(watch.states, run.execution).state
    if "Instance" not in state:
        return 0.0
    name, instance = state["Run"]["JobName"], state["Instance"]
    for _ in range(_ASKED_AT_MOST):
        # An account may list jobs twice a second, and no more.
        with suppress(TryAgain):
            return sum(job.usd for job in fetch_job_costs(watch.sagemaker, name, instance))
        watch.pause()
    raise TookTooLong(f"SageMaker was too busy to tell the cost of the run of {run.dataset}.")


def cost_of_all(watch: Watch, runs: Iterable[Run]) -> float | None:
    """What all of these were billed; None where that can't be told."""
    try:
        return sum(cost_of(watch, run) for run in runs if run.name and not run.is_running)
    except (ClientError, TookTooLong):
        return None


def _grows(types: list[str]) -> bool:
    """Whether there were several types, each with more memory than the one before."""
    memory = [known_types()[name]["memory_gib"] for name in types]
    return len(memory) > 1 and all(less < more for less, more in pairwise(memory))


def _end(run: Run) -> str:
    # All of it is among AWS's answers.
    why = f": {shorten(run.why, _LONGEST_TOLD, placeholder=' …')}" if run.why else ""
    return f"{run.status} in {run.state}{why}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _after(uploads: int) -> str:
    return "started" if uploads == 1 else f"started after {uploads} uploads"


def _there(is_there: bool, name: str) -> str:
    return f"{name} found" if is_there else f"{name} is missing"
