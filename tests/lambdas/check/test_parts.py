"""The check's parts against plain, slow ways to find the same."""

import csv as csv_module
import io
import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from autogluon.core.utils import infer_problem_type
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambdas.check.profile.distinct import EXACT_UP_TO, DistinctValues, Sieve
from lambdas.check.profile.hashing import mixed, number_hashes, text_hashes
from lambdas.check.profile.overlap import Overlap
from lambdas.check.profile.problem_type import problem_type
from lambdas.check.profile.row_hashes import RowHashes, repetition
from lambdas.check.reading.row_blocks import row_blocks
from lambdas.check.reading.unreadable import Unreadable
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\x1a"), max_size=15)


@settings(deadline=None)
@given(
    st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=30), st.integers(1, 60)
)
def test_blocks_end_where_rows_end_whatever_the_size(rows: list[list[str]], size: int) -> None:
    buffer = io.StringIO(newline="")
    csv_module.writer(buffer, lineterminator="\n").writerows(rows)
    content = buffer.getvalue().encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    blocks = list(row_blocks(chunks, ",", block_bytes=size))
    assert b"".join(block.data for block in blocks) == content
    again = []
    for block in blocks:
        text = io.StringIO(str(block.data, "utf-8"), newline="")
        again += [row for row in csv_module.reader(text, strict=True) if row]
        before = content[: content.index(block.data)] if len(blocks) == 1 else None
        assert before is None or block.first_line == 1 + before.count(b"\n")
    assert again == [row for row in rows if row]


def test_inches_do_not_open_a_field() -> None:
    content = b'a,b\n6\'2",x\n"q,\n",5"\n7",y\n' * 50
    blocks = list(row_blocks([content], ",", block_bytes=10))
    assert b"".join(block.data for block in blocks) == content


def test_a_stray_quote_is_told_with_both_its_lines() -> None:
    with pytest.raises(Unreadable) as caught:
        list(row_blocks([b'a,b\n1,"x\n2,y\n3,"z"\n'], ","))
    assert (caught.value.code, caught.value.line) == ("stray_quote", 2)
    assert caught.value.facts["closed"].facts == {"line": 4}


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), texts), max_size=40))
@example(["", "\x01", "a", "b\x00"])
def test_texts_have_equal_hashes_if_and_only_if_they_are_equal(values: list[str | None]) -> None:
    hashes = text_hashes(pa.array(values, pa.string())).tolist()
    assert len(set(hashes)) == len(set(values))
    assert hashes == [text_hashes(pa.array([v], pa.string()))[0] for v in values]


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False), max_size=40))
def test_numbers_have_equal_hashes_if_and_only_if_they_are_equal(values: list[float]) -> None:
    assert len(set(number_hashes(np.array(values, float)).tolist())) == len(set(values))


@pytest.mark.parametrize("count", [0, 1, 4000, 5000, 300_000])
def test_different_values_are_counted(count: int) -> None:
    hashes = mixed(np.arange(count, dtype=np.uint64) + np.uint64(1))
    distinct = DistinctValues()
    for part in np.array_split(np.concatenate([hashes, hashes[::3]]), 7):
        distinct.add(distinct.sieve.fresh(part))
    if count < EXACT_UP_TO:
        assert distinct.count == count
    assert distinct.count == pytest.approx(count, rel=0.06)
    every = np.unique(hashes)
    assert np.array_equal(distinct.hashes, every[:EXACT_UP_TO])
    assert len(distinct.sieve.fresh(hashes)) <= EXACT_UP_TO // 4


def test_a_sieve_lets_through_what_was_not_counted() -> None:
    hashes = np.array([0, 1, 2, 2**63], np.uint64)
    assert Sieve().fresh(hashes[[2, 0, 2]]).tolist() == [0, 2]
    for count in range(len(hashes)):
        sieve = Sieve.of(np.uint64(2**64 - 1), hashes[:count])
        assert set(hashes[count:]) <= set(sieve.fresh(hashes))
    assert Sieve.of(np.uint64(1), hashes[:0]).fresh(hashes).tolist() == [0, 1]


