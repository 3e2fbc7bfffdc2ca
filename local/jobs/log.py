"""The log of a job or an endpoint: a file under the home folder, and its CloudWatch stream."""

import contextlib
import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_FLUSH_SECONDS = 0.3
_MOST_EVENTS = 1000


class JobLog:
    """Takes lines from a process and passes them on, in order, without holding it up.

    Without ``logs`` they go to the file alone.
    """

    def __init__(
        self, path: Path, logs: "CloudWatchLogsClient | None", group: str, stream: str
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._logs = logs
        self._group = group
        self._stream = stream
        self._lines: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Adds one line."""
        with contextlib.suppress(OSError):  # on a full disk: the job's own failure tells of it
            self._file.write(line + "\n")
            self._file.flush()
        # CloudWatch Logs takes no empty event, and nothing where it is not allowed to.
        if line.strip() and self._thread.is_alive():
            self._lines.put((round(time.time() * 1000), line))

    def close(self) -> None:
        """Passes on what is left."""
        self._lines.put(None)
        self._thread.join()
        with contextlib.suppress(OSError):
            self._file.close()

    def _pass_on(self) -> None:
        """To CloudWatch, as far as the role allows that: nothing fails for its log."""
        with contextlib.suppress(ClientError):
            if self._logs:
                self._pass_on_to_cloudwatch(self._logs)

    def _pass_on_to_cloudwatch(self, logs: "CloudWatchLogsClient") -> None:
        with contextlib.suppress(ClientError):  # the group may be there, and need not be ours
            logs.create_log_group(logGroupName=self._group)
        logs.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        closed = False
        while not closed:
            batch, closed = self._next_batch()
            if batch:
                logs.put_log_events(
                    logGroupName=self._group,
                    logStreamName=self._stream,
                    logEvents=[{"timestamp": at, "message": text} for at, text in batch],
                )

    def _next_batch(self) -> tuple[list[tuple[int, str]], bool]:
        """What came in within the flush time, and whether the log was closed after it."""
        batch: list[tuple[int, str]] = []
        deadline = time.monotonic() + _FLUSH_SECONDS
        while len(batch) < _MOST_EVENTS and (left := deadline - time.monotonic()) > 0:
            try:
                item = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False
