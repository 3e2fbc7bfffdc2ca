"""Local mode killed, and its disk filled, at random moments while many write: is anything lost?

Each version that was acknowledged is read again after the next start, and compared byte by byte.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.local.codefree_up import Up
from tests.local.test_crashes import filled
from tests.local.writers import Writers

KILLS = 100
FULL_DISKS = 20
_WRITERS = 8
_MOST_BYTES = 200_000
_DISK = "192m"


def main() -> None:
    kills, full = ([int(word) for word in sys.argv[1:]] or [KILLS, FULL_DISKS])[:2]
    shown = Table(title=f"{_WRITERS} writers of up to {_MOST_BYTES:,} bytes each")
    for column in ("what", "times", "acknowledged versions", "refused", "lost or changed"):
        shown.add_column(column, justify="right")
    shown.add_row("SIGKILL at a random moment", *map(str, (kills, *killed(kills))))
    with _small_disk() as disk:
        if disk:
            shown.add_row("disk full at a random moment", *map(str, (full, *filled_up(disk, full))))
        else:
            Console().print("Only root can mount the small disk: that part was left out.")
    Console(width=120).print(shown)


def killed(times: int) -> tuple[int, int, int]:
    """Kills it so often; gives the versions acknowledged, refused, and lost or changed."""
    acknowledged = refused = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        up = Up(Path(folder) / "home").start()
        for _ in range(times):
            writers = _writers(up)
            time.sleep(random.uniform(0.1, 1.5))
            up.kill()
            writers.stop()
            up.start()
            wrong += len(writers.wrong(up.s3))
            acknowledged += writers.count()
            refused += len(writers.refused)
        up.kill()
    return acknowledged, refused, wrong


def filled_up(disk: Path, times: int) -> tuple[int, int, int]:
    """Fills the disk so often, and kills it then; gives the same."""
    acknowledged = refused = wrong = 0
    for number in range(times):
        up = Up(disk / f"home {number}").start()
        writers = _writers(up)
        time.sleep(random.uniform(0.1, 1))
        filler = filled(disk)
        time.sleep(random.uniform(0.1, 1))
        writers.stop()
        up.kill()
        filler.unlink()
        up.start()
        wrong += len(writers.wrong(up.s3))
        acknowledged += writers.count()
        refused += len(writers.refused)
        up.kill()
        subprocess.run(["rm", "-rf", up.home], check=True)
    return acknowledged, refused, wrong


def _writers(up: Up) -> Writers:
    return Writers([up.client("s3") for _ in range(_WRITERS)], keys=6, most_bytes=_MOST_BYTES)


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


if __name__ == "__main__":
    main()
