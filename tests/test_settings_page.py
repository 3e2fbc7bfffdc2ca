"""The page on settings is made of them, and its example is one."""

import re
from pathlib import Path

from lambdas.settings.chosen import Allowed, chosen
from lambdas.settings.settings_text import written_settings
from lambdas.wish import Wish
from operate.settings_page import page

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


def test_the_page_is_made_of_the_settings() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), (
        "Write it anew: .venv/bin/python -m operate.settings_page docs/settings.md"
    )


def test_the_example_on_the_page_can_be_used() -> None:
    found = re.search(r"```\n(# titanic_settings.txt\n.*?)```", page(), re.DOTALL)
    assert found
    stack = Wish("label", "auto", "f1", "best_quality", 60, 1, spot=False)
    written = written_settings(found[1].encode(), "titanic_settings.txt")
    made = chosen(stack, Allowed(1, 60), written)
    assert made.wish.row_id == "PassengerId" and len(made.fields) == 6
