"""What a job's program prints, as CloudWatch's logs have it."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from operate.runs.story import Job

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_KEPT = 300
_MOST_PAGES = 20
# The colours of a terminal (ECMA-48, SGR), which no page has.
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class LogLine:
    """A line, and when it was printed."""

    at: datetime
    text: str


@dataclass(frozen=True)
class LogSeen:
    """The newest lines of a job's log, and how many there are in all."""

    job: str
    lines: tuple[str, ...]
    count: int


class JobLog:
    """Follows the log of one job: every call of :meth:`new_lines` reads what is new."""

    def __init__(self, logs: "CloudWatchLogsClient", job: Job) -> None:
        self.job = job
        self._logs = logs
        self._stream = ""
        self._token: str | None = None
        self._newest: deque[str] = deque(maxlen=_KEPT)
        self._count = 0

    @property
    def seen(self) -> LogSeen:
        """What has been read so far."""
        return LogSeen(self.job.name, tuple(self._newest), self._count)

    def new_lines(self) -> list[LogLine]:
        """Reads the lines since the last call; the rest comes with the next one where many are."""
        self._stream = self._stream or _stream(self._logs, self.job)
        lines: list[LogLine] = []
        if not self._stream:
            return lines
        for _ in range(_MOST_PAGES):
            page = _page(self._logs, self.job, self._stream, self._token)
            lines += _lines(page)
            if page["nextForwardToken"] == self._token:
                break
            self._token = page["nextForwardToken"]
        self._newest.extend(line.text for line in lines)
        self._count += len(lines)
        return lines


def log_lines(logs: "CloudWatchLogsClient", job: Job) -> Iterator[LogLine]:
    """All lines of a job's log, page by page."""
    stream, token = _stream(logs, job), None
    while stream:
        page = _page(logs, job, stream, token)
        yield from _lines(page)
        if page["nextForwardToken"] == token:
            return
        token = page["nextForwardToken"]


def _stream(logs: "CloudWatchLogsClient", job: Job) -> str:
    """The name of the job's newest stream; empty where it has none yet."""
    try:
        found = logs.describe_log_streams(
            logGroupName=job.log_group, logStreamNamePrefix=f"{job.name}/"
        )
    except logs.exceptions.ResourceNotFoundException:
        return ""
    return max((str(each["logStreamName"]) for each in found["logStreams"]), default="")


def _page(logs: "CloudWatchLogsClient", job: Job, stream: str, token: str | None) -> Any:
    request: dict[str, Any] = {"nextToken": token} if token else {}
    return logs.get_log_events(
        logGroupName=job.log_group, logStreamName=stream, startFromHead=True, **request
    )


def _lines(page: Any) -> list[LogLine]:
    return [_line(event) for event in page["events"]]


def _line(event: Any) -> LogLine:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return LogLine(at, _COLOURS.sub("", event["message"]).rstrip("\r\n").expandtabs(4))
