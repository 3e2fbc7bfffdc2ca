"""Which uploads no run will use, and in which words that is said."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operate.stack.unused_uploads import unused_uploads

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def listed(name: str, minutes_ago: int = 0, size: int = 1) -> Any:
    key, uploaded = f"data/{name}", NOW - timedelta(minutes=minutes_ago)
    return {"Key": key, "Size": size, "LastModified": uploaded}


def told(*uploads: Any) -> list[str]:
    return [upload.sentences for upload in unused_uploads(uploads)]


def test_a_complete_pair_is_used_however_its_names_are_written() -> None:
    assert told(listed("a_Train.CSV"), listed("a_TEST.csv.gz")) == []
    composed, decomposed = (unicodedata.normalize(form, "한글") for form in ("NFC", "NFD"))
    assert told(listed(f"{composed}_train.csv"), listed(f"{decomposed}_test.csv")) == []


def test_half_a_pair_waits_for_the_other() -> None:
    assert told(listed("a_train.csv")) == ["a_train.csv waits for a_test.csv."]
    assert told(listed("a_TEST.csv")) == ["a_TEST.csv waits for a_train.csv."]


@pytest.mark.parametrize("other", ["titanic", "Titanic ", "TITANIC", "titanic_", "Ｔitanic"])
def test_a_partner_under_a_similar_name_is_pointed_to(other: str) -> None:
    first, second = told(listed("Titanic_train.csv"), listed(f"{other}_test.csv"))
    hint = "is meant, give both the same NAME."
    assert first == f"Titanic_train.csv waits for Titanic_test.csv. If {other}_test.csv {hint}"
    assert second == f"{other}_test.csv waits for {other}_train.csv. If Titanic_train.csv {hint}"


def test_pictures_that_look_alike_are_similar_and_others_are_not() -> None:
    assert "is meant" in told(listed("❤️_train.csv"), listed("❤_test.csv"))[0]
    assert "is meant" not in told(listed("🍎_train.csv"), listed("🍐_test.csv"))[0]


def test_two_datasets_with_other_names_are_not_compared() -> None:
    assert told(listed("a_train.csv"), listed("b_test.csv")) == [
        "a_train.csv waits for a_test.csv.",
        "b_test.csv waits for b_train.csv.",
    ]
    assert told(listed("a 1_train.csv"), listed("a 2_train.csv"))[0].endswith("a 1_test.csv.")


def test_of_two_spellings_the_older_is_not_used() -> None:
    pair = listed("a_train.csv", 5), listed("a_train.csv.gz"), listed("a_test.csv", 9)
    assert told(*pair) == ["a_train.csv: a_train.csv.gz is newer and is used instead."]


def test_the_newest_comes_first_and_each_misnamed_one_has_its_reason() -> None:
    found = told(listed("x.xlsx", 3), listed("a_train (1).csv", 1), listed("b/a_train.csv", 2))
    assert [line.partition(":")[0] for line in found] == [
        "a_train (1).csv",
        "b/a_train.csv",
        "x.xlsx",
    ]
    assert found[0].endswith("Rename it to a_train.csv and upload it again.")


def test_folders_and_what_programs_leave_are_not_listed() -> None:
    assert told(listed("", size=0), listed("x/", size=0), listed(".DS_Store"), listed("._a")) == []
    assert told(listed("", size=9))[0].startswith("data/: its name ends in a slash")
