"""The rules by which a single file is split, against brute force and against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit

from lambdas.check.profile import row_split
from lambdas.check.profile.row_keys import NO_CLASS
from lambdas.check.profile.row_split import (
    drawn,
    newest,
    rows_of_each_class,
    rows_to_test,
    whole_groups,
)
from lambdas.check.profile.times import NO_TIME

SHARES = st.floats(0.05, 0.95)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.integers(1, 60), min_size=2, max_size=12), share=SHARES)
def test_each_class_has_its_share_to_the_row(rows: list[int], share: float) -> None:
    counts = np.array(rows)
    tested = rows_to_test(sum(rows), share)
    found = rows_of_each_class(counts, tested)
    assert found.sum() == min(tested, int((counts - 1).sum()))
    assert (found[counts == 1] == 0).all() and (found < counts).all()
    if (counts > 1).sum() <= tested:
        assert (found[counts > 1] > 0).all()
    if (counts > 1 / min(share, 1 - share) + 1).all():
        # No class needs more than its share, so each is within a row of it.
        assert (np.abs(found - counts * tested / sum(rows)) < 1).all()


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.integers(10, 90), min_size=2, max_size=6), share=st.floats(0.2, 0.8))
def test_the_shares_are_those_of_scikit_learn(rows: list[int], share: float) -> None:
    labels = np.repeat(np.arange(len(rows)), rows)
    tested = rows_to_test(len(labels), share)
    split = StratifiedShuffleSplit(1, test_size=tested, random_state=0)
    [(_, test)] = split.split(labels[:, None], labels)
    theirs = np.bincount(labels[test], minlength=len(rows))
    assert (np.abs(rows_of_each_class(np.array(rows), tested) - theirs) <= 1).all()


@settings(deadline=None, max_examples=60)
@given(
    classes=st.lists(st.integers(-1, 4), min_size=2, max_size=400),
    share=SHARES,
    at_once=st.integers(1, 500),
)
def test_so_many_rows_of_each_class_are_drawn_however_many_are_looked_at_at_once(
    classes: list[int], share: float, at_once: int
) -> None:
    codes = np.array(classes, np.int32)
    rows = np.bincount(codes[codes != NO_CLASS], minlength=5)
    wanted = rows_of_each_class(rows, rows_to_test(int(rows.sum()), share))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_split, "_ROWS_AT_ONCE", at_once)
        mask = drawn(codes, wanted)
        assert (drawn(codes, wanted) == mask).all()
    assert not mask[codes == NO_CLASS].any()
    assert (np.bincount(codes[mask], minlength=5) == wanted).all()


def test_each_row_of_a_class_is_as_likely_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_split, "_ROWS_AT_ONCE", 7)
    codes = np.array([0, 1] * 25, np.int32)
    times = np.zeros(50)
    for seed in range(2000):
        monkeypatch.setattr(row_split, "_SEED", seed)
        times += drawn(codes, np.array([5, 10]))
    # Within five standard deviations.
    for first, chance in ((0, 5 / 25), (1, 10 / 25)):
        deviation = np.sqrt(chance * (1 - chance) / 2000)
        assert np.abs(times[first::2] / 2000 - chance).max() < 5 * deviation


@settings(deadline=None, max_examples=60)
@given(
    times=st.lists(st.one_of(st.integers(-5, 20), st.just(NO_TIME)), min_size=2, max_size=80),
    labelled=st.lists(st.booleans(), min_size=80, max_size=80),
    share=SHARES,
)
def test_only_the_newest_rows_are_tested_and_as_near_to_the_share_as_can_be(
    times: list[int], labelled: list[bool], share: float
) -> None:
    rows, has_label = np.array(times), np.array(labelled[: len(times)])
    tested = rows_to_test(int(has_label.sum()), share)
    found = newest(rows, has_label, tested)
    usable = has_label & (rows != NO_TIME)
    known = np.unique(rows[usable])
    if len(known) < 2:
        assert found is None
        return
    assert found
    mask, oldest = found
    assert not (mask & ~usable).any() and mask.any() and (usable & ~mask).any()
    assert rows[mask].min() == oldest > rows[usable & ~mask].max()
    possible = [int((usable & (rows >= cut)).sum()) for cut in known[1:]]
    assert abs(mask.sum() - tested) == min(abs(rows - tested) for rows in possible)


@settings(deadline=None, max_examples=60)
@given(
    groups=st.lists(st.integers(0, 12), min_size=2, max_size=120),
    labelled=st.lists(st.booleans(), min_size=120, max_size=120),
    share=SHARES,
)
def test_whole_groups_are_tested_near_the_share(
    groups: list[int], labelled: list[bool], share: float
) -> None:
    names, has_label = np.array(groups, np.uint64), np.array(labelled[: len(groups)])
    tested = rows_to_test(int(has_label.sum()), share)
    found = whole_groups(names, has_label, tested)
    every, rows = np.unique(names[has_label], return_counts=True)
    if len(every) < 2:
        assert found is None
        return
    assert found
    mask, learned_groups, tested_groups = found
    assert not (mask & ~has_label).any()
    assert not set(names[mask]) & set(names[has_label & ~mask])
    assert tested_groups == len(set(names[mask])) > 0
    assert learned_groups == len(every) - tested_groups > 0
    # Nothing that one group more or less could bring nearer by more than the largest group.
    assert abs(int(mask.sum()) - tested) <= rows.max()
    again = whole_groups(names, has_label, tested)
    assert again and (again[0] == mask).all()
