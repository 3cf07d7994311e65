"""Sentences that many rows share, and what rows have beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.deduplication.sentences import Found
from curate.lexical import Hashes, Ragged
from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any

# A sentence is a template's where this many rows have it, or this share of all rows if more: below
# it, a text that people quote would be one. Shorter sentences ("Sure!") are nobody's template.
LEAST_ROWS, LEAST_ROWS_RATIO, LEAST_WORDS = 20, 1e-5, 4
_TABLE_BITS = 22


class Frequent:
    """In how many rows each sentence comes, in 32 MiB.

    Counts are never too low; they are too high by chance where another sentence falls into both of
    its cells.

    Source: Cormode and Muthukrishnan 2005, An Improved Data Stream Summary: The Count-Min Sketch.
    """

    def __init__(self) -> None:
        self._tables = [np.zeros(1 << _TABLE_BITS, np.uint32) for _ in range(2)]
        self._rows = 0

    def add(self, found: Found) -> None:
        """Count the sentences of the rows that follow; one that a row repeats counts once."""
        rows = np.repeat(np.arange(len(found.starts) - 1), np.diff(found.starts))
        long = found.sizes >= LEAST_WORDS
        own = mixed(found.keys[long] ^ mixed(rows[long].astype(np.uint64) + np.uint64(1)))
        _, places = np.unique(own, return_index=True)
        keys = found.keys[long][places]
        for table, cells in zip(self._tables, _cells(keys), strict=True):
            np.add.at(table, cells, np.uint32(1))
        self._rows += len(found.starts) - 1

    @property
    def least_rows(self) -> int:
        """In how many rows a sentence comes that is a template's."""
        return max(LEAST_ROWS, int(self._rows * LEAST_ROWS_RATIO))

    def marks(self, keys: Hashes, sizes: Any) -> Mask:
        """Return which sentences are a template's, `(n,) bool`."""
        least = np.minimum(*(t[cells] for t, cells in zip(self._tables, _cells(keys), strict=True)))
        return np.asarray((least >= self.least_rows) & (sizes >= LEAST_WORDS))


def _cells(keys: Hashes) -> tuple[Any, Any]:
    mask = np.uint64((1 << _TABLE_BITS) - 1)
    again = mixed(keys)
    return (again & mask).astype(np.int64), ((again >> np.uint64(32)) & mask).astype(np.int64)


def rows_with(found: Found, frequent: Frequent, at_once: int = 1 << 20) -> Indices:
    """Return the rows that have a template's sentence and something beside it, ascending."""
    marked = np.zeros(len(found.starts) - 1, np.bool_)
    other = np.zeros_like(marked)
    for begin in range(0, len(found.keys), at_once):
        upto = min(begin + at_once, len(found.keys))
        marks = frequent.marks(np.asarray(found.keys[begin:upto]), found.sizes[begin:upto])
        row = np.searchsorted(found.starts, np.arange(begin, upto), "right") - 1
        marked[row[marks]] = True
        other[row[~marks]] = True
    return np.flatnonzero(marked & other)


def without(hashed: Ragged, starts: Indices, dropped: Mask) -> Ragged:
    """Return the words of rows without those of some sentences.

    Args:
        hashed: The words of each sentence.
        starts: `(n_rows + 1,) int64`: the sentences of each row.
        dropped: `(n_sentences,) bool`.
    """
    lengths = hashed.lengths
    stay = np.repeat(~dropped, lengths)
    values = hashed.values[int(hashed.starts[0]) : int(hashed.starts[-1])]
    before = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.where(dropped, 0, lengths), out=before[1:])
    return Ragged(values[stay], before[starts])
