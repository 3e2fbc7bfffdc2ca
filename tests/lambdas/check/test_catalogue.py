"""The catalogue has all words of the findings, and what raises them has all their facts."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import lambdas.check
from lambdas.check.check_report import check_page
from lambdas.check.findings.catalogue.entry import Entry, Family, Wording
from lambdas.check.findings.catalogue.families import FAMILIES
from lambdas.check.findings.catalogue.pair_finding import PairFinding
from lambdas.check.findings.catalogue.signs import ANY_PHRASES
from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.found import found
from lambdas.check.findings.unreadable_findings import unreadable_findings
from lambdas.check.findings.vocabulary import COMMAND_LINE, CONSOLE, STACK, Vocabulary
from lambdas.check.findings.wording import filled
from lambdas.check.reading.dialect import DELIMITERS
from lambdas.check.reading.fact import Day, Fact, Phrase
from lambdas.check.reading.not_a_csv import _BINARY, refuse_other_kinds
from lambdas.check.reading.unreadable import Reason, Unreadable
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked

CHECK = Path(lambdas.check.__file__).parent
ENTRIES: dict[str, Entry] = {code.name: code.value for family in FAMILIES for code in family}
# Where something was seen stands beside the sentences, and not in them.
BESIDE = {
    name
    for made in (found, Unreadable.__init__)
    for name, parameter in inspect.signature(made).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}


def raising() -> list[ast.AST]:
    """All code that raises findings, and none that words them."""
    modules = [p for p in CHECK.rglob("*.py") if p.parent.name != "catalogue"]
    trees = [ast.parse(p.read_text()) for p in modules if p.name != "unreadable.py"]
    return [node for tree in trees for node in ast.walk(tree)]


def calls(name: str) -> Iterator[tuple[ast.expr, dict[str, ast.expr]]]:
    """The first argument and the named ones of each call."""
    for node in raising():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            named = {word.arg: word.value for word in node.keywords if word.arg}
            yield node.args[0], named


def raised() -> list[tuple[str, dict[str, ast.expr]]]:
    """The codes that are raised by name, each with what it is raised with."""
    by_finding = [(c.attr, named) for c, named in calls("found") if isinstance(c, ast.Attribute)]
    by_error = [
        (str(c.value), named) for c, named in calls("Unreadable") if isinstance(c, ast.Constant)
    ]
    return by_finding + by_error


def constants() -> set[str]:
    return {str(node.value) for node in raising() if isinstance(node, ast.Constant)}


def placeholders(template: str) -> set[str]:
    """The names of facts in the template."""
    return names_in(template) - set(STACK.words)


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def templates(wording: Wording, case: str | None = None) -> list[str]:
    if isinstance(wording, str):
        return [wording]
    return list(wording.values()) if case is None else [wording[case]]


def all_templates(entry: Entry) -> Iterator[str]:
    for wording in (entry.seen, entry.expected, entry.action):
        yield from templates(wording)
    for phrases in entry.phrases.values():
        yield from phrases.values()


def test_every_code_stands_in_one_family_and_is_raised_somewhere() -> None:
    assert len(ENTRIES) == sum(len(family.__members__) for family in FAMILIES)
    in_tables = constants() & set(get_args(Reason))
    assert {code for code, _ in raised()} | in_tables == set(ENTRIES)


def test_every_reason_of_an_unreadable_file_has_its_words() -> None:
    [unreadable] = [family for family in FAMILIES if family.__name__ == "UnreadableFile"]
    assert set(get_args(Reason)) == set(unreadable.__members__)


def test_a_finding_is_raised_with_the_facts_that_its_sentences_name_and_no_others() -> None:
    for code, named in raised():
        entry, case = ENTRIES[code], named.get("case")
        which = str(case.value) if isinstance(case, ast.Constant) else None
        wanted = {
            name
            for wording in (entry.seen, entry.expected, entry.action)
            for template in templates(wording, which)
            for name in placeholders(template)
        }
        assert set(named) - BESIDE == wanted, code


def test_every_phrase_is_used_with_its_facts() -> None:
    known = [
        (key, placeholders(template))
        for every in (ANY_PHRASES, *(entry.phrases for entry in ENTRIES.values()))
        for phrases in every.values()
        for key, template in phrases.items()
    ]
    assert {key for key, _ in known} <= constants()
    for key, named in calls("Phrase"):
        if isinstance(key, ast.Constant):
            assert (key.value, set(named)) in known, key.value


@pytest.mark.parametrize(("mark", "code", "kind"), _BINARY)
def test_every_kind_of_file_has_its_words(mark: bytes, code: str, kind: str) -> None:
    with pytest.raises(Unreadable) as caught:
        refuse_other_kinds(mark + bytes(600))
    [finding] = unreadable_findings([("a.csv", caught.value)])
    assert (finding.code, finding.file) == (code, "a.csv")
    assert finding.seen == f"The file is {ENTRIES[code].phrases['kind'][kind]}."


def test_every_sign_between_values_has_its_words() -> None:
    for code, name in (("blank_before_quote", "sign"), ("written_in", "delimiter")):
        assert set(ENTRIES[code].phrases[name]) == set(DELIMITERS)


def test_every_fact_that_is_a_phrase_stands_in_a_sentence() -> None:
    for code, entry in ENTRIES.items():
        named = {name for template in all_templates(entry) for name in placeholders(template)}
        assert set(entry.phrases) <= named, code


def test_every_word_of_the_vocabularies_is_used_and_none_is_a_fact_too() -> None:
    used = {
        name
        for entry in ENTRIES.values()
        for template in all_templates(entry)
        for name in names_in(template)
    }
    # A paragraph of the page by itself.
    assert set(STACK.words) - used == {"rejected", "rows_rejected"}
    facts = {name for _, named in raised() for name in named}
    assert not facts & set(STACK.words)


def in_words_of(template: str, vocabulary: Vocabulary) -> str:
    """The template with the vocabulary's words in it, and facts as they stand in braces."""
    for name, word in vocabulary.words.items():
        template = template.replace(f"{{{name}}}", word)
    return template


