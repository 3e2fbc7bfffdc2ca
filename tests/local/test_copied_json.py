"""What passes from state to state is copied whole, so that no state changes another's."""

from datetime import UTC, datetime
from typing import Any

from local.speed.interpreter_work import copied


class Kept:
    """Something that is no JSON."""

    def __init__(self) -> None:
        self.inner = [1]


def test_a_copy_is_equal_and_shares_nothing_that_can_change() -> None:
    original = {
        "a": [1, {"b": None}, "c"],
        "at": datetime(2026, 11, 27, tzinfo=UTC),
        "d": {"e": 1.5},
    }
    copy = copied(original)
    assert copy == original
    copy["a"][1]["b"] = True
    copy["a"].append(2)
    copy["d"]["e"] = 0
    assert original["a"] == [1, {"b": None}, "c"] and original["d"] == {"e": 1.5}


def test_what_is_no_json_is_copied_too() -> None:
    original: dict[str, Any] = {"kept": Kept(), "pair": ([1],)}
    copy = copied(original)
    copy["kept"].inner.append(2)
    copy["pair"][0].append(2)
    assert original["kept"].inner == [1] and original["pair"] == ([1],)
