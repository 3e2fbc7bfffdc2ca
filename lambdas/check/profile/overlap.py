"""Which rows of the test file are also in the train file, in little more memory than the test
file's hashes take."""

import numpy as np
import numpy.typing as npt

from lambdas.check.profile.hashing import Hashes
from lambdas.check.profile.row_hashes import RowHashes

# The more bits, the fewer rows seem to be in both files and are looked for.
_BITS_A_ROW = 8
_FEWEST_BITS = 10
_ROWS_AT_ONCE = 100_000


class Overlap:
    """The rows of the test file, and which of them the train file has, too.

    ``every_row`` is the number of rows of the test file. A row is known by its key, its hash with
    the last byte first: where not all rows are kept, only low hashes are.
    """

    def __init__(self, test: RowHashes, with_label: bool) -> None:
        self.every_row = test.rows
        self.is_exact = test.is_exact
        self._with_label = with_label
        self._share, self._threshold = test.share, test.threshold
        self._keys = self._sorted_keys(test)
        # Of several rows with the same key, the first one is marked.
        self._found = np.zeros(len(self._keys), bool)
        # Nearly all rows of the train file are in no other, which the first bits of a key mostly
        # tell: to look there is quicker than to search.
        bits = max(_FEWEST_BITS, (_BITS_A_ROW * len(self._keys)).bit_length())
        self._behind_first_bits = np.uint64(64 - bits)
        self._may_be_there = _first_bits(self._keys, bits)

    def look_up(self, features: Hashes, labels: Hashes) -> None:
        """Marks the test rows that are among these rows of the train file."""
        if not len(self._keys):
            return
        keys = self._keys_of(features, labels)
        first = keys >> self._behind_first_bits
        eights = self._may_be_there[(first >> np.uint64(3)).view(np.int64)]
        keys = keys[(eights >> (first.astype(np.uint8) & np.uint8(7))) & np.uint8(1) == 1]
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        self._found[places[self._keys[places] == keys]] = True

    @property
    def rows(self) -> int:
        """How many rows of the test file are in the train file, too."""
        found, rows = np.flatnonzero(self._found), 0
        for start in range(0, len(found), _ROWS_AT_ONCE):
            begins = found[start : start + _ROWS_AT_ONCE]
            ends = np.searchsorted(self._keys, self._keys[begins], "right")
            rows += int((ends - begins).sum())
        return round(rows / self._share)

    @property
    def different_rows(self) -> tuple[int, int]:
        """How many different rows of the test file are in the train file, too, and how many there
        are."""
        return round(self._marked / self._share), round(self._different / self._share)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the test file is in the train file, too."""
        return self._marked == self._different

    def are_all_of(self, train: RowHashes) -> bool:
        """Whether the train file has the same rows and no others, each as often, in whatever order
        they came."""
        if (self.every_row, self._threshold) != (train.rows, train.threshold):
            return False
        return np.array_equal(self._keys, self._sorted_keys(train))

    @property
    def _marked(self) -> int:
        return int(np.count_nonzero(self._found))

    @property
    def _different(self) -> int:
        repeated = np.count_nonzero(self._keys[1:] == self._keys[:-1])
        return len(self._keys) - int(repeated)

    def _sorted_keys(self, rows: RowHashes) -> Hashes:
        keys, end = np.empty(rows.kept, np.uint64), 0
        for features, labels in rows.blocks:
            begin, end = end, end + len(features)
            keys[begin:end] = self._keys_of(features, labels)
        keys.sort()
        return keys

    def _keys_of(self, features: Hashes, labels: Hashes) -> Hashes:
        hashes = features + labels * np.uint64(3) if self._with_label else features.copy()
        keys: Hashes = hashes.byteswap(inplace=True)
        return keys


def _first_bits(keys: Hashes, bits: int) -> npt.NDArray[np.uint8]:
    """A bit for each way in which the first ``bits`` of a key may be: whether one begins so."""
    found = np.zeros(1 << (bits - 3), np.uint8)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        first = keys[start : start + _ROWS_AT_ONCE] >> np.uint64(64 - bits)
        within, eight = first & np.uint64(7), (first >> np.uint64(3)).view(np.int64)
        for bit in range(8):
            found[eight[within == bit]] |= np.uint8(1 << bit)
    return found
