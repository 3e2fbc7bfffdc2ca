"""Every finding and the page of the check are told in one language alone."""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import IO

import pytest

from lambdas.check.check_report import check_page, rows_page
from lambdas.check.findings.catalogue.entry import Entry, Family
from lambdas.check.findings.catalogue.families import FAMILIES
from lambdas.check.findings.catalogue.signs import ANY_PHRASES
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.vocabulary import COMMAND_LINE, STACK
from lambdas.check.findings.wording import Phrases
from lambdas.check.pair_check import pair_check
from lambdas.check.profile.pair_profile import Part
from lambdas.check.reading.fact import Day, Fact, Phrase
from lambdas.check.reading.source import Source
from lambdas.language import spoken_in, spoken_language
from tests.korean import english_in, hangul_in, only_korean, read_aloud
from tests.lambdas.check.bad_pairs import bad
from tests.lambdas.check.good_pairs import good
from tests.lambdas.check.made_pairs import Case, csv, frame
from tests.lambdas.check.new_rows import rows_checked, trained_on
from tests.lambdas.check.reading import PLANNED, checked, source

NAME = "12"  # a value of no language
CODES = [code for family in FAMILIES for code in family]


def cases(entry: Entry) -> set[str]:
    wordings = (entry.seen, entry.expected, entry.action)
    return {c for w in wordings if not isinstance(w, str) for c in w} or {""}


def told_of(template: str, phrases: Phrases, turn: int) -> dict[str, Fact]:
    """Facts for each name in the template; of phrases, the one whose ``turn`` it is."""
    facts: dict[str, Fact] = {}
    for _, name, manner, _ in Formatter().parse(template):
        if name is None or name in STACK.words:
            continue
        facts[name] = _fact(name, manner or "", phrases, turn)
    return facts


def _fact(name: str, manner: str, phrases: Phrases, turn: int) -> Fact:
    if name in phrases:
        keys = list(phrases[name])
        key = keys[turn % len(keys)]
        phrase = Phrase(key, **told_of(phrases[name][key], phrases, turn))
        return [phrase, phrase] if manner and manner not in _TEXTS else phrase
    if "|" in manner or manner.startswith((",", ".")):
        return 1 + turn
    if manner[:1].isdigit():
        return [NAME] * 20
    return Day(5, 1 + turn, 2024) if name in {"read", "meaning"} else NAME


_TEXTS = {"quoted", "exact", "short"}


def every(code: Family, file: str = "a.csv", part: Part | None = None) -> Iterator[Finding]:
    """The finding in each of its cases, with each of its phrases."""
    entry = code.value
    phrases: Mapping[str, Mapping[str, str]] = {**ANY_PHRASES, **entry.phrases}
    for case in cases(entry):
        wordings = [
            w if isinstance(w, str) else w[case] for w in (entry.seen, entry.expected, entry.action)
        ]
        for turn in range(max([2, *map(len, entry.phrases.values())])):
            facts = {
                name: fact
                for wording in wordings
                for name, fact in told_of(wording, phrases, turn).items()
            }
            for vocabulary in (STACK, COMMAND_LINE):
                yield Finding(
                    kind=code,
                    severity=entry.severity,
                    case=case,
                    facts=facts,
                    file=file,
                    part=part,
                    column=NAME,
                    line=3,
                    sampled=True,
                    vocabulary=vocabulary,
                )


def texts_in(facts: Mapping[str, Fact]) -> Iterator[str]:
    """What comes from the files in these facts."""
    for fact in facts.values():
        parts = [fact] if isinstance(fact, str | Phrase) else fact
        for part in parts if isinstance(parts, Sequence) else ():
            if isinstance(part, Phrase):
                yield from texts_in(part.facts)
            else:
                yield str(part)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_a_finding_is_korean_in_every_case(code: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    with only_korean(monkeypatch):
        for finding in every(code, part="train"):
            assert english_in(finding.text, ["a.csv"]) == [], finding.text
            assert hangul_in(finding.text), finding.text


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_a_finding_is_english_in_every_case(code: Family) -> None:
    for finding in every(code, part="test"):
        assert hangul_in(finding.text) == [], finding.text


def test_a_finding_is_told_in_the_language_of_who_asks() -> None:
    [error] = checked(csv(frame()), csv(frame(40, 1)), target="nothing").errors
    assert "There is no column named 'nothing'" in error.text
    with spoken_in("ko"):
        assert "예측할 열로 지정한 'nothing' 열이 없습니다." in error.text
        assert error.as_json()["seen"] in error.as_json()["text"]
        assert error.as_json()["code"] == "target_missing"


@pytest.mark.parametrize("case", [*bad(), *good()], ids=lambda case: f"{case.code}-{case.name}")
def test_the_page_of_the_check_is_told_in_one_language(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checked(case.train, case.test, target=case.target)
    data = [case.target, "a_train.csv", "a_test.csv"]
    for finding in check.findings:
        data += [finding.code, finding.column or "", *texts_in(finding.facts)]
    if check.profile:
        data += [*check.profile.train.columns, *check.profile.test.columns]
    with only_korean(monkeypatch):
        page = check_page("자료", check)
    assert '<html lang="ko">' in page
    assert english_in(read_aloud(page), data) == []
    assert '<html lang="en">' in check_page("a", check)


@pytest.mark.parametrize("lacking", ["age", "label"])
def test_the_page_of_new_rows_is_told_in_one_language(
    lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = trained_on(checked(csv(frame()), csv(frame(40, 1))))
    table = frame(60, 2).drop(columns=lacking).assign(income="?", city="12", Extra=3)
    check = rows_checked(csv(table), trained)
    data = ["new.csv", *table, *trained.columns]
    for finding in check.findings:
        data += [finding.code, finding.column or "", *texts_in(finding.facts)]
    with only_korean(monkeypatch):
        assert check.as_json()["language"] == "ko"
        page = rows_page("자료", check)
    assert english_in(read_aloud(page), data) == []


def test_a_file_that_is_gone_is_told_of_in_the_language_of_the_run() -> None:
    def gone(_limits: tuple[int, int] | None) -> IO[bytes]:
        raise LookupError(spoken_language())

    train = source("a_train.csv", csv(frame()))
    with spoken_in("ko"), pytest.raises(LookupError, match="ko"):
        pair_check(train, Source("a_test.csv", 1, gone), PLANNED, lambda: 900.0)
