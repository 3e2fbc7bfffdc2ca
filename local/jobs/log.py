"""A job's log: a file under the home folder, and the CloudWatch stream that SageMaker writes."""

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
    """Takes lines from the job's process and passes them on, in order, without holding it up."""

    def __init__(self, path: Path, logs: "CloudWatchLogsClient", group: str, job_name: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._logs = logs
        self._group = group
        self._stream = f"{job_name}/algo-1-{int(time.time())}"
        self._lines: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Adds one line."""
        with contextlib.suppress(OSError):  # on a full disk: the job's own failure tells of it
            self._file.write(line + "\n")
            self._file.flush()
        if line.strip():  # CloudWatch Logs takes no empty event
            self._lines.put((round(time.time() * 1000), line))

    def close(self) -> None:
        """Passes on what is left."""
        self._lines.put(None)
        self._thread.join()
        with contextlib.suppress(OSError):
            self._file.close()

    def _pass_on(self) -> None:
        """To CloudWatch, as far as the job's role allows that: a job does not fail for its log."""
        with contextlib.suppress(ClientError):
            self._pass_on_to_cloudwatch()

    def _pass_on_to_cloudwatch(self) -> None:
        with contextlib.suppress(ClientError):  # the group may be there, and need not be ours
            self._logs.create_log_group(logGroupName=self._group)
        self._logs.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        closed = False
        while not closed:
            batch, closed = self._next_batch()
            if batch:
                self._logs.put_log_events(
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
