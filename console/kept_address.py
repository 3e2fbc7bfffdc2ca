"""Where the console of a local mode is, kept in its home: the next one has the same address.

So a page that is open goes on when local mode was stopped and started again.
"""

import os
import re
from pathlib import Path

from console.guard.access import Access, new_token

_FILE = "console"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d{1,5})/\?token=([\w-]{20,100})")


def kept_access(home: Path) -> Access | None:
    """What opened the console of ``home`` last; None where there was none."""
    try:
        found = _ADDRESS.fullmatch((home / _FILE).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return Access(int(found[1]), found[2]) if found else None


def kept_token(home: Path) -> str:
    """The token of the console of ``home``, the same at each start; a new one at the first."""
    kept = kept_access(home)
    return kept.token if kept else new_token()


def keep_access(home: Path, access: Access) -> None:
    """Writes it down, for its owner alone."""
    fresh = home / f"{_FILE}.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(access.address)
    fresh.replace(home / _FILE)
