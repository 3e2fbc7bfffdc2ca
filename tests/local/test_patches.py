"""Changes of moto: each one fits, is listed, and can be undone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import patches
from local.patches import PatchRefused, add, add_entry, add_item, replace, wrap

HERE = sys.modules[__name__]
ROOT = Path(__file__).resolve().parent.parent.parent


class Base:
    def inherited(self) -> str:
        return "inherited"


class Moto(Base):
    limit = 1

    def __init__(self) -> None:
        self._held = "held"

    def method(self, text: str) -> str:
        return f"method {text}"

    @classmethod
    def of_class(cls, text: str) -> str:
        return f"{cls.__name__} {text}"

    @staticmethod
    def static(text: str) -> str:
        return f"static {text}"

    @property
    def value(self) -> str:
        return self._held

    @value.setter
    def value(self, new: str) -> None:
        self._held = new


class Heir(Moto):
    pass


def around(original: Any, *args: Any, **kwargs: Any) -> str:
    return f"<{original(*args, **kwargs)}>"


@pytest.fixture(autouse=True)
def undone() -> Iterator[None]:
    """Leaves no change of these tests behind; those of a local AWS that is up are not ours."""
    before = patches.listed()
    yield
    for patch in reversed(patches.listed()):
        if patch not in before:
            patch.undo()


def test_what_is_wrapped_stays_the_kind_of_thing_that_it_is() -> None:
    for name in ("method", "of_class", "static"):
        wrap(Moto, name, around)
    assert Moto().method("a") == "<method a>"
    assert Moto().method(text="a") == "<method a>"
    assert Moto.of_class("a") == "<Moto a>" and Heir.of_class("a") == "<Heir a>"
    assert Moto.static("a") == Moto().static("a") == "<static a>"
    assert isinstance(vars(Moto)["static"], staticmethod)


def test_a_property_is_wrapped_where_it_is_read_and_where_it_is_set() -> None:
    def set_louder(original: Any, self: Moto, new: str) -> None:
        original(self, new.upper())

    wrap(Moto, "value", around, setter=set_louder)
    made = Moto()
    made.value = "new"
    assert made.value == "<NEW>"


def test_a_property_that_is_replaced_keeps_its_setter() -> None:
    replace(Moto, "value", lambda self: f"{self._held}!")
    made = Moto()
    made.value = "new"
    assert made.value == "new!"


def test_what_is_replaced_stays_the_kind_of_thing_that_it_is() -> None:
    replace(Moto, "of_class", lambda cls, text: f"new {cls.__name__} {text}")
    replace(Moto, "static", lambda text: f"new {text}")
    replace(Moto, "limit", 2)
    assert (Moto.of_class("a"), Moto().static("a"), Moto.limit) == ("new Moto a", "new a", 2)


def test_all_is_listed_by_name_and_module_and_undone() -> None:
    registry, items = {"a": 1}, [1]
    before, entries = patches.listed(), dict(vars(Moto))
    wrap(Moto, "inherited", around)
    replace(Moto, "static", lambda text: text)
    add(Moto, "added", 1)
    add_entry(registry, "b", 2, called="registry")
    add_item(items, 2, called="items")
    made = [patch for patch in patches.listed() if patch not in before]
    assert [(patch.verb, patch.target) for patch in made] == [
        ("wraps", f"{__name__}.Moto.inherited"),
        ("replaces", f"{__name__}.Moto.static"),
        ("adds", f"{__name__}.Moto.added"),
        ("adds", "registry['b']"),
        ("adds", "items[2]"),
    ]
    assert {patch.by for patch in made} == {__name__}
    assert (Moto().inherited(), registry, items) == ("<inherited>", {"a": 1, "b": 2}, [1, 2])

    for patch in reversed(made):
        patch.undo()
    assert patches.listed() == before and (registry, items) == ({"a": 1}, [1])
    assert vars(Moto).keys() == entries.keys()
    assert all(vars(Moto)[name] is entry for name, entry in entries.items())


def test_what_is_not_there_can_not_be_replaced() -> None:
    before = patches.listed()
    for verb in (wrap, replace):
        with pytest.raises(PatchRefused, match="renamed is to be replaced, and is not there"):
            verb(Moto, "renamed", around)
    assert patches.listed() == before


def test_what_is_there_can_not_be_added() -> None:
    for name in ("method", "inherited"):
        with pytest.raises(PatchRefused, match=f"{name} is to be added, and is there already"):
            add(Moto, name, around)
    with pytest.raises(PatchRefused, match="is there already"):
        add_entry({"a": 1}, "a", 1, called="registry")
    with pytest.raises(PatchRefused, match="is there already"):
        add_item(["a"], "a", called="items")


def test_what_was_changed_is_changed_again_only_on_top_of_that() -> None:
    first = wrap(Moto, "method", around)
    with pytest.raises(PatchRefused, match=f"was changed by {__name__} before"):
        wrap(Moto, "method", around)
    with pytest.raises(PatchRefused, match="expected to be by local"):
        wrap(Moto, "method", around, over=patches)
    with pytest.raises(PatchRefused, match="changed by nobody before"):
        wrap(Moto, "static", around, over=HERE)
    second = wrap(Moto, "method", around, over=HERE)
    assert Moto().method("a") == "<<method a>>"

    with pytest.raises(PatchRefused, match="is not what"):
        first.undo()
    second.undo()
    first.undo()
    assert Moto().method("a") == "method a"
    with pytest.raises(PatchRefused, match="is not what"):
        first.undo()


def changing_modules() -> set[str]:
    """The modules that use the verbs."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "local").rglob("*.py")
        if "from local.patches import" in path.read_text()
    }


def test_local_mode_changes_what_it_lists_and_leaves_moto_as_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.local.changed_moto", str(tmp_path)]
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert told["before"] == 0
    first, second = told["rounds"]
    # No assignment passes the list by, and no entry of any class or module stays another's.
    assert first["changed"] == first["listed"] and len(first["listed"]) > 100
    assert first["left"] == []
    assert set(first["by"]) == changing_modules() - {
        "local.door.door",  # undone by itself
        "local.moto_loading",  # by commands alone
    }
    assert second == first
    assert told["plain_moto_works"]
