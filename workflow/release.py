"""``make release``: writes codefree.yaml, and notes in CHANGELOG.md which version it is."""

import hashlib
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from workflow.package import template, write_template
from workflow.version import VERSION

_FINAL = re.compile(r"\d+\.\d+\.\d+")
_RELEASE = re.compile(
    r"^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)\n\nSHA-256 of `codefree.yaml`: `([0-9a-f]{64})`$",
    re.MULTILINE,
)
_UNRELEASED = re.compile(r"^## Unreleased\n+(.*?)\n*(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_NOTHING = "Nothing yet."
_WHERE = "workflow/version.py"


class CannotRelease(Exception):
    """The version or the changelog is not ready; the text says what to do."""


@dataclass(frozen=True)
class Release:
    """A version that is out, and the digest of its codefree.yaml."""

    version: str
    sha256: str


def releases(changelog: str) -> list[Release]:
    """What the changelog tells of, the newest first."""
    return [Release(*found) for found in _RELEASE.findall(changelog)]


def with_release(changelog: str, new: Release, day: date) -> str:
    """The changelog with what was unreleased told of ``new``.

    Raises:
        CannotRelease: it is no version to release, it is out already, or nothing is new in it.
    """
    if not _FINAL.fullmatch(new.version):
        raise CannotRelease(f"{new.version} can't be released: set a final version in {_WHERE}.")
    if new.version in {known.version for known in releases(changelog)}:
        raise CannotRelease(f"{new.version} has been released already: raise it in {_WHERE}.")
    unreleased = _UNRELEASED.search(changelog)
    if not unreleased or unreleased[1] in ("", _NOTHING):
        raise CannotRelease("CHANGELOG.md does not say what is new: add it under “Unreleased”.")
    sections = [
        f"## Unreleased\n\n{_NOTHING}",
        f"## {new.version} ({day})",
        f"SHA-256 of `codefree.yaml`: `{new.sha256}`",
        unreleased[1],
    ]
    before, after = changelog[: unreleased.start()], changelog[unreleased.end() :]
    return before + "\n\n".join(filter(None, [*sections, after.rstrip()])) + "\n"


def release(root: Path) -> None:
    """Makes ``codefree.yaml`` below ``root`` this version, and notes that in the changelog.

    Raises:
        CannotRelease: as :func:`with_release`; then nothing is written.
    """
    page = root / "CHANGELOG.md"
    new = Release(VERSION, hashlib.sha256(template().encode()).hexdigest())
    changelog = with_release(page.read_text(encoding="utf-8"), new, datetime.now(UTC).date())
    write_template(root / "codefree.yaml")
    page.write_text(changelog, encoding="utf-8")


if __name__ == "__main__":
    try:
        release(Path.cwd())
    except CannotRelease as reason:
        sys.exit(str(reason))
    print(f"codefree.yaml is version {VERSION}.")
