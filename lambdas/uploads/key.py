"""What an uploaded object is, told by its key alone: half of a pair, or of no use."""

import re

from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected, UploadMisnamed
from lambdas.uploads.dataset import Dataset, Half, half_named
from lambdas.uploads.misnamed import visible, why_misnamed

# What macOS, Windows, spreadsheets and git put beside people's files.
_BY_PRODUCT = re.compile(
    r"\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#|\.gitkeep",
    re.DOTALL | re.IGNORECASE,
)


def half_of(key: str) -> Half:
    """The half of a pair that the object under ``key`` is.

    Raises:
        UploadMisnamed: it is none: the text says why, and what to call it.
    """
    if is_by_product(key):
        raise UploadMisnamed(f"{visible(key)} was not used: a program made it beside other files.")
    file_name = key.removeprefix(UPLOADS)
    try:
        half = half_named(file_name) if file_name != key else None
    except PairRejected:
        half = None
    if half is None:
        raise UploadMisnamed(f"{visible(key)} was not used: {why_misnamed(key)}")
    return half


def dataset_of(key: str) -> Dataset:
    """The dataset that the object under ``key`` is one half of.

    Raises:
        UploadMisnamed: it is none's.
    """
    return half_of(key).dataset


def is_by_product(key: str) -> bool:
    """Whether a program has made the object beside people's files, so that nobody misses it."""
    return bool(_BY_PRODUCT.fullmatch(key.rpartition("/")[2]))
