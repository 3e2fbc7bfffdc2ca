"""Whether the values of a column are spread differently in new rows and in the training.

The statistics and limits are those of :mod:`lambdas.check.findings.shift`; in the place of the
train file stands what was kept of it. Of numbers some are kept, a few hundredths of the rows apart:
the distance that is found is at most so much smaller than that between all numbers, and what is
said of a number is so.
"""

from collections.abc import Mapping

import numpy as np

from lambdas.check.findings.shift import (
    FEWEST_ROWS,
    MOST_CATEGORIES,
    SHIFT,
    by_chance,
    by_chance_of_categories,
)
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.rows_tally import NumberTally
from lambdas.check.profile.spread import NumberSpread, Spread
from lambdas.check.reading.fact import Phrase


def rows_shift(spread: Spread, here: ColumnProfile, tally: NumberTally | None) -> Phrase | None:
    """How the values differ from those of the training; None where they hardly do.

    Args:
        spread: the column in the training.
        here: the column of the new rows.
        tally: what was counted of them, for a column of numbers.
    """
    shares = here.missing / here.rows, spread.missing / spread.rows
    is_gap_new = here.missing and not spread.missing
    if abs(shares[0] - shares[1]) > SHIFT + by_chance(spread.rows, here.rows) and not is_gap_new:
        return Phrase("missing", rows=shares[0], train=shares[1])
    if spread.are_names:
        return None
    if tally is not None and spread.numbers is not None:
        return _of_numbers(spread.numbers, tally)
    if here.kind == "text" and here.categories is not None and spread.categories:
        return _of_categories(spread, here, here.categories)
    return None


def _of_numbers(there: NumberSpread, here: NumberTally) -> Phrase | None:
    """Told by the kept number at which the two distributions are furthest apart."""
    if min(there.rows, here.rows) < FEWEST_ROWS:
        return None
    widest, found = SHIFT + by_chance(there.rows, here.rows), None
    for key, before, after in (
        ("at_most", there.at_most, here.at_most),
        ("below", there.below, here.below),
    ):
        train, rows = np.array(before) / there.rows, after / here.rows
        gaps = np.abs(rows - train)
        place = int(gaps.argmax())
        if gaps[place] > widest:
            widest, number = float(gaps[place]), _written(there.values[place])
            shares = float(rows[place]), float(train[place])
            found = Phrase(key, number=number, rows=shares[0], train=shares[1])
    return found


def _written(number: float) -> str:
    short = f"{number:.15g}"
    return short if float(short) == number else repr(number)


def _of_categories(spread: Spread, here: ColumnProfile, texts: Mapping[int, str]) -> Phrase | None:
    """Told by the category whose share has changed most; numbers between them are one."""
    there = dict(spread.categories or {})
    present = spread.rows - spread.missing
    if len(there) > MOST_CATEGORIES or min(present, here.present) < FEWEST_ROWS:
        return None
    counted = {text: here.category_rows[value] for value, text in texts.items()}
    before = {text: rows / present for text, rows in there.items()}
    after = {text: rows / here.present for text, rows in counted.items()}
    apart = {text: after.get(text, 0.0) - before.get(text, 0.0) for text in before | after}
    others = (1 - sum(after.values())) - (1 - sum(before.values()))
    limit = SHIFT + by_chance(present, here.present)
    limit += by_chance_of_categories(len(apart), present, here.present)
    if (sum(map(abs, apart.values())) + abs(others)) / 2 <= limit:
        return None
    most = max(apart, key=lambda text: abs(apart[text]))
    return Phrase("category", name=most, rows=after.get(most, 0.0), train=before.get(most, 0.0))
