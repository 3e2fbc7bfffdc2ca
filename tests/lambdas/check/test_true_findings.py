"""What the findings claim, held against a slow reading of small random tables.

Every number in a finding is counted again, and where a finding's claim holds it is given.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, event, example, given, settings

from lambdas.check.pair_check import PairCheck
from tests.lambdas.check.plain_table import PlainColumn, PlainTable
from tests.lambdas.check.random_pairs import Pair, pairs
from tests.lambdas.check.reading import checked

slow = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))

# What is expected of a finding: its code, its file and column, and its facts by their names.
Expected = tuple[str, str, str | None, dict[str, Any]]


def held(check: PairCheck, expected: list[Expected], codes: set[str]) -> None:
    """The findings with these codes are the expected ones, and their facts are, too."""
    given_findings = [f for f in check.findings if f.code in codes]
    found = {(f.code, f.file[2:-4], f.column): f for f in given_findings}
    assert len(found) == len(given_findings)
    wanted = {(code, file, column): facts for code, file, column, facts in expected}
    assert set(found) == set(wanted)
    for key, facts in wanted.items():
        event(key[0])
        told = {**found[key].facts, "case": found[key].case}
        assert {name: told[name] for name in facts} == facts, found[key].text


def is_odd(check: PairCheck) -> bool:
    """Whether a last row of numbers is taken for a total, which it may be by chance, or no row has
    a value, so that nothing more is looked at."""
    return any(f.code in ("total_row", "no_rows") for f in check.errors)


def columns_of(pair: Pair) -> tuple[dict[str, PlainColumn], dict[str, PlainColumn]]:
    return PlainTable.of(pair.train).columns, PlainTable.of(pair.test).columns


def features(columns: dict[str, PlainColumn]) -> Iterator[PlainColumn]:
    return (column for name, column in columns.items() if name != "label")


def problem_type(label: PlainColumn) -> str:
    if len(label.counts) == 2:
        return "binary"
    few = len(label.counts) <= 0.1 * len(label.present)
    return "multiclass" if label.is_text or (few and label.is_whole) else "regression"


TARGET_ERRORS = {"target_empty", "one_class", "too_few_rows", "class_too_small"}
CLASSES = {"problem_type", "target_partly_missing", "small_classes", "target_row_numbers"}


@slow
@given(pairs())
def test_what_is_said_of_the_target(pair: Pair) -> None:
    label = columns_of(pair)[0]["label"]
    check = checked(pair.train, pair.test)
    if is_odd(check):
        return
    errors = list(of_unfit(label))
    held(check, errors, TARGET_ERRORS)
    if not errors and not any(f.code.startswith("target_") for f in check.errors):
        held(check, list(of_target(label)), CLASSES)


def of_unfit(label: PlainColumn) -> Iterator[Expected]:
    rows = len(label.present)
    if not rows:
        yield "target_empty", "train", "label", {}
        return
    if len(label.counts) == 1:
        yield "one_class", "train", "label", {}
    if rows < 10:
        yield "too_few_rows", "train", "label", {"rows": rows}
    each = label.is_text and len(label.counts) == rows
    if each or (len(label.counts) == 2 and min(label.counts.values()) < 2):
        yield "class_too_small", "train", "label", {}


def of_target(label: PlainColumn) -> Iterator[Expected]:
    rows, kind = len(label.present), problem_type(label)
    facts = {"case": kind, "distinct": len(label.counts), "rows": rows}
    yield "problem_type", "train", "label", facts
    if label.missing:
        facts = {"missing": label.missing, "rows": len(label.values)}
        yield "target_partly_missing", "train", "label", facts
    if kind == "regression":
        span = max(label.numbers) - min(label.numbers) + 1
        if label.is_whole and len(label.counts) == rows == span:
            yield "target_row_numbers", "train", "label", {}
    elif rare := [value for value, times in label.counts.items() if times < 10]:
        yield "small_classes", "train", "label", {"count": len(rare)}


@slow
@given(pairs())
def test_a_file_without_rows_is_told(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    tables = {"train": PlainTable.of(pair.train), "test": PlainTable.of(pair.test)}
    expected: list[Expected] = [
        ("no_rows", name, None, {})
        for name, table in tables.items()
        if not any(column.values for column in table.columns.values())
    ]
    held(check, expected, {"no_rows"})


COLUMNS = {"empty_column", "constant_column", "numbers_and_texts", "identifier", "free_text"}


@slow
@given(pairs())
def test_what_is_said_of_the_columns(pair: Pair) -> None:
    train, _ = columns_of(pair)
    check = checked(pair.train, pair.test)
    if is_odd(check) or any(f.column == "label" for f in check.errors):
        return
    expected: list[Expected] = []
    if not any(column.may_help for column in features(train)):
        expected.append(("no_usable_column", "train", None, {"count": len(train) - 1}))
    else:
        for column in features(train):
            found = expected_of(column)
            expected += [(found[0], "train", column.name, found[1])] if found else []
    held(check, expected, COLUMNS | {"no_usable_column"})


def expected_of(column: PlainColumn) -> tuple[str, dict[str, Any]] | None:
    rows = len(column.values)
    if not column.present:
        return "empty_column", {}
    if len(column.counts) == 1:
        case = "gaps" if column.missing else "same"
        only = column.texts[0] if column.texts else f"{float(column.numbers[0]):.15g}"
        facts = {"case": case, "missing": column.missing, "rows": rows, "only": only}
        return "constant_column", facts
    if column.is_text and len(column.numbers) > 0.5 * len(column.present):
        facts = {"texts": len(column.texts), "numbers": len(column.numbers)}
        return "numbers_and_texts", facts
    if column.is_identifier:
        return "identifier", {"distinct": len(column.counts), "rows": len(column.present)}
    return ("free_text", {}) if column.is_free_text else None


BOTH = {
    "columns_missing_in_test",
    "unknown_classes",
    "no_known_class",
    "one_value_in_test",
    "empty_in_test",
    "kinds_differ",
    "unseen_categories",
    "labels_partly_missing_in_test",
    "no_labels_in_test",
    "rows_in_both_files",
    "same_rows",
    "duplicate_rows",
    "conflicting_rows",
}


# One number, but three names.
_ONE_NUMBER = Pair(
    b"x0,label\n" + b"".join(b"%d,w%c\n" % (row, b"abc"[row % 3]) for row in range(24)),
    b"x0,label\n"
    + b"".join(b"%d,%s\n" % (row, (b"7", b"7.0", b"+7")[row % 3]) for row in range(12)),
    "",
)


@slow
@given(pairs())
@example(_ONE_NUMBER)
def test_what_is_said_of_both_files(pair: Pair) -> None:
    check = checked(pair.train, pair.test)
    stopped = {"target_", "one_class", "too_few_rows", "class_too_small", "no_usable_column"}
    if is_odd(check) or any(f.code.startswith(tuple(stopped)) for f in check.errors):
        return
    train, test = columns_of(pair)
    expected = [*of_kinds(train, test), *of_labels(train, test), *of_rows(pair)]
    held(check, expected, BOTH)


def of_kinds(train: dict[str, PlainColumn], test: dict[str, PlainColumn]) -> Iterator[Expected]:
    missing = [name for name in train if name not in test and name != "label"]
    if missing:
        yield "columns_missing_in_test", "test", None, {"count": 1, "missing": missing}
    for name, here in test.items():
        there = train[name]
        if there.is_number and here.is_text:
            facts = {"texts": len(here.texts), "present": len(here.present)}
            yield "kinds_differ", "test", name, facts
        if name == "label":
            continue
        if there.is_text and here.is_number and not there.numbers:
            yield "kinds_differ", "test", name, {"case": "numbers"}
        if there.present and not here.present:
            yield "empty_in_test", "test", name, {"present": len(there.present)}
        elif there.is_text and not there.is_free_text and not there.is_identifier:
            texts = set(here.texts)
            if unseen := texts - set(there.texts):
                facts = {"count": len(unseen), "categories": len(texts)}
                yield "unseen_categories", "test", name, facts


def of_labels(train: dict[str, PlainColumn], test: dict[str, PlainColumn]) -> Iterator[Expected]:
    if "label" not in test:
        yield "no_labels_in_test", "test", "label", {"case": "none"}
        return
    label, there = test["label"], train["label"]
    if not label.present:
        yield "no_labels_in_test", "test", "label", {"case": "empty"}
        return
    if label.missing:
        facts = {"missing": label.missing, "rows": len(label.values)}
        yield "labels_partly_missing_in_test", "test", "label", facts
    # Among names, a number is a name as it is written.
    counts = Counter[object](label.spellings if there.is_text else label.counts)
    if len(counts) == 1 and len(label.present) >= 10:
        yield "one_value_in_test", "test", "label", {"distinct": len(there.counts)}
    if problem_type(there) == "regression":
        return
    known = {*there.counts, *there.spellings}
    unknown = counts.keys() - known
    if unknown and len(unknown) == len(counts):
        yield "no_known_class", "test", "label", {}
    elif unknown:
        facts = {"count": len(unknown), "rows": sum(counts[value] for value in unknown)}
        yield "unknown_classes", "test", "label", facts


def of_rows(pair: Pair) -> Iterator[Expected]:
    train, test = PlainTable.of(pair.train), PlainTable.of(pair.test)
    names = list(train.columns)
    if any(name not in test.columns for name in names[:-1]):
        return
    has_labels = "label" in test.columns and test.columns["label"].present
    compared = names if has_labels else names[:-1]
    there, here = train.rows(compared), test.rows(compared)
    shared = sum(row in set(there) for row in here)
    if shared and Counter(here) == Counter(there):
        yield "same_rows", "test", None, {"rows": len(here)}
    elif shared:
        yield "rows_in_both_files", "test", None, {"shared": shared, "rows": len(here)}
    rows = train.rows(names)
    if repeated := len(rows) - len(set(rows)):
        yield "duplicate_rows", "train", None, {"repeated": repeated, "rows": len(rows)}
    if problem_type(train.columns["label"]) != "regression":
        labels: dict[Any, set[Any]] = {}
        for *values, label in rows:
            if label is not None:
                labels.setdefault(tuple(values), set()).add(label)
        torn = [v for *v, label in rows if label is not None and len(labels[tuple(v)]) > 1]
        if torn:
            yield "conflicting_rows", "train", "label", {"rows": len(torn)}
