"""Names that a column has had before, such as those of some hundred cities, and what is known of
each: of a block that has no others only the rows have to be counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.date_forms import date_form
from lambdas.check.profile.dates import MAY_BEGIN_A_DATE
from lambdas.check.profile.hashing import Hashes, text_hashes
from lambdas.check.profile.text_rows import TextRows
from lambdas.check.reading.arrow_arrays import number_array
from lambdas.check.reading.number_form import amounts_in

if TYPE_CHECKING:
    import pyarrow as pa

BEGINS_A_NUMBER = np.zeros(256, bool)
BEGINS_A_NUMBER[list(b" \t\n\v\f\r+-.,0123456789")] = True
# Digits, signs, brackets, and the first bytes of signs of currencies and of digits in full width.
BEGINS_AN_AMOUNT = BEGINS_A_NUMBER.copy()
BEGINS_AN_AMOUNT[[sign.encode()[0] for sign in "($€£￦０"]] = True
BEGINS_A_CURRENCY = np.zeros(256, bool)
BEGINS_A_CURRENCY[list(b"ABCEGHIJKNRSUW")] = True


@dataclass(frozen=True)
class KnownNames:
    """The names, each with its place among the others: there its hash stands, its bytes, and its
    words. None of them is a number, an amount, a date, blank, or a word for a missing value."""

    places: Mapping[str, int] = field(default_factory=dict)
    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    lengths: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    words: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def places_of(self, texts: "pa.StringArray") -> npt.NDArray[np.int64] | None:
        """The place of each of these different texts; None where one is not known."""
        if not 0 < len(texts) <= len(self.places):
            return None
        found = [self.places.get(text, -1) for text in texts.to_pylist()]
        return None if min(found) < 0 else np.array(found, np.int64)

    def and_those_of(self, texts: TextRows, most: int) -> "KnownNames | None":
        """These names and the different ones of ``texts``; None where there are more than ``most``,
        or something else among them."""
        if len(texts.different) > most or not _are_plain(texts):
            return None
        written = texts.different.to_pylist()
        new = [place for place, text in enumerate(written) if text not in self.places]
        if len(self.places) + len(new) > most:
            return None
        if not new:
            return self
        words = np.array([len(written[place].split()) for place in new], np.int64)
        hashes = text_hashes(texts.different)[new]
        added = {written[place]: len(self.places) + number for number, place in enumerate(new)}
        return KnownNames(
            places={**self.places, **added},
            hashes=np.concatenate([self.hashes, hashes]),
            lengths=np.concatenate([self.lengths, texts.lengths[new].astype(np.int64)]),
            words=np.concatenate([self.words, words]),
        )


def _are_plain(texts: TextRows) -> bool:
    """Whether each of the different texts is a name and can be nothing else."""
    if texts.has_words or texts.begin_with(BEGINS_AN_AMOUNT).any():
        return False
    different = texts.different
    lettered = np.flatnonzero(texts.begin_with(BEGINS_A_CURRENCY))
    times = np.ones(len(lettered), np.int64)
    if len(lettered) and amounts_in(different.take(number_array(lettered)), times):
        return False
    dated = np.flatnonzero(texts.begin_with(MAY_BEGIN_A_DATE))
    return not any(map(date_form, different.take(number_array(dated)).to_pylist()))
