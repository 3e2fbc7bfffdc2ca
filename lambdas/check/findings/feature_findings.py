"""What is to be said of the columns to predict from, in the train file by itself."""

from math import floor

from lambdas.check.findings.catalogue.feature_finding import FeatureFinding
from lambdas.check.findings.date_findings import date_findings
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.findings.reading_findings import (
    as_decimal,
    reading_findings,
    sign_is_known,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.kept_text import LONGEST_KEPT
from lambdas.check.profile.labels import label_in_any_case
from lambdas.check.profile.row_names import is_identifier, names_rows
from lambdas.check.reading.fact import Phrase

_MOST_JOINED = 5
_MOSTLY = 0.5


def feature_findings(train: FileProfile, names: list[str]) -> list[Finding]:
    """The findings on the columns to predict from, which have these names."""
    features = [train.columns[name] for name in names]
    usable = [column for column in features if _may_help(column)]
    if not usable:
        names = [column.name for column in features]
        return [found(FeatureFinding.no_usable_column, count=len(names), columns=names)]
    told: list[Finding] = []
    for column in features:
        told += _findings(column) + reading_findings(column) + _gaps(column) + _alike(column)
        if same := column.reading.same:
            joined = [Phrase("one", spelling=s, value=value) for s, value in same.items()]
            told.append(
                found(
                    FeatureFinding.same_categories, column=column.name, joined=joined[:_MOST_JOINED]
                )
            )
        if column.thousandths.may_be_thousands and not sign_is_known(train, column.name):
            grouped, sign = column.thousandths.grouped, train.format.decimal
            told.append(
                found(
                    FeatureFinding.perhaps_thousands,
                    column=column.name,
                    grouped=grouped,
                    sign=Phrase(sign),
                    read=as_decimal(grouped, sign),
                )
            )
    return told


def _may_help(column: ColumnProfile) -> bool:
    """Whether the model can make anything of the column; that a value is missing is one, too."""
    if not column.present or (column.is_constant and not column.missing):
        return False
    return not names_rows(column)


def _findings(column: ColumnProfile) -> list[Finding]:
    name, odd = column.name, column.odd_numbers
    if not column.present:
        return [found(FeatureFinding.empty_column, column=name)]
    if column.is_constant:
        return [_constant(column)]
    if column.texts and odd > 0.9 * column.texts and odd + column.numbers > 0.9 * column.present:
        return [found(FeatureFinding.not_plain_numbers, column=name, examples=column.examples)]
    if column.texts and column.numbers > 0.5 * column.present:
        return [
            found(
                FeatureFinding.numbers_and_texts,
                column=name,
                texts=column.texts,
                numbers=column.numbers,
                examples=column.examples,
            )
        ]
    if dates := date_findings(column):
        return dates
    if is_identifier(column):
        return [
            found(
                FeatureFinding.identifier,
                column=name,
                about=None if column.is_distinct_exact else Phrase("estimated"),
                distinct=column.distinct,
                rows=column.present,
            )
        ]
    return [found(FeatureFinding.free_text, column=name)] if column.is_free_text else []


def _gaps(column: ColumnProfile) -> list[Finding]:
    if column.is_constant or not column.present or column.missing <= _MOSTLY * column.rows:
        return []
    return [
        found(
            FeatureFinding.mostly_missing,
            column=column.name,
            missing=column.missing,
            rows=column.rows,
            # Rounded down: not all are missing.
            share=floor(1000 * column.missing / column.rows) / 1000,
        )
    ]


def _alike(column: ColumnProfile) -> list[Finding]:
    """The warning for categories that are the same in any case."""
    if column.kind != "text" or column.is_date or column.is_free_text or is_identifier(column):
        return []
    by_form: dict[str, list[str]] = {}
    for text in sorted((column.categories or {}).values()):
        if len(text) < LONGEST_KEPT:
            by_form.setdefault(label_in_any_case(text), []).append(text)
    alike = [texts for texts in by_form.values() if len(texts) > 1]
    if not alike:
        return []
    more = sum(map(len, alike[_MOST_JOINED:]))
    return [
        found(
            FeatureFinding.alike_categories,
            column=column.name,
            alike=[Phrase("several", names=texts) for texts in alike[:_MOST_JOINED]],
            more=Phrase("others", count=more) if more else None,
        )
    ]


def _constant(column: ColumnProfile) -> Finding:
    return found(
        FeatureFinding.constant_column,
        case="gaps" if column.missing else "same",
        column=column.name,
        only=_example(column),
        missing=column.missing,
        rows=column.rows,
    )


def _example(column: ColumnProfile) -> str:
    """A value of the column: as it is written, or as a number is written shortest."""
    written = column.long_numbers.example or f"{column.minimum:.15g}"
    if column.examples:
        return column.examples[0]
    return written if float(written) == column.minimum else repr(column.minimum)
