"""What can be seen in a sample of the rows: columns that give the target away, and shift."""

import numpy as np

from lambdas.check.findings.catalogue.sample_finding import SampleFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.shift import shift
from lambdas.check.findings.skill_alone import (
    Amounts,
    Classes,
    gives_away,
    whether_missing,
    without_outliers,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import is_identifier
from lambdas.check.profile.row_sample import SampledColumn
from lambdas.check.reading.fact import Phrase


def sample_findings(pair: PairProfile) -> list[Finding]:
    """The findings on columns that predict the target alone, and that differ between the files."""
    train, test = pair.train.sample.columns, pair.test.sample.columns
    findings: list[Finding] = []
    known = np.flatnonzero(~train[pair.target].is_missing)
    target: Amounts | Classes
    if pair.problem_type == "regression":
        known = known[without_outliers(train[pair.target].at(known))]
        target = Amounts.of(train[pair.target].at(known))
    else:
        target = Classes.of(train[pair.target].at(known))
    for name in pair.features:
        column = pair.train.columns[name]
        if not column.present or (column.is_constant and not column.missing):
            continue
        telling = _telling(train[name].at(known), target, column)
        if telling:
            findings += of_file(pair.train.file, [_gives_away(pair, column, telling)])
        if name in test and pair.test.columns[name].kind == column.kind:
            difference = shift(train[name], test[name])
            # Which values name rows, or which days they are from, differs in any two files.
            are_names = is_identifier(column) or column.is_date
            if difference and (difference.key == "missing" or not are_names):
                findings += of_file(pair.test.file, [_shifted(pair, column, difference)])
    return findings


def _telling(
    feature: SampledColumn, target: Classes | Amounts, column: ColumnProfile
) -> Phrase | None:
    """What of the column gives the target away, if anything does."""
    if column.missing and gives_away(whether_missing(feature), target):
        return Phrase("gaps")
    if not column.is_constant and gives_away(feature, target):
        return Phrase("values")
    return None


def _gives_away(pair: PairProfile, column: ColumnProfile, what: Phrase) -> Finding:
    return found(
        SampleFinding.gives_target_away,
        column=column.name,
        sampled=not pair.train.sample.is_whole,
        what=what,
        target=pair.target,
    )


def _shifted(pair: PairProfile, column: ColumnProfile, difference: Phrase) -> Finding:
    return found(
        SampleFinding.shift,
        column=column.name,
        sampled=not (pair.train.sample.is_whole and pair.test.sample.is_whole),
        difference=difference,
    )
