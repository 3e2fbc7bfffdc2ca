"""Both files of a pair are read at once where one need not wait for the other."""

from threading import Event

import pytest

from lambdas.check.profile import file_profile, pair_profile
from lambdas.check.profile.block_profile import BlockProfile, Plan
from lambdas.check.reading import row_blocks
from lambdas.check.reading import source as source_module
from lambdas.check.reading.row_blocks import RowBlock
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked


@pytest.fixture(autouse=True, params=["a large test file", "a small test file"])
def small_blocks(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.param == "a large test file":
        monkeypatch.setattr(pair_profile, "BLOCK_BYTES", 0)
    monkeypatch.setattr(row_blocks, "_FIRST_BLOCK_BYTES", 1_000)
    monkeypatch.setattr(source_module, "block_bytes_for", lambda *_: 4_000)
    monkeypatch.setattr(source_module, "_CHUNK_BYTES", 500)


def test_train_begins_while_the_last_rows_of_test_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_begun, waited, parsed = Event(), [], file_profile._parsed

    def parsed_at_last(block: RowBlock, plan: Plan, is_first: bool) -> BlockProfile:
        if not is_first and not has_begun.is_set():
            waited.append(has_begun.wait(20))
        found = parsed(block, plan, is_first)
        if is_first and b"train" in bytes(block.data):
            has_begun.set()
        return found

    train, test = frame(300).assign(part="train"), frame(80, 1).assign(part="test")
    plain = checked(csv(train), csv(test)).as_json()
    monkeypatch.setattr(file_profile, "_parsed", parsed_at_last)
    assert checked(csv(train), csv(test)).as_json() == plain
    assert waited
    assert all(waited)


@pytest.mark.parametrize("rows", [1, 150])
def test_why_both_files_cannot_be_read_is_told(rows: int) -> None:
    stray = b'"a"b,1\n'
    train, test = csv(frame(rows)) + stray, csv(frame(rows, 1)) + stray
    found = checked(train, test).errors
    assert [(f.code, f.file) for f in found] == [
        ("stray_quote", "a_test.csv"),
        ("stray_quote", "a_train.csv"),
    ]
