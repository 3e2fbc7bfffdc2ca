"""What a job's container starts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A process to start: its ``command``, and the ``words`` of it that people are told."""

    command: list[str]
    environment: dict[str, str]
    folder: Path
    words: str = ""
