"""The two files that a command about a pair is given, by their names and as files."""

import filecmp
import re
import unicodedata
from pathlib import Path
from typing import Literal

from operate.terminal import fail

Part = Literal["train", "test"]

# An English word stands between other signs than letters; a Korean one may be joined to others.
_OF_PART: dict[Part, re.Pattern[str]] = {
    "train": re.compile(r"(?i)(?<![^\W\d_])train(?:ing)?(?![^\W\d_])|학습|훈련"),
    "test": re.compile(r"(?i)(?<![^\W\d_])test(?:ing)?(?![^\W\d_])|테스트|평가"),
}
# Also of files that the check rejects: what it has found gets a folder, too.
_ENDINGS = re.compile(
    r"(?i)(\.(csv|tsv|tab|txt|dat|gz|bz2|xz|zst|zip|7z|xlsx?|ods|json|xml|html?|parquet|pdf))+\Z"
)
# What a browser adds to the name of a file that it has downloaded before.
_AGAIN = re.compile(r"\s*\(\d+\)\Z")
_PART_AT_ITS_END = re.compile(r"(?i)(?:\A|[-_. ]+)train(?:ing)?\Z")
_PART_IN_FRONT = re.compile(r"(?i)\Atrain(?:ing)?[-_. ]+")
_LONGEST_NAME_BYTES = 200


def require_pair(train: Path, test: Path) -> None:
    """Ends the command where the two are no pair: one is missing, both are the same, or their
    names say that they were swapped."""
    for path in (train, test):
        if not path.is_file():
            fail(f"There is no file {path}.")
    try:
        same = _why_the_same(train, test)
    except OSError as error:
        fail(f"{error.filename} can't be read ({error.strerror}).")
    if same:
        fail(
            f"{same} A model must be tested on rows that it has not learned from: give another "
            "file to evaluate with."
        )
    if part_in_name(train) == "test" and part_in_name(test) == "train":
        fail(
            f"By their names, {train.name} is the file to test with, and {test.name} the one to "
            f"train on. Give them in the other order: {test} {train}"
        )


def part_in_name(path: Path) -> Part | None:
    """Which of the two files it is by its name; None where that says neither, or both."""
    # On a Mac, the name of a file has its Korean letters taken apart.
    name = unicodedata.normalize("NFC", path.stem)
    said = [part for part, pattern in _OF_PART.items() if pattern.search(name)]
    return said[0] if len(said) == 1 else None


def dataset_name(train: Path) -> str:
    """What the results are called: the train file's name without its endings and its part."""
    name = unicodedata.normalize("NFC", train.name)
    name = _AGAIN.sub("", _ENDINGS.sub("", name))
    without = _PART_AT_ITS_END.sub("", name)
    name = without if without != name else _PART_IN_FRONT.sub("", name)
    # As much as any file system takes, and nothing that breaks a path or a page.
    plain = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)
    short = plain.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore").strip()
    return short if short.strip(". ") else "data"


def _why_the_same(train: Path, test: Path) -> str:
    """That both are the same file, in words; empty where they are two."""
    if train.samefile(test):
        return f"{train} and {test} are the same file."
    if filecmp.cmp(train, test, shallow=False):
        return f"{train} and {test} have the same content."
    return ""
