"""A dataset by its name, and what its files are called.

A name may be written in several ways: macOS decomposes its letters, and some programs write
endings in capitals. Names are compared in Unicode's composed form (NFC), and endings whatever
their case; the letters of a NAME keep theirs.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected
from lambdas.language import spoken

# The longest file that is made of a name is NAME_model_performance.txt, and 255 bytes is what file
# systems allow; the rest leaves room for files that later versions add.
_LONGEST_NAME_BYTES = 200
_MOST_SHOWN = 40
# Letters and marks that nobody sees, though they count as printable.
INVISIBLE = "\u034f\u3164\uffa0"
_NOT_IN_NAMES = set("/\\" + INVISIBLE)
# Tables may be packed. A name that ends like one of a pair is never a table of its own.
_FILE = re.compile(
    r"(?P<name>.*)_(?:(?P<half>train|test)\.csv(?:\.gz)?|(?P<settings>settings)\.txt)"
    r"|(?P<whole>.*)\.csv(?:\.gz)?",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)


class Part(StrEnum):
    """Which file of a dataset it is, as its name says it: half of a pair, the whole table that is
    split into the two, or the dataset's settings."""

    TRAIN = "train"
    TEST = "test"
    WHOLE = "whole"
    SETTINGS = "settings"


HALVES = (Part.TRAIN, Part.TEST)
_ENDINGS = {
    Part.TRAIN: "_train.csv",
    Part.TEST: "_test.csv",
    Part.WHOLE: ".csv",
    Part.SETTINGS: "_settings.txt",
}


@dataclass(frozen=True)
class Dataset:
    """A dataset by its name, which is everything before ``_train.csv``, ``_test.csv``,
    ``_settings.txt``, or the ``.csv`` of a whole table."""

    name: str

    def file_name(self, part: Part) -> str:
        """What one of its files is called, as a rule."""
        return f"{self.name}{_ENDINGS[part]}"

    def key(self, part: Part) -> str:
        """Where one of its files is uploaded, as a rule."""
        return f"{UPLOADS}{self.file_name(part)}"

    @property
    def job_slug(self) -> str:
        """The name as far as a SageMaker job name can carry it: at most 8 of ``[a-z0-9-]``.

        63 letters are possible; the rest tells the run, the step, and the counts of attempts,
        redrives and retries, 13 letters in all.
        """
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:8].strip("-")
        return slug or "dataset"


@dataclass(frozen=True)
class DatasetFile:
    """One of the files of a dataset."""

    dataset: Dataset
    part: Part


def file_named(file_name: str) -> DatasetFile | None:
    """What a file of this name is; None where the name ends like none of a dataset's.

    Raises:
        PairRejected: it ends like one, and the dataset's name can't be used.
    """
    found = _FILE.fullmatch(file_name)
    if not found:
        return None
    if found["whole"] is not None:
        return DatasetFile(dataset_named(found["whole"]), Part.WHOLE)
    part = Part((found["half"] or found["settings"]).lower())
    return DatasetFile(dataset_named(found["name"]), part)


def written_name(file_name: str) -> str | None:
    """The dataset's name as it is written in one of its files' names; None where that is none."""
    found = _FILE.fullmatch(file_name)
    return (found["name"] or found["whole"]) if found else None


def normal_name(name: str) -> str:
    """The name in the form in which names are compared."""
    return unicodedata.normalize("NFC", name)


def dataset_named(name: str) -> Dataset:
    """The dataset called ``name``, once the name has been found usable for folders and files.

    Raises:
        PairRejected: the name is empty, too long, or has a character that breaks paths.
    """
    name = normal_name(name)
    if why := why_unusable(name):
        cut = "…" if len(name) > _MOST_SHOWN else ""
        raise PairRejected(
            spoken(
                "The name {name} can't be used for files: it {why}. Choose another, and upload "
                "both files under it, straight into {uploads}.",
                name=repr(name[:_MOST_SHOWN]) + cut,
                why=why,
                uploads=UPLOADS,
            )
        )
    return Dataset(name)


def why_unusable(name: str) -> str:
    """What is wrong with a dataset's ``name``, as the end of a sentence; empty if nothing is."""
    if not name:
        return spoken("is empty")
    if name in {".", ".."}:
        return spoken("means a folder")
    if not name.isprintable() or _NOT_IN_NAMES & set(name):
        return spoken("has slashes, control characters or invisible characters")
    if (length := len(name.encode())) > _LONGEST_NAME_BYTES:
        return spoken(
            "is {length} bytes long, and at most {most} are possible",
            length=length,
            most=_LONGEST_NAME_BYTES,
        )
    return ""
