"""A file on this machine as the check reads it."""

from pathlib import Path
from typing import IO

from lambdas.check.reading.source import Source

# On one's own machine nothing ends the check but its end.
SECONDS = 24 * 3600.0


def source_of(path: Path) -> Source:
    """The file, to be opened as often as the check has to."""

    def opened(limits: tuple[int, int] | None) -> IO[bytes]:
        body = path.open("rb")
        body.seek(limits[0] if limits else 0)
        return body

    return Source(path.name, path.stat().st_size, opened)
