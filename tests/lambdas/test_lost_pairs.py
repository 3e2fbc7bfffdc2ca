"""Which pairs count as lost, from what lies in data/ and the marks alone."""

from datetime import UTC, datetime, timedelta

from lambdas.uploads.lost_pairs import GRACE, OLDEST, unmarked_pairs
from lambdas.uploads.taken_pairs import Listed, mark_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def listed(key: str, before: timedelta = timedelta(hours=1)) -> Listed:
    return Listed(f"data/{key}", "etag", int((NOW - before).timestamp()))


def lost(*uploads: Listed, taken: frozenset[str] = frozenset()) -> list[str]:
    found = unmarked_pairs({"a": list(uploads)}, set(taken), NOW)
    return [pair.mark for pair in found]


TRAIN, TEST = listed("a_train.csv"), listed("a_test.csv")
MARK = mark_of(TRAIN, TEST)


def test_a_pair_without_a_mark_is_lost_and_half_a_pair_is_not() -> None:
    assert lost(TRAIN, TEST) == [MARK]
    assert lost(TRAIN, TEST, taken=frozenset({MARK})) == []
    assert lost(TRAIN) == lost(TEST) == []


def test_neither_the_newest_nor_the_oldest_pairs_count() -> None:
    assert lost(TRAIN, listed("a_test.csv", GRACE - timedelta(seconds=1))) == []
    assert lost(TRAIN, listed("a_test.csv", GRACE + timedelta(seconds=1))) != []
    old = OLDEST + timedelta(seconds=1)
    assert lost(listed("a_train.csv", old), listed("a_test.csv", old)) == []
    assert lost(listed("a_train.csv", old), TEST) != []


def test_of_a_packed_and_a_plain_file_the_newest_counts_or_either_if_both_are() -> None:
    packed = listed("a_train.csv.gz")
    assert lost(packed, listed("a_train.csv", timedelta(hours=2)), TEST) == [mark_of(packed, TEST)]
    for mark in (MARK, mark_of(packed, TEST)):
        assert lost(packed, TRAIN, TEST, taken=frozenset({mark})) == []


def test_halves_in_other_spellings_are_one_pair() -> None:
    train, test = listed("a_Train.CSV"), listed("a_TEST.csv.gz")
    assert lost(train, test) == [mark_of(train, test)]
    assert lost(train, TRAIN) == []


def test_the_pair_that_was_complete_first_comes_first() -> None:
    later = timedelta(minutes=30)
    uploads = {
        "b": [listed("b_train.csv", later), listed("b_test.csv", later)],
        "a": [TRAIN, TEST],
    }
    assert [pair.dataset for pair in unmarked_pairs(uploads, set(), NOW)] == ["a", "b"]
