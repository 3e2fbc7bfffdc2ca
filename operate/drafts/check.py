"""The checks of drafts, each in a process of its own, so that who looks at pages does not wait."""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import psutil

from lambdas.state import ProfileState
from lambdas.uploads.pair import Upload
from lambdas.wish import Wish
from operate.account import Account
from operate.language import spoken, spoken_language

_AT_ONCE = 2
_MOST_KEPT = 50
# What CheckPair has on AWS, and as much again for what the console loads besides.
_MOST_BYTES = 4 * 1024**3
_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Table:
    """A table to check: where it is, and what it is called on the person's machine. ``is_earlier``
    says that it was uploaded for the dataset before."""

    upload: Upload
    name: str
    is_earlier: bool = False


@dataclass(frozen=True)
class Question:
    """What is to be checked: one table to be split, or the two of a pair, for a training like
    ``wish``; ``target_is_default`` says that nobody has named the column to predict."""

    tables: tuple[Table, ...]
    wish: Wish
    target_is_default: bool


@dataclass(frozen=True)
class CheckedFinding:
    """A finding: its words by language, which are where, what was seen, and what to do."""

    severity: str
    code: str
    column: str | None
    told: Mapping[str, list[str]] = field(repr=False)

    @property
    def where(self) -> str:
        """File, rows, column and line."""
        return self.told[spoken_language()][0]

    @property
    def seen(self) -> str:
        """What is so, and what should be."""
        return self.told[spoken_language()][1]

    @property
    def action(self) -> str:
        """What to do."""
        return self.told[spoken_language()][2]


@dataclass(frozen=True)
class CheckedColumn:
    """What one column of the train file holds; ``missing`` is a share, ``range`` the smallest and
    the greatest number."""

    name: str
    content_told: Mapping[str, str]
    missing: float
    distinct: int
    is_exact: bool
    range: tuple[float, float] | None

    @property
    def content(self) -> str:
        """Its content in words."""
        return self.content_told[spoken_language()]


@dataclass(frozen=True)
class Checked:
    """What was found. ``header`` has the names of the columns as far as they could be read,
    ``suggested`` the one to predict where nothing tells it; ``profile`` is there where both parts
    could be read, and ``rows`` are those to learn from and to test with."""

    header: tuple[str, ...]
    suggested: str | None
    target: str | None
    problem_type: str | None
    rows: tuple[int, int] | None
    profile: ProfileState | None
    columns: tuple[CheckedColumn, ...]
    more_columns: int
    findings: tuple[CheckedFinding, ...]

    @property
    def errors(self) -> list[CheckedFinding]:
        """For which the files can't be trained on."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[CheckedFinding]:
        """What is worth a look."""
        return [finding for finding in self.findings if finding.severity == "warning"]

    def of_column(self, name: str) -> list[CheckedFinding]:
        """The findings about one column."""
        return [finding for finding in self.findings if finding.column == name]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the program has answered."""
        columns = [
            CheckedColumn(
                column["name"],
                column["content"],
                column["missing"],
                column["distinct"],
                column["is_exact"],
                (column["range"][0], column["range"][1]) if column["range"] else None,
            )
            for column in told["columns"]
        ]
        return cls(
            tuple(told["header"]),
            told["suggested"],
            told["target"],
            told["problem_type"],
            (told["rows"][0], told["rows"][1]) if told["rows"] else None,
            told["profile"],
            tuple(columns),
            told["more_columns"],
            tuple(CheckedFinding(**finding) for finding in told["findings"]),
        )


@dataclass(frozen=True)
class CheckState:
    """How far a check is: what it has found, or that it failed; neither while it runs."""

    checked: Checked | None = None
    failure: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.checked is None and not self.failure

    @property
    def failed_because(self) -> str:
        """Why there is nothing, in words."""
        if self.failure == "removed":
            return spoken("A file was removed from the bucket meanwhile. Upload it again.")
        if self.failure == "memory":
            return spoken("The check needed more memory than there is. Use fewer rows or columns.")
        return spoken("The check has failed: {why}", why=self.failure)


