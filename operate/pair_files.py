"""The files that a command about a dataset is given, by their names and as files."""

import filecmp
import re
import unicodedata
from pathlib import Path
from typing import Literal

from lambdas.bucket.layout import UPLOADS
from lambdas.uploads.misnamed import right_name
from operate.language import spoken, to_speak
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
_ONE_TO_LEARN_FROM = to_speak(
    "By its name, {file} is one of two files. Give the test file, too; or give the file another "
    "name if it is the only one, to be split."
)
_ONE_TO_TEST_WITH = to_speak(
    "By its name, {file} is one of two files. Give the train file, too; or give the file another "
    "name if it is the only one, to be split."
)
_NAMELESS = "data"


def checking(train: Path, test: Path | None) -> str:
    """What a command says before it checks the files, which takes long if they are large."""
    if test is None:
        return spoken("  Checking {file} ...", file=train.name)
    return spoken("  Checking {train} and {test} ...", train=train.name, test=test.name)


def require_files(train: Path, test: Path | None) -> None:
    """Ends the command where a file is missing, or the two are no pair: both are the same, or their
    names say that they were swapped."""
    for path in filter(None, (train, test)):
        if not path.is_file():
            fail(spoken("There is no file {path}.", path=path))
    if test is None:
        if part_in_name(train):
            is_train = part_in_name(train) == "train"
            fail(spoken(_ONE_TO_LEARN_FROM if is_train else _ONE_TO_TEST_WITH, file=train.name))
        return
    try:
        same = _why_the_same(train, test)
    except OSError as error:
        fail(spoken("{path} can't be read ({why}).", path=error.filename, why=error.strerror))
    if same:
        why = spoken(
            "A model must be tested on rows that it has not learned from: give another file to "
            "evaluate with."
        )
        fail(f"{same} {why}")
    if part_in_name(train) == "test" and part_in_name(test) == "train":
        fail(
            spoken(
                "By their names, {first} is the file to test with, and {second} the one to train "
                "on. Give them in the other order: {order}",
                first=train.name,
                second=test.name,
                order=" ".join((str(test), str(train))),
            )
        )


def part_in_name(path: Path) -> Part | None:
    """Which of the two files it is by its name; None where that says neither, or both."""
    # On a Mac, the name of a file has its Korean letters taken apart.
    name = unicodedata.normalize("NFC", path.stem)
    said = [part for part, pattern in _OF_PART.items() if pattern.search(name)]
    return said[0] if len(said) == 1 else None


def dataset_name(train: Path, test: Path | None = None) -> str:
    """What the dataset is called: the train file's name without its endings and its part."""
    name = _without_part(train)
    if test is None:
        name = right_name(f"{UPLOADS}{name}.csv").removesuffix(".csv")
    return name or _NAMELESS


def _without_part(train: Path) -> str:
    name = unicodedata.normalize("NFC", train.name)
    name = _AGAIN.sub("", _ENDINGS.sub("", name))
    without = _PART_AT_ITS_END.sub("", name)
    name = without if without != name else _PART_IN_FRONT.sub("", name)
    # As much as any file system takes, and nothing that breaks a path or a page.
    plain = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name)
    short = plain.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore").strip()
    return short if short.strip(". ") else _NAMELESS


def _why_the_same(train: Path, test: Path) -> str:
    """That both are the same file, in words; empty where they are two."""
    if train.samefile(test):
        return spoken("{train} and {test} are the same file.", train=train, test=test)
    if filecmp.cmp(train, test, shallow=False):
        return spoken("{train} and {test} have the same content.", train=train, test=test)
    return ""