@pytest.mark.parametrize("different", [1, 2, 200, 256, 257, 5000])
def test_the_labels_of_rows_are_kept_as_they_came(different: int) -> None:
    random = np.random.default_rng(different)
    labels = mixed(random.integers(0, different, 6000).astype(np.uint64))
    features = mixed(np.arange(6000, dtype=np.uint64))
    kept, few = RowHashes(), RowHashes(most=1000)
    for start in range(0, 6000, 700):
        block = slice(start, start + 700)
        kept.add(features[block], labels[block])
        few.add(features[block], labels[block])
    assert np.array_equal(kept.features, features)
    assert np.array_equal(kept.labels, labels)
    is_kept = features < np.uint64(few.threshold)
    assert np.array_equal(few.labels, labels[is_kept])
    assert np.array_equal(kept.below(few.threshold).labels, labels[is_kept])


rows_of_two = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=200)


@settings(deadline=None)
@given(rows_of_two, rows_of_two)
def test_repetition_and_overlap_are_what_pandas_finds(
    train: list[tuple[int, int]], test: list[tuple[int, int]]
) -> None:
    kept = {"train": RowHashes(), "test": RowHashes()}
    tables = {
        name: pd.DataFrame(r, columns=["f", "l"]) for name, r in (("train", train), ("test", test))
    }
    for name, table in tables.items():
        kept[name].add(*(number_hashes(table[c].to_numpy(float)) for c in ("f", "l")))
    found = repetition(kept["train"])
    assert found.duplicates == tables["train"].duplicated().sum()
    torn = tables["train"].groupby("f")["l"].transform("nunique") > 1
    assert found.conflicts == torn.sum()
    overlap = Overlap(kept["test"], with_label=True)
    overlap.look_up(kept["train"].features, kept["train"].labels)
    assert overlap.rows == sum(row in set(train) for row in test)


def test_more_rows_than_can_be_kept_are_estimated_evenly() -> None:
    rows = RowHashes(most=2_000)
    hashes = mixed(np.arange(40_000, dtype=np.uint64))
    labels = np.zeros(5_000, np.uint64)
    for part in np.split(np.concatenate([hashes, hashes[:20_000]]), 12):
        rows.add(part, labels)
    found = repetition(rows)
    assert not found.exact
    assert found.duplicates == pytest.approx(20_000, rel=0.15)


@pytest.mark.parametrize(
    "label",
    [
        ["a", "b"] * 60,
        ["a", "b", "c"] * 40,
        [0, 1] * 60,
        [0, 1, None] * 40,
        list(range(12)) * 10,
        list(range(13)) * 10,
        [i % 60 for i in range(1200)],
        [i % 61 for i in range(1200)],
        [i % 9 + 0.5 for i in range(120)],
        [float(i % 9) for i in range(119)] + [None],
        list(range(120)),
        [True, False] * 60,
    ],
)
def test_the_problem_type_is_the_one_that_autogluon_infers(label: list[object]) -> None:
    table = frame(len(label)).assign(label=pd.Series(label))
    check = checked(csv(table), csv(table[:40]))
    assert check.profile, [f.text for f in check.findings]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inferred = infer_problem_type(pd.Series(label).dropna(), silent=True)
    assert problem_type(check.profile.train.columns["label"]) == inferred


@pytest.mark.parametrize("chunk", [1000, 300_000, 1_500_000])
@pytest.mark.parametrize("size", [1_000, 600_000])
def test_rows_that_need_more_room_than_a_block(chunk: int, size: int) -> None:
    rows = [b"%d,%s\n" % (number, b"x" * (number * 7919 % 1_700_000)) for number in range(9)]
    rows.insert(4, b'4,"a\n%s"\n' % (b"y\n" * 900_000))
    text = b"a,b\n" + b"".join(rows)
    chunks = [text[start : start + chunk] for start in range(0, len(text), chunk)]
    blocks = list(row_blocks(chunks, ",", block_bytes=size))
    assert b"".join(bytes(block.data) for block in blocks) == text
    begins = [1 + text[: text.index(bytes(block.data))].count(b"\n") for block in blocks]
    assert [block.first_line for block in blocks] == begins
