"""Sentences that many rows share, and what two rows have beside them.

Rows that were made from one template share most of their words and are no duplicates; copies of one
text with a few words changed share most of their words and are. What tells them apart: rows of one
template all have the template's sentences and differ around them, edited copies differ in the very
sentences that the other copies have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.dedup.keep import Pairs
from curate.dedup.overlap import Overlap, overlap, pair_of, shared
from curate.dedup.sentences import Found, of_rows
from curate.lexical import Hashes, Ragged, ngrams
from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Scores = NDArray[np.float64]
else:
    Indices = Mask = Scores = Any

# A sentence is a template's where this many rows have it, or this share of all rows if more: below
# it, a text that people quote would be one. Shorter sentences ("Sure!") are nobody's template.
LEAST_ROWS, LEAST_ROWS_RATIO, LEAST_WORDS = 20, 1e-5, 4
# Two rows are edits of one text where this share of the words in which they differ stands in
# sentences of a template: one of them has the sentence, the other one an edit of it.
_EDITED_RATIO = 0.25
# Rows that mostly share whole sentences have to share this much of the words of the others.
_LEAST_DICE, _SURE_JACCARD = 0.5, 0.3
# The same for two rows that are linked by others.
_LINKED_DICE = 0.8
_TABLE_BITS = 22
_PAIRS, _WORDS = 20_000, 1 << 21

# Given ascending rows, returns the words of their sentences that have words, and the offsets of the
# rows into these sentences.
Reader = Callable[[Indices], tuple[Ragged, Indices]]


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
        least = np.minimum(
            *(t[cells] for t, cells in zip(self._tables, _cells(keys), strict=True))
        )
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
    first = int(hashed.starts[0])
    values = hashed.values[first : int(hashed.starts[-1])]
    lengths = hashed.lengths
    stay = np.repeat(~dropped, lengths)
    before = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.where(dropped, 0, lengths), out=before[1:])
    return Ragged(values[stay], before[starts])


class _Sides(NamedTuple):
    """The sentences of both rows of some pairs, and which of them both rows have."""

    first: Found
    second: Found
    first_shared: Mask
    second_shared: Mask
    first_frequent: Mask
    second_frequent: Mask


class Judge:
    """Says which pairs of alike rows are duplicates.

    Args:
        found: The sentences of all rows.
        frequent: In how many rows each comes; None where templates are not looked for.
        read: Reads the words of rows again.
        n: Words in an n-gram.
        threshold: The least Jaccard similarity.
    """

    def __init__(
        self, found: Found, frequent: Frequent | None, read: Reader, n: int, threshold: float
    ) -> None:
        self._found = found
        self._frequent = frequent
        self._read = read
        self._n = n
        self._threshold = threshold

    def compared(self, pairs: Pairs) -> Pairs:
        """Return those of some pairs that are alike as a whole, with their Jaccard similarity."""
        scores = np.empty(len(pairs.first))
        for part in self._parts(pairs):
            nothing = np.zeros(0, np.bool_)
            scores[part] = self._rest(pairs.where(part), None, nothing, nothing, self._n).jaccard()
        whole = Pairs(pairs.first, pairs.second, scores)
        return whole.where(scores >= self._threshold)

    def judged(self, pairs: Pairs, *, linked: bool = False) -> Pairs:
        """Return those of some alike pairs that are duplicates.

        Two rows that share a template and differ only around it are duplicates where what is
        around it is alike too; the score is then the lower one of the two. Two rows that share
        other whole sentences, which make up most of what is alike in them, have to share half of
        the words of their other sentences, unless only one of them has others.

        Args:
            pairs: Pairs with the Jaccard similarity of the whole rows.
            linked: Whether the rows of a pair are linked by others; around a template they have to
                share four fifths of the words then.
        """
        scores = pairs.scores.copy()
        for part in self._parts(pairs):
            scores[part] = self._judged(pairs.where(part), linked)
        return Pairs(pairs.first, pairs.second, scores).where(scores >= self._threshold)

    def _judged(self, pairs: Pairs, linked: bool) -> Scores:
        sides = self._sides(pairs)
        scores = pairs.scores.copy()
        template = _on_template(sides)
        at = np.flatnonzero(template)
        if len(at):
            dropped = (
                sides.first_shared & sides.first_frequent,
                sides.second_shared & sides.second_frequent,
            )
            rest = self._rest(pairs, at, *dropped, 1 if linked else self._n)
            if linked:
                scores[at[rest.dice() < _LINKED_DICE]] = -1.0
            else:
                scores[at] = np.minimum(scores[at], rest.jaccard())
        at = np.flatnonzero(~template & _unsure(sides, pairs.scores))
        if len(at):
            rest = self._rest(pairs, at, sides.first_shared, sides.second_shared, 1)
            scores[at[rest.dice() < _LEAST_DICE]] = -1.0
        return scores

    def _parts(self, pairs: Pairs) -> list[slice]:
        """Return runs of pairs that are looked at together, so that memory is bounded."""
        totals = np.zeros(len(self._found.sizes) + 1, np.int64) if False else None
        del totals
        parts = []
        words = self._n_words(pairs.first) + self._n_words(pairs.second)
        before = np.append(0, np.cumsum(words))
        begin = 0
        while begin < len(words):
            upto = int(np.searchsorted(before, before[begin] + _WORDS, "right")) - 1
            upto = min(max(upto, begin + 1), begin + _PAIRS, len(words))
            parts.append(slice(begin, upto))
            begin = upto
        return parts
