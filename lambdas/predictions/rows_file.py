"""What an object below predict/ is, told by its key alone: new rows of a dataset, or of no use."""

import re
from dataclasses import dataclass
from typing import Self

from lambdas.bucket.layout import FAILURE, ROWS
from lambdas.errors import UploadMisnamed
from lambdas.language import spoken
from lambdas.uploads.dataset import normal_name, why_unusable
from lambdas.uploads.key import is_by_product
from lambdas.uploads.misnamed import ending_of, visible, why_other_kind

_TABLE = re.compile(r"(?P<file>.*)\.csv(?:\.gz)?", re.DOTALL | re.IGNORECASE)
_TEXTS = {"csv", "tsv", "tab", "txt", "dat", "data", "gz", ""}


@dataclass(frozen=True)
class RowsFile:
    """A file of new rows: its dataset, and its name as a person knows it, both in Unicode's
    composed form."""

    dataset: str
    file_name: str

    @property
    def file(self) -> str:
        """The name without ``.csv`` or ``.csv.gz``, which begins those of the results."""
        found = _TABLE.fullmatch(self.file_name)
        return found["file"] if found else self.file_name

    @classmethod
    def named(cls, dataset: str, file_name: str) -> Self:
        """The file of these names.

        Raises:
            UploadMisnamed: one of the names can't be used.
        """
        named = cls(normal_name(dataset), normal_name(file_name))
        key = f"{ROWS}{named.dataset}/{named.file_name}"
        if why := why_unusable(named.dataset):
            raise _misnamed(key, spoken("the folder's name {why}.", why=why))
        if why := _why_no_rows(named):
            raise _misnamed(key, why)
        return named


def rows_file_of(key: str) -> RowsFile:
    """The file of new rows that the object under ``key`` is.

    Raises:
        UploadMisnamed: it is none: the text says why, and where to upload it.
    """
    if is_by_product(key):
        raise _misnamed(key, spoken("a program made it beside other files."))
    dataset, *rest = key.removeprefix(ROWS).split("/")
    if not rest:
        why = spoken(
            "it is in no dataset's folder. Upload it as {right}, where NAME is the dataset whose "
            "model is to predict it.",
            right=f"{ROWS}NAME/{visible(dataset)}",
        )
        raise _misnamed(key, why)
    if len(rest) > 1:
        why = spoken(
            "it is in a folder below {folder}. Upload it straight into {folder}, as {name}.",
            folder=f"{ROWS}{visible(dataset)}/",
            name=visible(rest[-1]) or "FILE.csv",
        )
        raise _misnamed(key, why)
    return RowsFile.named(dataset, rest[0])


def _why_no_rows(named: RowsFile) -> str:
    """Why the file's name is none of new rows, and what to do; empty where it is one."""
    if not named.file_name:
        return spoken("its name ends in a slash, like a folder's.")
    if not _TABLE.fullmatch(named.file_name):
        kind = ending_of(named.file_name)
        if kind in _TEXTS:
            return spoken(
                "its name does not end in .csv or .csv.gz. Save it as CSV and upload that."
            )
        return spoken("{why}. Save it as CSV and upload that.", why=why_other_kind(kind))
    if why := why_unusable(named.file):
        return spoken("its name {why}. Rename it and upload it again.", why=why)
    if named.file.endswith(FAILURE):
        return spoken(
            "its name ends in {ending}, as that of a page about a failure does. Rename it and "
            "upload it again.",
            ending=FAILURE,
        )
    return ""


def _misnamed(key: str, why: str) -> UploadMisnamed:
    return UploadMisnamed(spoken("{key} was not used: {why}", key=visible(key), why=why))
