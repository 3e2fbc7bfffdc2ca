"""Good pairs of every kind are let through and read alike by the jobs; bad ones are rejected."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.lambdas.check.bad_pairs import bad
from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case
from tests.lambdas.check.reading import checked, codes, read_by_the_jobs

GOOD, BAD = list(good()), list(bad())


def by_name(case: Case) -> str:
    return re.sub(r"[^a-zA-Z0-9]+", "-", case.name)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(GOOD) >= 60 and len(BAD) >= 60
    assert len({case.name for case in GOOD + BAD}) == len(GOOD + BAD)


@pytest.mark.parametrize("case", GOOD, ids=by_name)
def test_a_good_pair_is_let_through_and_read_alike_by_the_jobs(case: Case, tmp_path: Path) -> None:
    check = checked(case.train, case.test, case.target)
    assert not check.errors, [finding.text for finding in check.errors]
    assert check.profile is not None
    tables = read_by_the_jobs(tmp_path, check, case.train, case.test)
    for part, profile in (("train", check.profile.train), ("test", check.profile.test)):
        table = tables[part]
        assert (len(table), list(table.columns)) == (profile.rows, list(profile.columns))
        for name, column in profile.columns.items():
            in_train = check.profile.train.columns.get(name)
            if in_train and column.kind == in_train.kind:
                assert int(table[name].isna().sum()) == column.missing, name
                assert table[name].nunique() == column.distinct or column.distinct > 4000, name
            if table[name].dtype != object:
                assert not np.isinf(table[name]).any(), name
    assert tables["train"][case.target].nunique() > 1


# What only a column of this kind should be told of, and what may be so in pairs made like these.
OF_GAPS = {
    *("mostly_missing", "infinite_values", "missing_codes", "alike_categories", "target_shift"),
    *("near_rows", "shared_identifiers", "skewed_target", "far_target_values"),
}


def test_no_good_pair_is_told_of_what_it_does_not_have() -> None:
    told = {
        (finding.code, case.name)
        for case in GOOD
        for finding in checked(case.train, case.test, case.target).findings
        if finding.code in OF_GAPS
    }
    assert {code for code, _ in told} == {"infinite_values"}
    assert all("infinite" in name or "too large" in name for _, name in told)


@pytest.mark.parametrize("case", BAD, ids=by_name)
def test_a_bad_pair_is_rejected_with_its_own_code(case: Case) -> None:
    check = checked(case.train, case.test, case.target)
    assert case.code in codes(check, "error"), [finding.text for finding in check.findings]
    first = check.errors[0]
    assert first.file in {"a_train.csv", "a_test.csv"}
    assert first.seen and first.expected and first.action
