"""What is to be said of the classes of a column to predict."""

import re
from decimal import Decimal

from lambdas.check.findings.catalogue.class_finding import ClassFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.reading.fact import Phrase

_FEW_ROWS_OF_A_CLASS = 10
_MANY_CLASSES = 1000
_STRONG_IMBALANCE = 50
_MOST_JOINED = 5
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")


def class_findings(column: ColumnProfile) -> list[Finding]:
    """The warnings on the classes and their rows."""
    findings = []
    if joined := column.reading.same:
        one = [Phrase("one", spelling=s, label=label) for s, label in joined.items()]
        findings.append(
            found(ClassFinding.same_labels, column=column.name, joined=one[:_MOST_JOINED])
        )
    if alike := _classes_alike(column):
        same = [Phrase("class", name=name) for name in alike]
        findings.append(found(ClassFinding.classes_alike, column=column.name, alike=same))
    rare = [v for v, rows in column.values.items() if rows < _FEW_ROWS_OF_A_CLASS]
    if rare:
        findings.append(
            found(
                ClassFinding.small_classes,
                case="two" if column.distinct == 2 else "several",
                column=column.name,
                more=None if column.counts_every_value else Phrase("at_least"),
                count=len(rare),
                fewest=_FEW_ROWS_OF_A_CLASS,
                rare=rare,
            )
        )
    if column.kind == "text" and column.distinct > _MANY_CLASSES:
        findings.append(
            found(
                ClassFinding.many_classes,
                column=column.name,
                about=None if column.is_distinct_exact else Phrase("estimated"),
                classes=column.distinct,
                each=round(column.present / column.distinct),
            )
        )
    most, least = max(column.values.values()), min(column.values.values())
    if column.counts_every_value and most > _STRONG_IMBALANCE * least and not rare:
        findings.append(
            found(
                ClassFinding.imbalance,
                column=column.name,
                rarest=min(column.values, key=lambda value: column.values[value]),
                least=least,
                most=most,
            )
        )
    return findings


def _classes_alike(column: ColumnProfile) -> list[str]:
    """The first classes that differ only by blanks, capital letters or the way of writing a
    number."""
    by_plain_value: dict[str | Decimal, list[str]] = {}
    for value in column.values:
        by_plain_value.setdefault(_plain_value(value), []).append(value)
    return next((alike for alike in by_plain_value.values() if len(alike) > 1), [])


def _plain_value(value: str) -> str | Decimal:
    """What a class may mean besides what it is: a number exactly, or a text without its signs."""
    plain = value.strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else " ".join(plain.split()).casefold()
