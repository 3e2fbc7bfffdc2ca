"""Two runs compared row by row, on the test rows that both have predicted.

The statistics are the training's own (training/scoring/comparison.py), in a process of their own:
what they need takes long to load and much memory.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from lambdas.bucket.bucket import Bucket
from operate.account import CannotDo
from operate.language import spoken, spoken_language, to_speak
from operate.place import Place
from operate.runs.finished_run import FinishedRun
from operate.visible_text import shown

Verdict = Literal["better", "no clear difference", "worse", "not compared"]

_Key = tuple[str, ...]

_MOST_BYTES = 500_000_000
_MOST_SECONDS = 300
_MOST_KEPT = 500
_WHY_NOT = {
    "other rows": to_speak("They were tested on different rows of the same file."),
    "no values": to_speak("The test file has no true values, or the runs predict other classes."),
    "few rows": to_speak("Fewer than ten test rows have a true value."),
}


@dataclass(frozen=True)
class PairedComparison:
    """How a run compares with another one on ``rows`` that both have predicted.

    ``score`` and ``other_score`` are both runs' on these rows; a positive ``difference`` favours
    the first, whatever the metric, and ``low`` and ``high`` are the ends of its interval, where
    there is one. ``why`` is a sentence: why they were not compared, else empty.
    """

    verdict: Verdict
    metric: str
    rows: int = 0
    score: float | None = None
    other_score: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    why: str = ""


class PairedComparisons:
    """Compares runs, each two of them once, and as one process at a time."""

    def __init__(self) -> None:
        self._done: dict[_Key, PairedComparison] = {}
        self._turn = Lock()

    def known(
        self, place: Place, one: FinishedRun, others: Sequence[FinishedRun], metric: str
    ) -> list[PairedComparison | None]:
        """How ``one`` compares with each of the ``others``, as far as that is known at once."""
        return [self._known(place, one, other, metric) for other in others]

    def made(
        self, place: Place, one: FinishedRun, others: Sequence[FinishedRun], metric: str
    ) -> list[PairedComparison]:
        """How ``one`` compares with each of the ``others``. Where the program that compares fails,
        they are not compared, and another call tries again."""
        with self._turn:
            known = self.known(place, one, others, metric)
            left = [other for other, found in zip(others, known, strict=True) if found is None]
            try:
                new = iter(_compared(place, one, left, metric) if left else [])
            except CannotDo as reason:
                why = str(reason)
                return [
                    found or PairedComparison("not compared", metric, why=why) for found in known
                ]
            found = [one_known or next(new) for one_known in known]
            for other, made in zip(others, found, strict=True):
                self._keep(_key(place, one, other, metric), made)
            return found

    def _known(
        self, place: Place, one: FinishedRun, other: FinishedRun, metric: str
    ) -> PairedComparison | None:
        if why := _why_not(one, other):
            return PairedComparison("not compared", metric, why=why)
        return self._done.get(_key(place, one, other, metric))

    def _keep(self, key: _Key, made: PairedComparison) -> None:
        if len(self._done) >= _MOST_KEPT:
            self._done.pop(next(iter(self._done)))
        self._done[key] = made


def _key(place: Place, one: FinishedRun, other: FinishedRun, metric: str) -> _Key:
    # What a redrive has evaluated anew took another time.
    runs = (f"{run.predictions} {run.took.total_seconds()}" for run in (one, other))
    return (place.state_machine, *runs, metric, spoken_language())


def _why_not(one: FinishedRun, other: FinishedRun) -> str:
    """Why the two can't be compared row by row, as far as that is seen at once; else empty."""
    if one.uploads is None or other.uploads is None:
        return spoken("Nothing tells any more which test file one of them has read.")
    if one.uploads.test != other.uploads.test:
        return spoken("They were tested with different files.")
    if one.wish.target != other.wish.target:
        return spoken("They predict different columns.")
    if _kinds(one) != _kinds(other):
        return spoken("Of the same column they predict something else: a number, or other classes.")
    return ""


def _kinds(run: FinishedRun) -> set[str] | None:
    return None if run.classes is None else {repr(label) for label in run.classes}


def _compared(
    place: Place, one: FinishedRun, others: Sequence[FinishedRun], metric: str
) -> list[PairedComparison]:
    bucket = Bucket(place.account.bucket(place.stack), place.account.s3)
    with tempfile.TemporaryDirectory(prefix="codefree-") as folder:
        path, *paths = (Path(folder, f"{number}.csv") for number in range(len(others) + 1))
        if why := _fetch(bucket, one.predictions, path):
            raise CannotDo(why)
        reasons = [_fetch(bucket, o.predictions, at) for o, at in zip(others, paths, strict=True)]
        asked = {
            "one": str(path),
            "others": [str(at) for at, why in zip(paths, reasons, strict=True) if not why],
            "classes": None if one.classes is None else list(one.classes),
            "metric": metric,
            "language": spoken_language(),
        }
        told = iter(_run(asked))
    return [
        PairedComparison("not compared", metric, why=why) if why else _read(next(told), metric)
        for why in reasons
    ]


def _read(told: Mapping[str, Any], metric: str) -> PairedComparison:
    """What ``training.compare`` says of two runs."""
    if told["verdict"] == "not compared":
        why = told["why"] or spoken(_WHY_NOT[told["reason"]])
        return PairedComparison("not compared", metric, why=why)
    score, other_score = told["scores"]
    return PairedComparison(
        told["verdict"],
        metric,
        told["rows"],
        score,
        other_score,
        told["difference"],
        told["low"],
        told["high"],
        told["confidence"],
    )


def _fetch(bucket: Bucket, key: str, path: Path) -> str:
    """Downloads the predictions at ``key`` to ``path``; returns why they can't be had, else
    nothing."""
    found = bucket.head(key)
    if found is None:
        return spoken("{key} is no longer in the bucket.", key=shown(key))
    if found["ContentLength"] > _MOST_BYTES:
        return spoken("There are too many test rows to compare them here.")
    bucket.s3.download_file(bucket.name, key, str(path))
    return ""


def _run(asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What ``training.compare`` says. Nothing in the working folder is taken for the program."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "training.compare"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
            timeout=_MOST_SECONDS,
        )
        return list(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError) as error:
        raise CannotDo(
            spoken("The runs could not be compared row by row: {why}", why=_reason(error))
        ) from error


def _reason(error: Exception) -> str:
    """The last line of what a program that failed has written, or what the error says."""
    written = getattr(error, "stderr", None)
    lines = written.split("\n") if isinstance(written, str) else []
    return next((line.strip() for line in reversed(lines) if line.strip()), str(error))
