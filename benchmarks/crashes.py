"""Crashes of local mode under simultaneous writers: what was acknowledged is read again.

A ``codefree up`` is killed with SIGKILL at random moments, and its disk is full now and then (a
small one, which root alone can mount). A version counts as acknowledged when its upload has been
answered; after the next start its bytes are compared by SHA-256. The first argument is the number
of kills.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.local.test_kept import Up
from tests.local.writers import Writers

KILLS = 100
FULL_DISKS = 20
_MIB = 1024**2
_DISK_BYTES = 512 * _MIB


@dataclass
class Outcome:
    """How often it happened, and which versions were acknowledged, refused or wrong after it."""

    what: str
    times: int = 0
    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: int = 0
    wrong: int = 0

    def add(self, writers: Writers, s3: Any) -> None:
        """Reads again what these writers were told that it is kept."""
        self.times += 1
        self.acknowledged |= writers.acknowledged
        self.refused += len(writers.refused)
        self.wrong += len(writers.wrong(s3))


def killed(times: int) -> Outcome:
    """SIGKILL at a random moment, and the next start."""
    outcome = Outcome("SIGKILL under 4 writers of 3 keys, up to 1 MiB")
    with tempfile.TemporaryDirectory() as folder:
        up = Up(Path(folder) / "home").start()
        for _ in range(times):
            writers = _writers(up, 4, keys=3, most_bytes=_MIB)
            time.sleep(random.uniform(0.1, 1.5))
            up.kill()
            writers.stop()
            outcome.add(writers, up.start().s3)
        _read_all(outcome, up)
    return outcome


def written_at_once() -> Outcome:
    """Many writers of one key, and the next start."""
    outcome = Outcome("16 writers of 1 key, up to 3 MiB")
    with tempfile.TemporaryDirectory() as folder:
        up = Up(Path(folder) / "home").start()
        writers = _writers(up, 16, keys=1, most_bytes=3 * _MIB)
        time.sleep(20)
        writers.stop()
        outcome.add(writers, up.kill().start().s3)
        up.kill()
    return outcome


def full(times: int) -> Outcome:
    """A disk that is full from a random moment on, until there is room again."""
    outcome = Outcome("full disk under 4 writers of 3 keys, up to 128 KiB")
    with _small_disk() as disk:
        up = Up(disk / "home").start()
        for _ in range(times):
            writers = _writers(up, 4, keys=3, most_bytes=_MIB // 8)
            time.sleep(random.uniform(0.1, 0.5))
            filler = _filled(disk)
            time.sleep(random.uniform(0.1, 0.5))
            filler.unlink()
            time.sleep(0.3)
            writers.stop()
            outcome.add(writers, up.s3)
        up.kill().start()
        _read_all(outcome, up)
    return outcome


def _writers(up: Up, number: int, keys: int, most_bytes: int) -> Writers:
    return Writers([up.client("s3") for _ in range(number)], keys, most_bytes)


def _read_all(outcome: Outcome, up: Up) -> None:
    """Everything once more, for what a later crash did to what an earlier one had left."""
    everything = Writers([], keys=1, most_bytes=0)
    everything.acknowledged = outcome.acknowledged
    outcome.wrong = max(outcome.wrong, len(everything.wrong(up.s3)))
    up.kill()


@contextmanager
def _small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", folder]
        subprocess.run(mount, check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def _filled(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (_MIB, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


def main() -> None:
    shown = Table(title="Crashes of local mode: acknowledged versions, read again byte by byte")
    for column in ("what", "times", "acknowledged", "refused in words", "lost or changed"):
        shown.add_column(column, justify="left" if column == "what" else "right")
    times = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    outcomes = [written_at_once(), killed(times)]
    if os.geteuid() == 0:
        outcomes.append(full(FULL_DISKS))
    for o in outcomes:
        row = (o.what, o.times, len(o.acknowledged), o.refused, o.wrong)
        shown.add_row(*map(str, row))
    Console(width=120).print(shown)
    if any(outcome.wrong for outcome in outcomes):
        sys.exit("Acknowledged versions were lost or changed.")


if __name__ == "__main__":
    main()
