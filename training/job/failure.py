"""How a job says why it failed: one sentence in the file that SageMaker reads."""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# SageMaker keeps 1,024 characters of a training job's failure and 1 KB of a processing job's
# message (API reference: FailureReason, ExitMessage).
_LONGEST_BYTES = 1000


class KnownFailure(Exception):
    """A failure that a person can do something about; the text says what."""


def reports_failure_to(
    path: Callable[[], Path],
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a program that fails end with exit code 1 and write its reason to ``path()``.

    The reason of a :class:`KnownFailure` is its text; that of any other error is its type and text,
    with the traceback in the log only.
    """

    def decorate(main: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(main)
        def run() -> None:
            try:
                main()
            except KnownFailure as failure:
                _end(path(), str(failure))
            except Exception as error:  # noqa: BLE001 (the failure file says it)
                traceback.print_exc()
                _end(path(), f"unexpected error: {type(error).__name__}: {error}")

        return run

    return decorate


def _end(path: Path, reason: str) -> NoReturn:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_cut(reason))
    print(reason.encode(errors="replace").decode(), file=sys.stderr)
    raise SystemExit(1)


def _cut(reason: str) -> bytes:
    """The reason as UTF-8, cut between two characters.

    A file cut inside a character is not UTF-8: SageMaker then drops the reason and fails the job
    with a ClientError of its own. What UTF-8 can't encode, such as a stray byte in a file name,
    becomes a question mark.
    """
    kept = reason.encode(errors="replace")[:_LONGEST_BYTES]
    return kept.decode(errors="ignore").encode()
