"""What is locked is locked by its hash alone: where it comes from is the machine's to say."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [
    *("requirements.lock", "checks/requirements.lock", "checks/package-lock.json"),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "checks" / "toolkit").glob("*.lock")),
]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "sha256:" in text or '"integrity": "sha512-' in text
