"""The released file is the one that the changelog names, and is not replaced in silence."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

from operate.doctor.template import Template
from workflow import release as module
from workflow.release import CannotRelease, Release, release, releases, with_release
from workflow.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 12, 24)
FIRST = Release("1.2.3", "0" * 64)
BEFORE = "# Changes\n\n## Unreleased\n\nReads columns.\n\nAnd rows.\n"
AFTER = f"""# Changes

## Unreleased

Nothing yet.

## 1.2.3 (2026-12-24)

SHA-256 of `codefree.yaml`: `{FIRST.sha256}`

Reads columns.

And rows.
"""


def test_the_released_file_is_the_one_of_the_changelog() -> None:
    newest = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]
    content = (ROOT / "codefree.yaml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == newest.sha256
    parsed = Template(content.decode())
    assert parsed.is_codefree
    assert parsed.content["Description"].startswith(f"Codefree {newest.version}: ")
    assert Version(newest.version) <= Version(VERSION)


def test_what_was_unreleased_is_told_of_the_release() -> None:
    assert with_release(BEFORE, FIRST, DAY) == AFTER
    assert releases(AFTER) == [FIRST]


def test_the_next_release_stands_above_the_last() -> None:
    second = Release("1.3.0", "1" * 64)
    changelog = with_release(AFTER.replace("Nothing yet.", "Reads quicker."), second, DAY)
    assert releases(changelog) == [second, FIRST]
    new, old = changelog.split("\n\n## 1.2.3")
    assert new.endswith("Reads quicker.") and AFTER.endswith(old)


@pytest.mark.parametrize(
    ("version", "changelog", "answer"),
    [
        ("1.3.0.dev0", BEFORE, "can't be released"),
        ("1.2.3", AFTER.replace("Nothing yet.", "Reads quicker."), "been released already"),
        ("1.3.0", AFTER, "does not say what is new"),
        ("1.3.0", "# Changes\n", "does not say what is new"),
    ],
)
def test_what_is_no_release_is_refused_in_words(version: str, changelog: str, answer: str) -> None:
    with pytest.raises(CannotRelease, match=answer):
        with_release(changelog, Release(version, "1" * 64), DAY)


def test_a_release_is_the_template_as_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed_template: str
) -> None:
    page = tmp_path / "CHANGELOG.md"
    page.write_text(BEFORE)
    monkeypatch.setattr(module, "VERSION", "1.2.3")
    release(tmp_path)
    content = (tmp_path / "codefree.yaml").read_bytes()
    assert content == packed_template.encode()
    assert releases(page.read_text()) == [Release("1.2.3", hashlib.sha256(content).hexdigest())]
