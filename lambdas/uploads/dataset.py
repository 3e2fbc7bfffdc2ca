"""Which dataset an uploaded object belongs to, told by its key alone."""

import re
import unicodedata
from dataclasses import dataclass

from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected

# Packed or not: a file may be uploaded either way.
_ENDINGS = (".csv", ".csv.gz")

# The longest file that is made of a name is NAME_model_performance.txt, and 255 bytes is what file
# systems allow; the rest leaves room for files that later versions add.
_LONGEST_NAME_BYTES = 200


@dataclass(frozen=True)
class Dataset:
    """A dataset by its name: everything before ``_train.csv`` or ``_test.csv`` (or ``.csv.gz``)."""

    name: str

    @property
    def train_keys(self) -> list[str]:
        """Keys that the uploaded train file may have."""
        return [f"{UPLOADS}{self.name}_train{ending}" for ending in _ENDINGS]

    @property
    def test_keys(self) -> list[str]:
        """Keys that the uploaded test file may have."""
        return [f"{UPLOADS}{self.name}_test{ending}" for ending in _ENDINGS]

    @property
    def job_slug(self) -> str:
        """The name as far as a SageMaker job name can carry it: at most 8 of ``[a-z0-9-]``.

        63 letters are possible; the rest tells the run, the step, and the counts of attempts,
        redrives and retries, 13 letters in all.
        """
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:8].strip("-")
        return slug or "dataset"


def dataset_of(key: str) -> Dataset:
    """The dataset that the object under ``key`` is one half of.

    Raises:
        PairRejected: the key is not ``data/NAME_train.csv`` or ``data/NAME_test.csv``, packed or
            not.
    """
    file_name = key.removeprefix(UPLOADS)
    for suffix in (f"_{part}{ending}" for part in ("train", "test") for ending in _ENDINGS):
        if key.startswith(UPLOADS) and file_name.endswith(suffix):
            return dataset_named(file_name.removesuffix(suffix))
    raise PairRejected(
        f"{key} is not an upload that Codefree can use. Name the two files "
        f"{UPLOADS}NAME_train.csv and {UPLOADS}NAME_test.csv, with the same NAME."
    )


def dataset_named(name: str) -> Dataset:
    """The dataset called ``name``, once the name has been found usable for folders and files.

    Raises:
        PairRejected: the name is empty, too long, or has a character that breaks paths.
    """
    if not name:
        raise PairRejected(
            "The files have no name in front of _train.csv and _test.csv. "
            "Rename them, for example to titanic_train.csv and titanic_test.csv."
        )
    if "/" in name or "\\" in name or not name.isprintable() or name in {".", ".."}:
        raise PairRejected(
            f"The name {name!r} can't be used for files. Upload straight into {UPLOADS} "
            "(no folder below it) under a name without slashes and control characters."
        )
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        raise PairRejected(
            f"The name {name[:40]}… is {len(name.encode())} bytes long; "
            f"at most {_LONGEST_NAME_BYTES} are possible. Shorten it and upload both files again."
        )
    return Dataset(name)
