"""The texts of one column in one block: each different one once, and which of them a row has."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lambdas.check.reading.arrow_arrays import (
    mask_array,
    mask_in,
    number_array,
    places_in,
    text_array,
    text_scalar,
)
from lambdas.check.reading.column_reading import ColumnReading
from lambdas.check.reading.missing_words import ALWAYS_MISSING, MISSING_NUMBERS, NO_NUMBERS

_LONGEST_WORD = max(len(word.encode()) for word in NO_NUMBERS)
_BLANKS_AROUND = 12
_WORDS = text_array(sorted(NO_NUMBERS))
_PLAIN_WORDS = text_array(MISSING_NUMBERS)
_EMPTY = text_scalar("")
# The first bytes of the words and of what may stand before them, blanks of any kind.
_BEGINS_A_WORD = np.zeros(256, bool)
_BEGINS_A_WORD[[word.encode()[0] for word in NO_NUMBERS]] = True
_IS_DIGIT = np.zeros(256, bool)
_IS_DIGIT[list(b"0123456789")] = True
_NO_TEXTS = text_array([])
_BEGINS_A_BLANK = np.zeros(256, bool)
_BEGINS_A_BLANK[list(b"\x00 \t\n\v\f\r\x1c\x1d\x1e\x1f\xc2\xe1\xe2\xe3")] = True


@dataclass(frozen=True)
class TextRows:
    """A column's texts: the ``different`` ones, and for each row the place of its text among them,
    -1 where the value is missing. In a column where hardly any comes back, they are taken
    ``one_by_one``: each row has the text at its own place, and one may be among them twice."""

    different: "pa.StringArray"
    places: npt.NDArray[Any]
    are_one_by_one: bool = False

    @classmethod
    def of(cls, texts: "pa.StringArray") -> "TextRows":
        """The rows with these texts, of which none is missing yet."""
        encoded = texts.dictionary_encode()
        return cls(encoded.dictionary, places_in(encoded.indices))

    @classmethod
    def one_by_one(cls, texts: "pa.StringArray") -> "TextRows":
        """The same, taking each row's text for one that does not come back: to look for those that
        do takes long."""
        return cls(texts, np.arange(len(texts)), are_one_by_one=True)

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: npt.NDArray[Any]) -> "pa.StringArray":
        """The texts of these rows, null where the value is missing."""
        places = self.places[rows]
        return self.different.take(number_array(places, places < 0))

    def in_rows(self, values: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:
        """For each row the value of its text, ``missing`` where it has none."""
        if self.are_one_by_one:
            return values
        every: npt.NDArray[Any] = np.append(values, missing) if self.missing else values
        found: npt.NDArray[Any] = every[self.places]
        return found

    @cached_property
    def missing(self) -> int:
        """The number of rows without a text."""
        return 0 if self.are_one_by_one else int(np.count_nonzero(self.places < 0))

    @cached_property
    def times(self) -> npt.NDArray[Any]:
        """The number of rows for each text."""
        if self.are_one_by_one:
            return np.ones(len(self.different), np.int64)
        return np.bincount(self.places + 1, minlength=len(self.different) + 1)[1:]

    @cached_property
    def lengths(self) -> npt.NDArray[np.int32]:
        """The bytes of each text."""
        return np.diff(self._buffers[0])

    @cached_property
    def begins(self) -> npt.NDArray[np.uint8]:
        """The byte that each text begins with, 0 for an empty one; to look closer at all of them
        would take long."""
        offsets, filled = self._buffers[0][:-1], self.lengths > 0
        if filled.all():
            every: npt.NDArray[np.uint8] = self._buffers[1][offsets]
            return every
        found = np.zeros(len(self.different), np.uint8)
        found[filled] = self._buffers[1][offsets[filled]]
        return found

    def begin_with(self, signs: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which texts begin with a byte that is among ``signs``; those of a column mostly begin
        with the same few."""
        if not (signs & self._first_bytes).any():
            return np.zeros(len(self.different), bool)
        found: npt.NDArray[np.bool_] = signs[self.begins]
        return found

    @cached_property
    def _first_bytes(self) -> npt.NDArray[np.bool_]:
        """Which bytes a text begins with."""
        return np.bincount(self.begins, minlength=256) > 0

    def _end_with(
        self, signs: npt.NDArray[np.bool_], places: npt.NDArray[Any]
    ) -> npt.NDArray[np.bool_]:
        """Which of the texts at these places end with a byte that is among ``signs``."""
        ends, content = self._buffers
        found = np.zeros(len(places), bool)
        filled = self.lengths[places] > 0
        found[filled] = signs[content[ends[places[filled] + 1] - 1]]
        return found

    @cached_property
    def words(self) -> Counter[str]:
        """The rows for each word that may stand for a missing value."""
        found: Counter[str] = Counter()
        places, named = self._named
        for word, count in zip(named.to_pylist(), self.times[places].tolist(), strict=True):
            if word:
                found[word] += count
        return found

    @property
    def has_words(self) -> bool:
        """Whether a text is blank, or a word that may stand for a missing value."""
        return len(self._named[0]) > 0

    @property
    def has_plain_words(self) -> bool:
        """Whether each such word and each blank is written as the jobs' reader knows it."""
        places, _ = self._named
        if not len(places):
            return True
        written = self.different.take(number_array(places))
        return bool(pc.all(pc.is_in(written, _PLAIN_WORDS)).as_py())

    def stands_for_no_number(
        self, numbers: npt.NDArray[np.float64], too_large: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_] | None:
        """Which texts mean that there is no number, or one that is ``too_large``; None where not
        all are such or numbers."""
        is_number = ~np.isnan(numbers)
        is_word = too_large.copy()
        is_word[self._named[0]] = True
        return is_word if is_number.any() and (is_number | is_word).all() else None

    def told_by(self, reading: ColumnReading) -> "TextRows":
        """The texts as the reading says."""
        places, named = self._named
        if not len(places) and not reading.missing and not reading.same:
            return self
        nothing = ALWAYS_MISSING | {""} | (reading.missing or frozenset())
        gone = np.zeros(len(self.different), bool)
        gone[places] = [word in nothing for word in named.to_pylist()]
        if others := nothing - NO_NUMBERS - {""}:
            plain = pc.utf8_trim_whitespace(self.different)
            gone |= mask_in(pc.is_in(plain, text_array(sorted(others))))
        texts = self.without(gone)
        if not reading.same:
            return texts
        told = TextRows.of(reading.in_one_spelling(texts.different))
        return TextRows(told.different, np.append(told.places, -1)[texts.places])

    def without(self, gone: npt.NDArray[np.bool_]) -> "TextRows":
        """The texts without those that stand for nothing."""
        if not gone.any():
            return self
        kept = np.append(np.where(gone, -1, np.cumsum(~gone) - 1), -1)
        return TextRows(self.different.filter(mask_array(~gone)), kept[self.places])

    @cached_property
    def _named(self) -> tuple[npt.NDArray[Any], "pa.StringArray"]:
        """The places of the blank texts and of those words, and these without blanks around."""
        is_short = self.lengths <= _LONGEST_WORD + _BLANKS_AROUND
        likely = self.begin_with(_BEGINS_A_BLANK) | (self.begin_with(_BEGINS_A_WORD) & is_short)
        places = np.flatnonzero(likely)
        # None of the words ends in a digit, as most numbers do.
        places = places[~self._end_with(_IS_DIGIT, places)]
        if not len(places):
            return places, _NO_TEXTS
        words = pc.utf8_trim_whitespace(self.different.take(number_array(places)))
        known = pc.or_(pc.is_in(words, _WORDS), pc.equal(words, _EMPTY))
        return places[mask_in(known)], words.filter(known)

    @cached_property
    def _buffers(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Where each text begins and ends, and the bytes of all."""
        _, offsets, data = self.different.buffers()
        first = self.different.offset
        ends = np.frombuffer(offsets, np.int32)[first : first + len(self.different) + 1]
        return ends, np.frombuffer(data or b"", np.uint8)
