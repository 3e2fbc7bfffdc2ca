"""When an endpoint ends, as people say it."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from operate.account import CannotDo
from operate.serving.end import chosen_end, local_text

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_hours_count_from_now() -> None:
    assert chosen_end(2.5, None, NOW) == NOW + timedelta(hours=2.5)
    assert chosen_end(None, None, NOW) is None


@pytest.mark.parametrize(
    "text", ["2026-03-05T20:00", "2026-03-05 20:00", "2026-03-05T11:00+00:00", "2026-03-05T11:00Z"]
)
def test_a_time_without_a_zone_is_this_machine_s(text: str) -> None:
    end = chosen_end(None, text, NOW)
    assert end == datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
    assert local_text(end) == "2026-03-05 20:00+09:00"


@pytest.mark.parametrize(
    ("hours", "until", "words"),
    [
        (1.0, "2026-03-05T20:00", "--hours or --until, not both"),
        (None, "tomorrow", "'tomorrow' is no time. Write it as 2026-"),
        (None, "2026-03-05T17:59", "The end 2026-03-05 17:59+09:00 has passed"),
        (None, "2062-03-05", "more than a year away"),
        (9_999.0, None, "more than a year away"),
        (float("inf"), None, "more than a year away"),
    ],
)
def test_an_end_that_can_t_be_meant_is_refused_in_words(
    hours: float | None, until: str | None, words: str
) -> None:
    with pytest.raises(CannotDo, match=re.escape(words)):
        chosen_end(hours, until, NOW)
