"""Columns of the train file that hold the same, or say the same in other words."""

from collections.abc import Iterable

import numpy as np

from lambdas.check.findings.catalogue.feature_finding import FeatureFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.arrow_arrays import number_array, places_in
from lambdas.check.reading.fact import Phrase

_MOST_GROUPS = 5
# Two columns that only name the rows belong together in any table.
_MOST_DIFFERENT = 0.5
# Of so few rows beside the usual value, two columns may have the same by chance.
_FEWEST_UNUSUAL = 5


def copy_findings(train: FileProfile, features: list[str]) -> list[Finding]:
    """The findings on such columns among those to predict from; what tells the target is a finding
    of its own."""
    every = [train.columns[name] for name in features]
    columns = [column for column in every if column.present and not column.is_constant]
    copies = _groups((column.fingerprint, column) for column in columns)
    firsts = {id(group[0]) for group in copies}
    copied = {id(column) for group in copies for column in group} - firsts
    renamed = _renamed(train, [column for column in columns if id(column) not in copied])
    findings = []
    if copies:
        shown = copies[:_MOST_GROUPS]
        findings.append(
            found(
                FeatureFinding.copied_columns,
                count=_copies(copies),
                groups=list(map(_told, shown)),
                more=_more(copies),
            )
        )
    if renamed:
        shown = renamed[:_MOST_GROUPS]
        findings.append(
            found(
                FeatureFinding.renamed_columns,
                sampled=not train.sample.is_whole,
                count=_copies(renamed),
                groups=list(map(_told, shown)),
                more=_more(renamed),
            )
        )
    return findings


def _copies(groups: list[list[ColumnProfile]]) -> int:
    return sum(len(group) - 1 for group in groups)


def _more(groups: list[list[ColumnProfile]]) -> Phrase | None:
    rest = _copies(groups[_MOST_GROUPS:])
    return Phrase("others", count=rest) if rest else None


def _told(group: list[ColumnProfile]) -> Phrase:
    first, *others = (column.name for column in group)
    return Phrase("one", name=first, copies=others)


def _groups(columns: Iterable[tuple[object, ColumnProfile]]) -> list[list[ColumnProfile]]:
    """The columns that have the same key, where there are several, in the file's order."""
    by_key: dict[object, list[ColumnProfile]] = {}
    for key, column in columns:
        by_key.setdefault(key, []).append(column)
    return [group for group in by_key.values() if len(group) > 1]


def _renamed(train: FileProfile, columns: list[ColumnProfile]) -> list[list[ColumnProfile]]:
    likely = _groups(
        ((column.distinct, column.missing), column)
        for column in columns
        if column.is_distinct_exact and column.distinct <= _MOST_DIFFERENT * column.present
    )
    renamed: list[list[ColumnProfile]] = []
    sample = train.sample.columns if likely else {}
    for group in likely:
        patterns = [(_pattern(sample[column.name]), column) for column in group]
        renamed += _groups((pattern, column) for pattern, column in patterns if pattern)
    return renamed


def _pattern(column: SampledColumn) -> bytes | None:
    """Which rows of the sample have the same value, whatever it is; None where nearly all do."""
    places = column.codes
    if column.numbers is not None:
        numbers = number_array(column.numbers, np.isnan(column.numbers)).dictionary_encode()
        places = places_in(numbers.indices).astype(np.int64)
    known = places[places >= 0]
    if not len(known) or len(known) - np.bincount(known).max() < _FEWEST_UNUSUAL:
        return None
    return places.astype(np.int32).tobytes()
