"""What people read is in the language that was asked for, and in no other."""

import threading
from pathlib import Path
from typing import Any, cast

import pytest
from babel.messages.catalog import Catalog

from lambdas.language import (
    Messages,
    messages,
    speaking,
    spoken,
    spoken_as,
    spoken_in,
    spoken_language,
    translated,
)
from lambdas.wish import Language
from workflow.messages import compiled_messages, written

WILD = "{rows} {0.__class__} {{ %s {}"


@pytest.fixture
def small(tmp_path: Path) -> Messages:
    """A package with four messages."""
    catalogue = Catalog(locale="ko")
    catalogue.add("{rows:,} {rows:row|rows} of {file}", "{file}의 행 {rows:,}개")
    catalogue.add("Right", "오른쪽", context="side")
    catalogue.add("Right", "맞음")
    catalogue.add("gone")
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "ko.mo").write_bytes(compiled_messages(written(catalogue), "ko"))
    return Messages(tmp_path)


def test_english_is_what_stands_in_the_code() -> None:
    assert spoken_language() == "en"
    assert spoken("{rows:,} {rows:row|rows}", rows=1) == "1 row"
    assert spoken("{rows:,} {rows:row|rows}", rows=1234) == "1,234 rows"
    assert spoken_as("side", "Right") == "Right"


def test_a_language_is_spoken_within_its_block_alone(small: Messages) -> None:
    template = "{rows:,} {rows:row|rows} of {file}"
    with spoken_in("ko"):
        assert small.spoken(template, rows=1234, file="a.csv") == "a.csv의 행 1,234개"
        assert (small.spoken("Right"), small.spoken_as("side", "Right")) == ("맞음", "오른쪽")
        with spoken_in("en"):
            assert small.spoken("Right") == "Right"
        assert spoken_language() == "ko"
    assert small.spoken("Right") == "Right"


def test_an_error_ends_the_block_too() -> None:
    with pytest.raises(ValueError, match="broken"), spoken_in("ko"):
        raise ValueError("broken")
    assert spoken_language() == "en"


def test_a_fact_is_neither_filled_nor_looked_up(small: Messages) -> None:
    with spoken_in("ko"):
        told = small.spoken("{rows:,} {rows:row|rows} of {file}", rows=2, file=WILD)
        assert told == f"{WILD}의 행 2개"
        assert small.spoken("{file}", file="Right") == "Right"


def test_no_text_is_the_empty_one(small: Messages) -> None:
    with spoken_in("ko"):
        assert small.translated("") == translated("") == ""


def test_messages_that_were_not_compiled_are_missed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError, match=r"locale/ko\.mo is missing.*make setup"):
        Messages(tmp_path).load("ko")
    monkeypatch.setattr(messages, "_locale", tmp_path)
    monkeypatch.setattr(messages, "_loaded", {})
    with pytest.raises(FileNotFoundError, match="make setup"), spoken_in("ko"):
        pytest.fail("English would be spoken instead")


def test_a_handler_speaks_the_language_of_its_event() -> None:
    def asked_for(event: dict[str, Any]) -> Language:
        return cast(Language, event["Language"])

    @speaking(asked_for)
    def handler(event: dict[str, Any], _context: object) -> str:
        return f"{spoken_language()} {event['Language']}"

    assert handler({"Language": "ko"}, None) == "ko ko"
    assert spoken_language() == "en"


def test_two_threads_speak_their_own_languages() -> None:
    heard: list[str] = []
    with spoken_in("ko"):
        other = threading.Thread(target=lambda: heard.append(spoken_language()))
        other.start()
        other.join()
        heard.append(spoken_language())
    assert heard == ["en", "ko"]
