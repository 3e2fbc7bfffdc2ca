"""What an uploaded object is, told by its key alone: a file of a dataset, or of no use."""

import re

from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected, UploadMisnamed
from lambdas.language import spoken
from lambdas.uploads.dataset import Dataset, DatasetFile, Part, file_named
from lambdas.uploads.misnamed import is_meant_otherwise, visible, why_misnamed

# What macOS, Windows, spreadsheets and git put beside people's files.
_BY_PRODUCT = re.compile(
    r"\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#|\.gitkeep",
    re.DOTALL | re.IGNORECASE,
)


def file_of(key: str) -> DatasetFile:
    """The file of a dataset that the object under ``key`` is.

    A table of its own is only what looks like nothing else: the second copy of a download, or
    ``titanic-train.csv``, is not trained on by itself.

    Raises:
        UploadMisnamed: it is none: the text says why, and what to call it.
    """
    if is_by_product(key):
        raise UploadMisnamed(
            spoken("{key} was not used: a program made it beside other files.", key=visible(key))
        )
    file_name = key.removeprefix(UPLOADS)
    try:
        named = file_named(file_name) if file_name != key else None
    except PairRejected:
        named = None
    if named is None or (named.part is Part.WHOLE and is_meant_otherwise(file_name)):
        raise UploadMisnamed(
            spoken("{key} was not used: {why}", key=visible(key), why=why_misnamed(key))
        )
    return named


def dataset_of(key: str) -> Dataset:
    """The dataset that the object under ``key`` is a file of.

    Raises:
        UploadMisnamed: it is none's.
    """
    return file_of(key).dataset


def is_by_product(key: str) -> bool:
    """Whether a program has made the object beside people's files, so that nobody misses it."""
    return bool(_BY_PRODUCT.fullmatch(key.rpartition("/")[2]))
