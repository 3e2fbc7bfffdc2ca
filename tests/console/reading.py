"""What a person reads of a page, and waits for."""

import html
import re
import time
from collections.abc import Callable
from typing import Any

_LONGEST_SECONDS = 600  # on a busy machine


def words(page: str) -> str:
    """The text of a page, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def wait(condition: Callable[[], Any]) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.2)
