"""Which file of new rows an object is, by its key."""

import unicodedata

import pytest

from lambdas.errors import UploadMisnamed
from lambdas.predictions.rows_file import RowsFile, rows_file_of


@pytest.mark.parametrize(
    ("key", "dataset", "file"),
    [
        ("predict/titanic/new.csv", "titanic", "new"),
        ("predict/titanic/New Rows.CSV.GZ", "titanic", "New Rows"),
        ("predict/my.data set/2026.03.csv", "my.data set", "2026.03"),
        ("predict/타이타닉/새 행.csv", "타이타닉", "새 행"),
        (unicodedata.normalize("NFD", "predict/타이타닉/새 행.csv"), "타이타닉", "새 행"),
        ("predict/titanic/new (1).csv", "titanic", "new (1)"),
    ],
)
def test_a_file_is_known_by_its_dataset_and_name(key: str, dataset: str, file: str) -> None:
    found = rows_file_of(key)
    assert (found.dataset, found.file) == (dataset, file)
    assert RowsFile.named(dataset, found.file_name) == found


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("predict/new.csv", r"Upload it as predict/NAME/new\.csv"),
        ("predict/a/b/new.csv", r"straight into predict/a/, as new\.csv"),
        ("predict/a/new.xlsx", r"a spreadsheet \(\.xlsx\)"),
        ("predict/a/new.zip", r"an archive \(\.zip\)"),
        ("predict/a/new.parquet", r"not a CSV file \(\.parquet\)"),
        ("predict/a/new.txt", r"does not end in \.csv"),
        ("predict/a/.csv", "is empty"),
        ("predict//new.csv", "the folder's name is empty"),
        ("predict/a/", "ends in a slash"),
        ("predict/a/new_failure.csv", "ends in _failure"),
        (f"predict/a/{'x' * 201}.csv", "201 bytes long"),
        ("predict/a/ne\u200bw.csv", "invisible"),
    ],
)
def test_a_misnamed_file_is_told_where_to_go(key: str, told: str) -> None:
    with pytest.raises(UploadMisnamed, match=told):
        rows_file_of(key)
