"""What is to be said of the columns to predict from, in the train file by itself."""

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
from lambdas.check.profile.row_names import is_identifier, names_rows
from lambdas.check.reading.fact import Phrase

_MOST_JOINED = 5


def feature_findings(train: FileProfile, target: str) -> list[Finding]:
    """The findings on the columns other than the target."""
    features = [column for name, column in train.columns.items() if name != target]
    usable = [c for c in features if c.present and not c.is_constant and not names_rows(c)]
    if not usable:
        names = [column.name for column in features]
        return [found(FeatureFinding.no_usable_column, count=len(names), columns=names)]
    told: list[Finding] = []
    for column in features:
        told += _findings(column) + reading_findings(column)
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
                distinct=column.distinct,
                rows=column.present,
            )
        ]
    return [found(FeatureFinding.free_text, column=name)] if column.is_free_text else []


def _constant(column: ColumnProfile) -> Finding:
    return found(
        FeatureFinding.constant_column,
        column=column.name,
        only=column.examples[0] if column.examples else f"{column.minimum:.15g}",
        missing=Phrase("or_empty", rows=column.missing) if column.missing else None,
    )