@pytest.mark.parametrize("vocabulary", [STACK, COMMAND_LINE, CONSOLE, STACK.of_new_rows()])
def test_every_sentence_is_proper_in_every_vocabulary(vocabulary: Vocabulary) -> None:
    for code, entry in ENTRIES.items():
        for template in all_templates(entry):
            told = in_words_of(template, vocabulary)
            # A sentence begins with a capital letter, a sign in quotes or a fact.
            assert not re.search(r"(^|[.!?] )(upload|run|the|--)", told), (code, told)
            assert not re.search(r"  | [,.;:]|\b(\w+ \w+) \1\b", told.strip()), (code, told)
    assert all(word and word == word.strip() for word in vocabulary.words.values())


OF_A_STACK = re.compile(r"(?i:upload|stack|by itself|bucket|s3:)|TargetVar|Problem|Eval|AutoML")


def test_no_sentence_for_the_command_line_names_what_only_a_stack_has() -> None:
    for code, entry in ENTRIES.items():
        for template in all_templates(entry):
            assert not OF_A_STACK.search(in_words_of(template, COMMAND_LINE)), code
    assert not OF_A_STACK.search(" ".join(COMMAND_LINE.words.values()))


def test_a_check_is_told_in_the_words_of_where_the_person_is() -> None:
    check = checked(csv(frame()), csv(frame(40, 1)), target="nothing")
    [error] = check.errors
    assert "set target (NAME_settings.txt, or the stack's TargetVariable) to" in error.text
    there = check.told_in(COMMAND_LINE)
    assert "set --target to" in there.errors[0].text
    assert "--target" in there.as_json()["findings"][0]["action"]
    assert "upload" not in check_page("a", there) and "upload" in check_page("a", check)
    assert there.told_in(STACK) == check != there


def test_severities_are_told_apart() -> None:
    for code, entry in ENTRIES.items():
        assert entry.milder != entry.severity, code
        assert entry.severity == "error" or not entry.needs_every_row, code
        assert entry.severity != "error" or (entry.expected and entry.action), code


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_have_their_singular(family: type[Family]) -> None:
    for code in family:
        assert not any("(s)" in template for template in all_templates(code.value)), code.name


def test_one_row_is_no_rows() -> None:
    def seen(shared: int) -> str:
        return found(PairFinding.rows_in_both_files, shared=shared, rows=2000, train="a.csv").seen

    assert seen(1) == "1 of 2,000 rows is also in a.csv."
    assert seen(1000) == "1,000 of 2,000 rows are also in a.csv."


@pytest.mark.parametrize(
    ("template", "fact", "told"),
    [
        ("{n:,}", 12_345, "12,345"),
        ("{n:row|rows}", 0, "rows"),
        ("{n:.0%}", 0.256, "26%"),
        ("{n}", "two\nlines", "two\nlines"),
        ("{n:short}", "two\nlines", "two lines"),
        ("{n:quoted}", "x" * 50, f"'{'x' * 39}…'"),
        ("{n:2}", ["a", "b", "c", "d"], "a, b and 2 more"),
        ("{n:2 quoted}", ["a", "b\t"], "'a', 'b '"),
        ("{n:2 exact}", ["a", "b\t"], "'a', 'b\\t'"),
        ("{n:2}", [], ""),
        ("{n}", Day(31, 2, 2024), "31 February 2024"),
        ("[{n}]", None, "[]"),
        ("{n}", Phrase("key", size=3), "3 words"),
        ("{n: and }", [Phrase("key", size=3), Phrase("key", size=4)], "3 words and 4 words"),
    ],
)
def test_facts_are_told_as_the_template_says(template: str, fact: Fact, told: str) -> None:
    assert filled(template, {"n": fact}, {"n": {"key": "{size} words"}}, {}) == told


def test_a_word_stands_in_sentences_and_in_their_phrases() -> None:
    phrases = {"n": {"key": "or {again}"}}
    words = {"again": "start anew {n}"}
    assert filled("{again}, {n}", {"n": Phrase("key")}, phrases, words) == (
        "start anew {n}, or start anew {n}"
    )


WILD = "{target} {0} {x.__class__} {{ %s {}"


def test_what_a_person_wrote_is_never_a_template() -> None:
    finding = found(
        TargetFinding.target_missing,
        target=WILD,
        guess=Phrase("nearest", name=WILD),
        columns=[WILD],
    )
    assert finding.seen.count(WILD) == 3
    table = frame().rename(columns={"age": WILD}).replace({"Seoul": WILD})
    check = checked(csv(table), csv(frame(40, 1)))
    assert any(WILD in finding.text for finding in check.errors)
