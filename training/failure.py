"""How a job tells people why it failed: one sentence in the file that SageMaker reads."""

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# SageMaker keeps 1,024 characters of a training job's failure and 1 KB of a processing job's
# message (API reference: FailureReason, ExitMessage).
_LONGEST = 1000


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
    path.write_bytes(reason.encode()[:_LONGEST])
    print(reason, file=sys.stderr)
    raise SystemExit(1)
