"""Names that no half of a pair has: why, and what the file should be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.errors import UploadMisnamed
from lambdas.uploads.key import file_of, is_by_product
from lambdas.uploads.misnamed import right_name, why_misnamed

MEANT = {
    # Copies, as browsers and file managers name them.
    "titanic_train (1).csv": "titanic_train.csv",
    "titanic_train(2).csv": "titanic_train.csv",
    "titanic_test (1).csv.gz": "titanic_test.csv.gz",
    "titanic_test.csv (1).gz": "titanic_test.csv.gz",
    "titanic_train-1.csv": "titanic_train.csv",
    "titanic_train 2.csv": "titanic_train.csv",
    "titanic_train copy 2.csv": "titanic_train.csv",
    "titanic_train - Copy (2).csv": "titanic_train.csv",
    "titanic_train - 복사본.csv": "titanic_train.csv",
    "titanic_train.csv~": "titanic_train.csv",
    "titanic_train.csv.crdownload": "titanic_train.csv",
    # Other endings.
    "titanic_train.csv.csv": "titanic_train.csv",
    "titanic_train.csv.txt": "titanic_train.csv",
    "titanic_train.TSV": "titanic_train.csv",
    "titanic_train": "titanic_train.csv",
    "titanic_train.csv ": "titanic_train.csv",
    "titanic_test.xlsx": "titanic_test.csv",
    "titanic_test.csv.zip": "titanic_test.csv",
    "titanic_test.gz": "titanic_test.csv.gz",
    # The word for the part is another, or stands elsewhere.
    "titanic_training.csv": "titanic_train.csv",
    "titanic_Testing.csv": "titanic_test.csv",
    "titanic-train.csv": "titanic_train.csv",
    "titanic train.csv": "titanic_train.csv",
    "titanic.test.csv": "titanic_test.csv",
    "titanicTrain.csv": "titanic_train.csv",
    "train_titanic.csv": "titanic_train.csv",
    "titanic (test).csv": "titanic_test.csv",
    "titanic_train_data.csv": "titanic_train.csv",
    "titanic_train_v2.csv": "titanic_v2_train.csv",
    "타이타닉_학습.csv": "타이타닉_train.csv",
    "타이타닉_테스트용.csv": "타이타닉_test.csv",
    "ｔｉｔａｎｉｃ＿ｔｒａｉｎ．ｃｓｖ": "titanic_train.csv",
    # Letters that nobody sees, and other systems' folders.
    "a\u200bb_train.csv": "ab_train.csv",
    "a\u3164b_train.csv": "ab_train.csv",
    "a\u00a0b_train.csv": "a b_train.csv",
    "data\\titanic_train.csv": "data_titanic_train.csv",
    "2026/titanic_train.csv": "titanic_train.csv",
    "2026/titanic_train (1).csv": "titanic_train.csv",
    # Where no part is named, it is a whole table.
    "titanic.xlsx": "titanic.csv",
    "titanic (1).csv": "titanic.csv",
    "titanic - 복사본.csv": "titanic.csv",
    "titanic.csv.csv": "titanic.csv",
    "2026/titanic.csv": "titanic.csv",
    # Mistyped halves are no tables of their own.
    "titanic_tarin.csv": "titanic_train.csv",
    "titanic_Tset.csv.gz": "titanic_test.csv.gz",
    # Settings.
    "titanic_settings.csv": "titanic_settings.txt",
    "titanic-settings.txt": "titanic_settings.txt",
    "titanic_setting.txt": "titanic_settings.txt",
    "titanic_settings.txt.txt": "titanic_settings.txt",
    "titanic_settings (1).txt": "titanic_settings.txt",
    "titanic_settings": "titanic_settings.txt",
    "타이타닉_설정.txt": "타이타닉_settings.txt",
}


@pytest.mark.parametrize(("name", "meant"), MEANT.items())
def test_what_was_meant_is_proposed(name: str, meant: str) -> None:
    with pytest.raises(UploadMisnamed) as rejected:
        file_of(f"data/{name}")
    assert f" {meant}" in str(rejected.value)
    assert right_name(f"data/{name}") == meant


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("titanic_train (1).csv", "does not end in _train.csv or _test.csv. Rename it to titanic_"),
        ("train.csv", "there is no NAME in front of train. Call the two files NAME_train.csv and"),
        ("_test.csv.gz", "there is no NAME in front of test. Call the two files NAME_train.csv"),
        ("titanic_train.txt", "does not end in .csv or .csv.gz. Rename it to titanic_train.csv"),
        ("x.xlsx", "is a spreadsheet (.xlsx). Save it as CSV and upload that as x.csv."),
        ("x_test.csv.zip", "is an archive (.zip). Unpack it and upload the file as x_test.csv."),
        ("x_test.parquet", "is not a CSV file (.parquet). Save it as CSV and upload that as x_te"),
        ("photo.png", "it is not a CSV file (.png). Call the two files NAME_train.csv and NAME_te"),
        ("notes.txt", "does not end in .csv or .csv.gz. Call the two files NAME_train.csv and N"),
        (
            "x/a_train.csv",
            "is in a folder below data/. Upload it straight into data/, as a_train.c",
        ),
        (
            "x/train_a.csv",
            "and its name does not end in _train.csv or _test.csv. Rename it to a_tra",
        ),
        ("a\u200b_train.csv", "its NAME has slashes, control characters or invisible characters."),
        (
            "가" * 67 + "_train.csv",
            "its NAME is 201 bytes long, and at most 200 are possible. Call",
        ),
        ("", "its name ends in a slash, like a folder's. Call the two files NAME_train.csv and"),
    ],
)
def test_it_is_said_what_is_wrong_and_what_to_do(name: str, words: str) -> None:
    assert words in why_misnamed(f"data/{name}")


def test_a_hidden_character_of_a_name_is_seen_in_the_words() -> None:
    with pytest.raises(UploadMisnamed) as rejected:
        file_of("data/a\u202ebc\x1b_train.csv")
    assert str(rejected.value).startswith(r"data/a\u202ebc\x1b_train.csv was not used: ")


@given(st.text(st.characters(codec=None)), st.sampled_from(["", ".csv", "_train .csv", ".gz", "/"]))
def test_whatever_is_proposed_can_be_used(text: str, ending: str) -> None:
    name = right_name(f"data/{text}{ending}")
    if name and not is_by_product(name):
        assert file_of(f"data/{name}")


@pytest.mark.parametrize(
    "name", [".DS_Store", "._titanic_train.csv", "Thumbs.db", "~$x.xlsx", ".~lock.a.csv#", "x/._a"]
)
def test_what_programs_leave_beside_files_is_missed_by_nobody(name: str) -> None:
    assert is_by_product(f"data/{name}")
    with pytest.raises(UploadMisnamed):
        file_of(f"data/{name}")


@pytest.mark.parametrize("name", ["a.csv", "..a_train.csv", ".hidden_train.csv", "thumbs.csv", ""])
def test_peoples_own_files_are_no_by_products(name: str) -> None:
    assert not is_by_product(f"data/{name}")
