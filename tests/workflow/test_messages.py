"""Everything that people read stands in the catalogues of messages, in every language and whole."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from tests.korean import english_in, english_parts, hangul_in, read_aloud
from workflow.messages import (
    LANGUAGES,
    SPEAKING,
    SpeakingPackage,
    compiled,
    extracted,
    kept,
    updated,
)

ROOT = Path(__file__).resolve().parents[2]
Key = tuple[str, str | None]
EVERY = [(package, language) for package in SPEAKING for language in LANGUAGES]
of_every_catalogue = pytest.mark.parametrize(
    ("package", "language"), EVERY, ids=[f"{package.name}-{lang}" for package, lang in EVERY]
)


def keys(messages: Catalog) -> set[Key]:
    return {(str(message.id), message.context) for message in messages if message.id}


def facts(template: str) -> dict[str, set[str]]:
    """The names in the template's braces, each with the ways in which it is told."""
    found: dict[str, set[str]] = {}
    for _, name, manner, _ in Formatter().parse(template):
        if name is not None:
            found.setdefault(name, set()).add(manner or "")
    return found


def needed(template: str) -> set[str]:
    """The names that a translation can't do without: words that go with a number it may."""
    return {name for name, manners in facts(template).items() if any("|" not in m for m in manners)}


@of_every_catalogue
def test_the_catalogue_has_the_messages_of_the_code_and_no_others(
    package: SpeakingPackage, language: str
) -> None:
    code, catalogue = keys(extracted(package)), keys(kept(package.path(language)))
    assert not code - catalogue, "run `make messages` and translate what is new"
    assert not catalogue - code, "run `make messages`, which takes out what is not used any more"


@of_every_catalogue
def test_every_message_is_translated(package: SpeakingPackage, language: str) -> None:
    messages = kept(package.path(language))
    assert not messages.obsolete
    assert [m.id for m in messages if m.id and not m.string] == []
    assert [m.id for m in messages if m.id and m.fuzzy] == []


@of_every_catalogue
def test_a_translation_has_the_facts_of_the_text_and_no_others(
    package: SpeakingPackage, language: str
) -> None:
    for message in kept(package.path(language)):
        if message.id and message.string:
            english, told = str(message.id), str(message.string)
            assert set(facts(told)) <= set(facts(english)), english
            assert needed(english) <= set(facts(told)), english


@of_every_catalogue
def test_a_translation_has_no_english_but_names(package: SpeakingPackage, language: str) -> None:
    for message in kept(package.path(language)):
        if message.id and message.string:
            assert english_in(read_aloud(english_parts(str(message.string)))) == [], message.string
            assert hangul_in(str(message.id)) == [], message.id


@of_every_catalogue
def test_a_translation_joins_as_the_text_does(package: SpeakingPackage, language: str) -> None:
    for message in kept(package.path(language)):
        if message.id and message.string:
            english, told = str(message.id), str(message.string)
            for part in ("\n", "<", "`"):
                assert english.count(part) == told.count(part), english
            # What begins with a blank stands behind a sentence, and what ends with one, before.
            assert english.startswith(" ") == told.startswith(" "), english
            assert english.endswith(" ") == told.endswith(" "), english


def spoken_texts(tree: ast.AST) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Each call that has a text told, with the expressions that the text may come from."""
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in {"spoken", "spoken_as", "to_speak"}:
            text = node.args[-1]
            branches = [text.body, text.orelse] if isinstance(text, ast.IfExp) else [text]
            yield node, branches


@pytest.mark.parametrize("package", SPEAKING, ids=lambda package: package.name)
def test_every_text_that_is_told_can_be_extracted(package: SpeakingPackage) -> None:
    for path in (path for folder in package.folders for path in (ROOT / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call, branches in spoken_texts(tree):
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            assert not any(isinstance(text, ast.JoinedStr) for text in branches), where
            # Babel would take the two texts of a condition for one: each is marked by itself.
            is_one = len(branches) == 1
            assert is_one or not any(isinstance(text, ast.Constant) for text in branches), where
        # Babel does not look into f-strings.
        inside = (one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr))
        for call, [text, *_] in (found for one in inside for found in spoken_texts(one)):
            assert not isinstance(text, ast.Constant), f"{path.name}:{call.lineno}"


def test_a_message_that_is_gone_or_has_changed_is_seen(tmp_path: Path) -> None:
    path, now = tmp_path / "ko.po", Catalog()
    now.add("The file {file} is empty.")
    path.write_bytes(updated(path, now))
    path.write_text(path.read_text().replace('msgstr ""\n\n', "") + 'msgstr "{file} 파일"\n')
    text = updated(path, now).decode()
    assert "fuzzy" not in text
    changed = Catalog()
    changed.add("The file {file} is quite empty.")
    path.write_bytes(updated(path, changed))
    [message] = [message for message in kept(path) if message.id]
    assert message.fuzzy


@of_every_catalogue
def test_compiling_twice_gives_the_same_bytes(package: SpeakingPackage, language: str) -> None:
    path = package.path(language)
    assert compiled(path) == compiled(path)
