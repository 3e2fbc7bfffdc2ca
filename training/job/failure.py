"""How a job tells people why it failed: one sentence in the file that SageMaker reads."""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# SageMaker keeps 1,024 characters of a training job's failure and 1 KB of a processing job's
# message (API reference: FailureReason, ExitMessage).
_LONGEST_BYTES = 1000


class JobFailed(Exception):
    """Something that people can do something about; the text says what."""


def explained(path: Callable[[], Path]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a program end with exit code 1 and its reason in the file that ``path`` gives.

    The reason of a :class:`JobFailed` is its text; of anything else its type and text, with the
    traceback in the log alone.
    """

    def decorate(main: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(main)
        def run() -> None:
            try:
                main()
            except JobFailed as failure:
                _end(path(), str(failure))
            except Exception as error:
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

    A file cut inside one is no UTF-8: SageMaker drops the reason then and fails the job with a
    ClientError of its own. What UTF-8 has no letter for, such as a byte of a foreign file name,
    becomes a question mark.
    """
    kept = reason.encode(errors="replace")[:_LONGEST_BYTES]
    return kept.decode(errors="ignore").encode()