_RUNS = CheckState()


class _Check:
    """One check, in a thread that waits for its process."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.state = _RUNS
        self.is_cancelled = False
        self.process: subprocess.Popen[bytes] | None = None

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.process:
            self.process.kill()


class DraftChecks:
    """The newest check of each draft; a few run at once, the others wait."""

    def __init__(self, account: Account, bucket: str) -> None:
        self._account, self._bucket = account, bucket
        self._checks: dict[str, _Check] = {}
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(_AT_ONCE)

    def state(self, draft_id: str, question: Question) -> CheckState:
        """How far the check of ``question`` is; it begins if there is none. One of another
        question about the draft ends."""
        with self._lock:
            check = self._checks.get(draft_id)
            if check is None or check.question != question:
                if check:
                    check.cancel()
                check = self._checks[draft_id] = _Check(question)
                threading.Thread(target=self._run, args=[check], daemon=True).start()
                self._forget_the_oldest()
            return check.state

    def latest(self, draft_id: str) -> CheckState | None:
        """How far the newest check of the draft is; None where there is none."""
        with self._lock:
            check = self._checks.get(draft_id)
            return check.state if check else None

    def forget(self, draft_id: str) -> None:
        """Ends the draft's check."""
        with self._lock:
            if check := self._checks.pop(draft_id, None):
                check.cancel()

    def stop(self) -> None:
        """Ends all checks."""
        for draft_id in list(self._checks):
            self.forget(draft_id)

    def _forget_the_oldest(self) -> None:
        while len(self._checks) > _MOST_KEPT:
            self._checks.pop(next(iter(self._checks))).cancel()

    def _run(self, check: _Check) -> None:
        with self._slots:
            if check.is_cancelled:
                return
            try:
                check.state = self._answer(check)
            except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
                check.state = CheckState(failure=str(error) or type(error).__name__)

    def _answer(self, check: _Check) -> CheckState:
        # Nothing in the folder that the command is typed in is taken for the program.
        command = [sys.executable, "-P", "-m", "operate.drafts.checking"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            check.process = process
            if check.is_cancelled:
                process.kill()
            was_too_large = threading.Event()
            watcher = threading.Thread(target=_watch, args=[process, was_too_large], daemon=True)
            watcher.start()
            assert process.stdin and process.stdout and process.stderr
            errors: list[bytes] = []
            reader = threading.Thread(
                target=lambda: errors.append(process.stderr.read()),  # type: ignore[union-attr]
                daemon=True,
            )
            reader.start()
            with contextlib.suppress(OSError):  # it has ended before it was asked
                process.stdin.write(self._asked(check.question))
                process.stdin.flush()
            answer = process.stdout.read()
            process.wait()
            reader.join()
        if was_too_large.is_set():
            return CheckState(failure="memory")
        if process.returncode:
            last = b"".join(errors).decode(errors="replace").strip().rpartition("\n")[2]
            return CheckState(failure=last or f"{process.returncode}")
        told = json.loads(answer)
        return CheckState(failure="removed") if "removed" in told else CheckState(Checked.of(told))

    def _asked(self, question: Question) -> bytes:
        account, key = self._account, self._account.key
        asked = {
            "account": {
                "profile": account.profile,
                "region": account.region,
                "endpoint": account.endpoint,
                "key": [key.access_key, key.secret_key] if key else None,
            },
            "bucket": self._bucket,
            "tables": [{"upload": asdict(t.upload), "name": t.name} for t in question.tables],
            "wish": asdict(question.wish),
            "target_is_default": question.target_is_default,
        }
        return json.dumps(asked).encode() + b"\n"


def _watch(process: "subprocess.Popen[bytes]", was_too_large: threading.Event) -> None:
    """Kills the process when it takes more memory than it may."""
    with contextlib.suppress(psutil.Error):
        watched = psutil.Process(process.pid)
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_SECONDS)
                return
            if watched.memory_info().rss > _MOST_BYTES:
                was_too_large.set()
                process.kill()
                return
