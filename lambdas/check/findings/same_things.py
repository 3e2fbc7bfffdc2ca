"""What the rows of both files are about: whether the same things are in both."""

import re
from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.findings.catalogue.pair_finding import PairFinding
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.distinct import shared_values
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.near_rows import near_rows
from lambdas.check.profile.ordered import different
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import has_name_of_identifier, is_identifier
from lambdas.check.reading.arrow_arrays import floats_in, mask_array, places_in, text_array
from lambdas.check.reading.fact import Phrase

# Fewer are no wonder, and hardly change a score.
_FEWEST = 3
_SHARE = 0.01
# Values that are different in more rows than this hardly come back by chance.
_HARDLY_REPEATS = 0.5
# A count may skip some of its numbers.
_GAPS_IN_A_COUNT = 1.1
_NEARLY_ALL = 0.95
_WAYS_TO_COUNT = 3
# RE2.
_COUNTED = r"^(?P<before>[^0-9]*)(?P<number>[0-9]{1,15})(?P<behind>[^0-9]*)$"
_DIGIT_OF_ANY_SCRIPT = re.compile(r"\d")


def same_things(pair: PairProfile) -> list[Finding]:
    """The findings on rows and identifiers of the test file that come back in the train file. Where
    whole rows do, that is told elsewhere."""
    if pair.has_same_rows or any(name not in pair.test.columns for name in pair.features):
        return []
    shared = [_shared_identifiers(pair, name) for name in pair.features]
    findings = [*_near_rows(pair), *(finding for finding in shared if finding)]
    return of_file(pair.test.file, findings)


def _near_rows(pair: PairProfile) -> list[Finding]:
    columns = pair.train.columns
    named = {name for name in pair.features if is_identifier(columns[name])}
    telling = {
        name
        for name in pair.features
        if columns[name].present
        and columns[name].distinct > _HARDLY_REPEATS * columns[name].present
    }
    compared = [name for name in pair.features if name not in named]
    near = near_rows(
        pair.test.row_halves, pair.train.row_halves, compared, pair.target, telling - named
    )
    if near.differing.total() < _FEWEST or near.rows < _SHARE * pair.test.rows:
        return []
    [(most, _)] = near.differing.most_common(1)
    # What differs in every row hides such rows in its half of the columns.
    hidden = {name for name in named if not has_name_of_identifier(name)}
    return [
        found(
            PairFinding.near_rows,
            sampled=not near.exact,
            about=None if near.exact and not hidden else Phrase("estimated"),
            near=min(near.rows, pair.test.rows),
            rows=pair.test.rows,
            train=pair.train.file,
            differing=most,
        )
    ]


def _shared_identifiers(pair: PairProfile, name: str) -> Finding | None:
    train, test = pair.train.columns[name], pair.test.columns[name]
    is_named = train.kind == "text" or has_name_of_identifier(name)
    if not is_named or test.kind != train.kind or not is_identifier(train):
        return None
    shared, exact = shared_values(train.distinct_values, test.distinct_values)
    # Of rows that are the same as a whole nothing more is said.
    more = shared - pair.overlap
    if more < max(_FEWEST, _SHARE * test.distinct) or _counts_rows(pair.test, test):
        return None
    return found(
        PairFinding.shared_identifiers,
        column=name,
        sampled=not (pair.train.complete and pair.test.complete),
        about=None if exact else Phrase("estimated"),
        shared=min(shared, test.distinct),
        distinct=test.distinct,
        train=pair.train.file,
    )


def _counts_rows(part: FileProfile, column: ColumnProfile) -> bool:
    """Whether the values number the rows of this file, such as R-0001 to R-0040: the other file
    may begin with the same ones, whatever they stand for."""
    most = _GAPS_IN_A_COUNT * part.estimated_rows + 1
    if column.kind == "number":
        return column.minimum >= 0 and column.maximum <= most
    sampled = part.sample.columns[column.name]
    return sampled.numbers is None and number_rows(sampled.texts, most)


def number_rows(texts: "pa.StringArray", most: float) -> bool:
    """Whether nearly all of the texts are a number up to ``most`` with the same text around it, or
    one of a few."""
    parts = pc.extract_regex(_in_plain_digits(texts), _COUNTED)
    parts = parts.filter(parts.is_valid())
    is_counted = floats_in(pc.cast(pc.struct_field(parts, "number"), pa.float64())) <= most
    if np.count_nonzero(is_counted) < ceil(_NEARLY_ALL * len(texts)):
        return False
    parts = parts.filter(mask_array(is_counted))
    before, behind = (
        places_in(pc.struct_field(parts, side).dictionary_encode().indices).astype(np.int64)
        for side in ("before", "behind")
    )
    return len(different(before * len(parts) + behind)) <= _WAYS_TO_COUNT


def _in_plain_digits(texts: "pa.StringArray") -> "pa.StringArray":
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    return text_array([_DIGIT_OF_ANY_SCRIPT.sub(_plain_digit, text) for text in texts.to_pylist()])


def _plain_digit(digit: re.Match[str]) -> str:
    return str(int(digit[0]))
