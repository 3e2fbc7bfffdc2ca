"""The new model beside the approved one: both predict the new run's test rows.

They are compared row by row, on the rows with a true value that neither was trained on: a model
predicts rows better that it has learned from, so with them the one that saw more of the test file
would win. The approved model predicts in a process of its own, once the results are written and the
new one is no longer in memory. Whatever goes wrong there, even if that process is killed, ends in
words and not in a failure, for the new model was paid for.
"""

import json
import re
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from training.evaluation.against_approved import AgainstApproved
from training.evaluation.approved_predictions import NewModel, approved_predictions
from training.evaluation.evaluation import Evaluation, main_score
from training.evaluation.verdict import why_no_verdict
from training.job.failure import KnownFailure
from training.job.language import spoken
from training.job.own_process import Died, in_own_process
from training.model.known_rows import KnownRows
from training.model.outcome import Outcome
from training.model.trained_model import OtherVersions
from training.scoring.comparison import comparison
from training.scoring.scores import Undefined, value_of

# A model takes over when the paired interval of the difference is above 0: at this confidence
# 1.5% of equal models would by the theory, and 0.9 to 3.2% did in simulated tests of 50 and 200
# rows (benchmarks/champion.py).
CONFIDENCE = 0.97
_FEWEST_ROWS = 10
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Approved:
    """The approved model as SealModel has frozen it: its run, its version in the registry, and its
    digest, or why it could not be frozen."""

    archive: Path
    run: str
    version: int
    sha256: str
    why: str


@dataclass(frozen=True)
class RowsAgain:
    """The test file once more: ``read`` gives its batches in any process, and ``known`` are the
    rows that the new model was trained on, if it kept them."""

    read: Callable[[], Iterator[pd.DataFrame]]
    known: KnownRows | None
    seconds_left: Callable[[], float]


def approved_in(folder: Path) -> Approved | None:
    """The approved model in the input channel; None where none was approved, or where the workflow
    is of a version that did not compare."""
    path = folder / "champion.json"
    if not path.exists():
        return None
    try:
        kept = dict(json.loads(path.read_text(encoding="utf-8")))
        version = int(kept.get("version", 0))
    except (OSError, ValueError, TypeError) as error:
        print(f"Which model is approved can't be read: {error}")
        return None
    if not kept:
        return None
    sha256, why = str(kept.get("sha256", "")), str(kept.get("why", ""))
    if not why and not _SHA256.fullmatch(sha256):
        why = spoken("It has no digest to recognise it by.")
    return Approved(folder / "model.tar.gz", str(kept.get("run", "")), version, sha256, why)


def against(found: Evaluation, approved: Approved, rows: RowsAgain) -> AgainstApproved:
    """How the new model compares with the ``approved`` one."""
    try:
        if why := approved.why or _why_not(found):
            raise KnownFailure(why)
        if rows.seconds_left() <= 0:
            raise TimeoutError
        found.model.predictor.unpersist()  # two models need not be in memory at once
        with tempfile.TemporaryDirectory() as folder:
            return _compared(found, approved, rows, Path(folder))
    except OtherVersions as error:
        why = spoken(
            "{saved} made it, this run uses {here}, and a model can only be used with the versions "
            "that made it.",
            saved=error.saved,
            here=error.here,
        )
    except KnownFailure as error:
        why = str(error)
    except TimeoutError:
        why = spoken("It could not predict all test rows in the time that the evaluation has.")
    except Died as error:
        why = _how(error)
    except Exception as error:  # noqa: BLE001 (the new model is there, and paid for)
        traceback.print_exc()
        told = f"{type(error).__name__}: {error}"
        why = spoken("It can't predict these rows: {error}", error=told)
    return AgainstApproved(approved.run, approved.version, "not compared", why)


def _how(died: Died) -> str:
    if died.exit_code == -signal.SIGKILL:
        return spoken(
            "The process that predicted with it was killed, most likely because the machine has "
            "too little memory for it."
        )
    return spoken(
        "The process that predicted with it ended too early (exit code {code}).",
        code=died.exit_code,
    )


def _why_not(found: Evaluation) -> str | None:
    """What is missing for any comparison; None if nothing is."""
    if not len(found.scored):
        return spoken("The test file has no true values.")
    if found.no_verdict:
        return found.no_verdict
    if found.score is None:
        return spoken("The metric is undefined for these test rows.")
    return None


def _compared(
    found: Evaluation, approved: Approved, rows: RowsAgain, folder: Path
) -> AgainstApproved:
    label, classes = found.model.predictor.label, found.model.classes
    made = in_own_process(
        rows.seconds_left(),
        approved_predictions,
        *(approved.archive, folder, approved.sha256),
        NewModel(label, classes, rows.known),
        rows.read,
    )
    ours = found.test.outcome
    theirs = Outcome(made.predicted, ours.truth, made.probabilities, ours.labels)
    kept = ours.has_truth & made.is_new
    one, other = ours.at(kept), theirs.at(kept)
    left_out = len(found.scored) - len(one)
    told = AgainstApproved(approved.run, approved.version, "not compared", left_out=left_out)
    if len(one) < _FEWEST_ROWS:
        why = spoken(
            "Only {rows:,} test {rows:row|rows} with a true value {rows:is|are} new to both "
            "models; {left_out:,} others may have been among the rows that one of them was trained "
            "on.",
            rows=len(one),
            left_out=left_out,
        )
        return replace(told, why=why)
    if no_verdict := why_no_verdict(one):
        return replace(told, why=no_verdict)
    score = main_score(found.model)
    try:
        values = value_of(score, one), value_of(score, other)
    except Undefined as undefined:
        why = spoken("The metric is undefined for these rows: {reason}", reason=undefined)
        return replace(told, why=why)
    result = comparison(one, other, found.model.metric, score, values, CONFIDENCE)
    interval = None
    if result.low is not None and result.high is not None:
        interval = result.low, result.high
    return replace(
        told,
        verdict=result.verdict,
        why="" if made.is_known else _unknown(),
        rows=len(one),
        score=values[0],
        approved_score=values[1],
        difference=result.difference,
        interval=interval,
        confidence=CONFIDENCE if interval else None,
    )


def _unknown() -> str:
    return spoken(
        "Whether the approved model was trained on some of these rows is not known: its own "
        "training code did not keep which."
    )
