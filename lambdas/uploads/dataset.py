"""A dataset by its name, and what its two files are called.

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

# The longest file that is made of a name is NAME_model_performance.txt, and 255 bytes is what file
# systems allow; the rest leaves room for files that later versions add.
_LONGEST_NAME_BYTES = 200
_MOST_SHOWN = 40
# Letters and marks that nobody sees, though they count as printable.
INVISIBLE = "\u034f\u3164\uffa0"
_NOT_IN_NAMES = set("/\\" + INVISIBLE)
# Packed or not: a file may be uploaded either way.
_HALF = re.compile(
    r"(?P<name>.*)_(?P<part>train|test)\.csv(?:\.gz)?", re.ASCII | re.DOTALL | re.IGNORECASE
)


class Part(StrEnum):
    """Which half of a pair a file is, as its name says it."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True)
class Dataset:
    """A dataset by its name, which is everything before ``_train.csv`` or ``_test.csv``."""

    name: str

    def file_name(self, part: Part) -> str:
        """What a half of the pair is called, as a rule."""
        return f"{self.name}_{part}.csv"

    def key(self, part: Part) -> str:
        """Where a half of the pair is uploaded, as a rule."""
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
class Half:
    """One of the two files of a dataset."""

    dataset: Dataset
    part: Part


def half_named(file_name: str) -> Half | None:
    """The half that a file of this name is; None where the name does not end like one's.

    Raises:
        PairRejected: it ends like one's, and the dataset's name can't be used.
    """
    found = _HALF.fullmatch(file_name)
    return Half(dataset_named(found["name"]), Part(found["part"].lower())) if found else None


def written_name(file_name: str) -> str | None:
    """The dataset's name as it is written in a half's ``file_name``; None where that is no half."""
    found = _HALF.fullmatch(file_name)
    return found["name"] if found else None


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
            f"The name {name[:_MOST_SHOWN]!r}{cut} can't be used for files: it {why}. Choose "
            f"another, and upload both files under it, straight into {UPLOADS}."
        )
    return Dataset(name)


def why_unusable(name: str) -> str:
    """What is wrong with a dataset's ``name``, as the end of a sentence; empty if nothing is."""
    if not name:
        return "is empty"
    if name in {".", ".."}:
        return "means a folder"
    if not name.isprintable() or _NOT_IN_NAMES & set(name):
        return "has slashes, control characters or invisible characters"
    if (length := len(name.encode())) > _LONGEST_NAME_BYTES:
        return f"is {length} bytes long, and at most {_LONGEST_NAME_BYTES} are possible"
    return ""
