"""Columns with a text of its own in nearly each row, which are not compared in a block."""

from collections.abc import Iterator

import pytest

from lambdas.check.profile import file_profile
from lambdas.check.profile.distinct import EXACT_UP_TO
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading import row_blocks
from lambdas.check.reading import source as source_module
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked

ROWS = 3 * EXACT_UP_TO


def _texts(ending: str) -> Iterator[str]:
    yield from (f"text {row:06} of many" for row in range(2 * EXACT_UP_TO))
    endings = {
        "the same": lambda _: "again and again",
        "few": lambda row: f"kind {row % 7}",
        "missing": lambda row: "" if row % 3 else "NA",
        "numbers": lambda row: f"{row}.5",
        "dates": lambda row: f"2024-03-{row % 28 + 1:02}",
        "repeated": lambda row: f"text {row:06} of many",
    }
    yield from map(endings[ending], range(ROWS - 2 * EXACT_UP_TO))


@pytest.mark.parametrize("ending", ["the same", "few", "missing", "numbers", "dates", "repeated"])
def test_what_they_hold_is_found_whatever_comes_behind_them(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_blocks, "_FIRST_BLOCK_BYTES", 50_000)
    monkeypatch.setattr(source_module, "block_bytes_for", lambda *_: 50_000)
    monkeypatch.setattr(source_module, "_CHUNK_BYTES", 20_000)
    train = csv(frame(ROWS).assign(text=list(_texts(ending))))
    test = csv(frame(500, seed=1).assign(text="text 000007 of many"))
    blocks = 0
    one_by_one = TextRows.one_by_one

    def counted(texts: object) -> TextRows:
        nonlocal blocks
        blocks += 1
        return one_by_one(texts)

    monkeypatch.setattr(TextRows, "one_by_one", counted)
    found = checked(train, test)
    assert blocks
    monkeypatch.setattr(file_profile, "_SHARE_OF_OWN_TEXTS", 2)
    blocks = 0
    assert found.as_json() == checked(train, test).as_json()
    assert not blocks
