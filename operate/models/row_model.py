"""Models that answer for single rows, each loaded once in a process of its own.

A model is a pickle: loading it runs the code in it. So it is loaded only if its digest is the one
that the training left, and never in this process (training/answer.py).
"""

import contextvars
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

from lambdas.language import spoken_language
from operate.account import CannotDo
from operate.language import spoken
from operate.models.archive import ModelArchive
from operate.models.predicting_model import PredictingModel

# Nothing in the folder that the command is typed in is taken for the program.
_COMMAND = [sys.executable, "-P", "-m", "training.answer"]
_IDLE_SECONDS = 300.0
_MOST_AT_ONCE = 2
_SECONDS_TO_END = 10
_KILLED = -9

Phase = Literal["loading", "ready", "ended"]


@dataclass(frozen=True)
class OneRow:
    """A row as a file of its own: its ``text``, and what the check has found in it."""

    text: str
    check: Mapping[str, Any]


@dataclass(frozen=True)
class Instead:
    """Another value for one column of the first row."""

    column: str
    value: float | str


@dataclass(frozen=True)
class Answers:
    """What the model says: a text for each of the ``names`` of the result's columns, of each row,
    and of the first row with each replacement."""

    names: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    instead: Sequence[Sequence[str | None]]


class RowModels:
    """The models that are loaded: few at once, and none that nobody has asked for minutes."""

    def __init__(self, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._models: dict[str, RowModel] = {}
        self._lock = threading.Lock()

    def of(self, model: PredictingModel) -> "RowModel":
        """The model, which begins to be loaded if it is not."""
        with self._lock:
            found = self._models.pop(model.archive.sha256, None)
            if found is None or found.phase == "ended":
                found = RowModel(model, self._idle_seconds)
            self._models[model.archive.sha256] = found  # the newest at the end
            others = list(self._models)[:-_MOST_AT_ONCE]
            ended = [self._models.pop(sha256) for sha256 in others]
        for each in ended:
            each.close()
        return found

    def known(self, sha256: str) -> "RowModel | None":
        """The model of this digest, if somebody has asked for it lately."""
        return self._models.get(sha256)

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            ended = list(self._models.values())
            self._models.clear()
        for each in ended:
            each.close()


class RowModel:
    """One model in its process, from its download to its end."""

    def __init__(self, model: PredictingModel, idle_seconds: float) -> None:
        self.model = model
        self._idle_seconds = idle_seconds
        self._turn = threading.Lock()  # one question at a time
        self._loaded = threading.Event()
        self._why: CannotDo | None = None
        self._used: frozenset[str] = frozenset()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        self._idle: threading.Timer | None = None
        # A thread does not know by itself which language is spoken.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=[self._load], daemon=True).start()

    @property
    def phase(self) -> Phase:
        """How far it is."""
        if self._is_closed or self._why:
            return "ended"
        if not self._loaded.is_set():
            return "loading"
        return "ready" if self._process and self._process.poll() is None else "ended"

    @property
    def why(self) -> str:
        """Why it could not be loaded; empty where that is not so."""
        return str(self._why or "")

    def used(self) -> frozenset[str]:
        """The columns that the model uses, once it is loaded.

        Raises:
            CannotDo: it can't be loaded; the text says why.
        """
        self._loaded.wait()
        if self._why:
            raise self._why
        return self._used

    def ask(self, rows: Sequence[OneRow], instead: Sequence[Instead]) -> Answers:
        """What is predicted for the rows, and for the first one with each replacement.

        Raises:
            CannotDo: it can't be loaded or can't answer; the text says why.
        """
        self.used()
        asked = {
            "rows": [{"text": row.text, "check": row.check} for row in rows],
            "instead": [{"column": one.column, "value": one.value} for one in instead],
        }
        with self._turn:
            self._wake()
            try:
                told = self._told(asked)
            finally:
                self._rest()
        answers = told["answers"]
        return Answers(told["names"], answers[: len(rows)], answers[len(rows) :])

    def close(self) -> None:
        """Ends the process; who waits for an answer is told so."""
        self._is_closed = True
        self._wake()
        if process := self._process:
            _end(process)

    def _load(self) -> None:
        try:
            self._start()
        except CannotDo as reason:
            self._why = reason
        except Exception as error:  # noqa: BLE001 - whoever asks is told
            self._why = CannotDo(f"{type(error).__name__}: {error}")
        finally:
            self._loaded.set()
            if self._is_closed:
                self.close()
            else:
                self._rest()

    def _start(self) -> None:
        model = self.model
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "model.tar.gz"
            bucket, key = model.bucket, model.registered.key
            bucket.s3.download_file(bucket.name, key, str(path))
            archive = ModelArchive.read(path)
            archive.require_sealed(model.archive.sha256)
            archive.require_versions()
            self._process = subprocess.Popen(
                _COMMAND,
                env={name: value for name, value in os.environ.items() if name[:4] != "AWS_"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
            told = self._told({"archive": str(path), "sha256": model.archive.sha256})
        self._used = frozenset(told["used"])

    def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process
        try:
            line = _exchanged(process, asked | {"language": spoken_language()})
        except (OSError, ValueError):  # it has ended, or is being ended
            line = ""
        if not line:
            self.close()
            raise CannotDo(_why_ended(process))
        told = cast("dict[str, Any]", json.loads(line))
        if "failed" in told:
            raise CannotDo(told["failed"])
        return told

    def _rest(self) -> None:
        """Begins to count the seconds in which nobody asks."""
        self._wake()
        self._idle = threading.Timer(self._idle_seconds, self.close)
        self._idle.daemon = True
        self._idle.start()

    def _wake(self) -> None:
        if self._idle:
            self._idle.cancel()


def _exchanged(process: "subprocess.Popen[str]", asked: dict[str, Any]) -> str:
    to, back = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
    to.write(json.dumps(asked) + "\n")
    to.flush()
    return back.readline()


def _end(process: "subprocess.Popen[str]") -> None:
    """Lets it end by itself, so that it removes what it has unpacked."""
    with suppress(OSError):
        cast(IO[str], process.stdin).close()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    cast(IO[str], process.stdout).close()


def _why_ended(process: "subprocess.Popen[str]") -> str:
    if process.wait() == _KILLED:
        return spoken(
            "The model was ended by the system, probably because the memory was full. Close other "
            "programs and try again, or upload the row as a file."
        )
    return spoken("The model's process has ended. Try again.")
