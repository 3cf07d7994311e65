"""Which pairs of alike rows are duplicates, and which only share a template or a long passage.

Rows that were made from one template share most of their words and are no duplicates; copies of one
text with a few words changed share most of their words and are. What tells them apart: rows of one
template all have the template's sentences and differ around them, while edited copies differ in the
very sentences that the other copies have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.deduplication.keep import Pairs
from curate.deduplication.overlap import Overlap, overlap, pair_of, shared, taken
from curate.deduplication.sentences import Found, expanded, of_rows
from curate.deduplication.templates import Frequent, without
from curate.lexical import Ragged, ngrams

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Scores = NDArray[np.float64]
else:
    Indices = Mask = Scores = Any

# Two rows are edits of one text where this share of the words in which they differ stands in
# sentences of a template: one of them has the sentence, the other one an edit of it.
_EDITED_RATIO = 0.25
# Rows that mostly share whole sentences have to share this much of the words of the others, unless
# what is alike in them proves this similarity of the others already.
_LEAST_DICE, _SURE_JACCARD = 0.5, 0.3
# The same around a template for two rows that are linked by others.
_LINKED_DICE = 0.6
_REFUSED = -1.0
_PAIRS, _WORDS = 20_000, 1 << 21

# Given ascending rows, returns the words of their sentences that have words, and the offsets of the
# rows into these sentences.
Reader = Callable[[Indices], tuple[Ragged, Indices]]


class _Sides(NamedTuple):
    """One row of each of some pairs: its sentences, and what is known of each of them."""

    found: Found
    shared: Mask
    frequent: Mask

    def words(self, wanted: Mask) -> Scores:
        """Return how many words of each row stand in some of its sentences."""
        pairs = pair_of(Ragged(self.found.keys, self.found.starts))
        n_pairs = len(self.found.starts) - 1
        words = np.bincount(pairs, self.found.sizes * wanted, minlength=n_pairs)
        return words.astype(np.float64)

    def at(self, wanted: Mask, of: Mask) -> Mask:
        """Return marks of sentences, those of some pairs only."""
        return wanted[np.repeat(of, np.diff(self.found.starts))]


@dataclass(frozen=True, slots=True)
class Judge:
    """Says which pairs of alike rows are duplicates.

    Attributes:
        found: The sentences of all rows.
        n_words: `(n_rows,)`: how many words each row has.
        frequent: In how many rows each sentence comes; None where templates are not looked for.
        read: Reads the words of rows again.
        n: Words in an n-gram.
        threshold: The least Jaccard similarity.
    """

    found: Found
    n_words: Any
    frequent: Frequent | None
    read: Reader
    n: int
    threshold: float

    def compared(self, pairs: Pairs) -> Pairs:
        """Return those of some pairs that are alike as a whole, with their Jaccard similarity."""
        scores = np.empty(len(pairs.first))
        for part in self.parts(pairs):
            scores[part] = self._rest(pairs.where(part), None, None, self.n).jaccard()
        return Pairs(pairs.first, pairs.second, scores).where(scores >= self.threshold)

    def judged(self, pairs: Pairs, *, linked: bool = False) -> Pairs:
        """Return those of some alike pairs that are duplicates.

        Two rows that share a template and differ only around it are duplicates where what is
        around it is alike too; the score is then the lower one of the two. Two rows that share
        other whole sentences, which make up most of what is alike in them, have to share half of
        the words of their other sentences, unless only one of them has others.

        Args:
            pairs: Pairs with the Jaccard similarity of the whole rows.
            linked: Whether the rows of each pair are linked by others; around a template they have
                to share three fifths of the words then.
        """
        scores = np.empty(len(pairs.first))
        for part in self.parts(pairs):
            scores[part] = self._judged(pairs.where(part), linked)
        return Pairs(pairs.first, pairs.second, scores).where(scores >= self.threshold)

    def _judged(self, pairs: Pairs, linked: bool) -> Scores:
        first, second = self._sides(pairs)
        scores = pairs.scores.copy()
        template = _on_template(first, second)
        if template.any():
            ours, theirs = (s.at(s.shared & s.frequent, template) for s in (first, second))
            rest = self._rest(pairs.where(template), ours, theirs, 1 if linked else self.n)
            if linked:
                alike = np.where(rest.dice() < _LINKED_DICE, _REFUSED, scores[template])
            else:
                alike = np.minimum(rest.jaccard(), scores[template])
            scores[template] = alike
        unsure = ~template & _unsure(first, second, pairs.scores)
        if unsure.any():
            ours, theirs = (s.at(s.shared, unsure) for s in (first, second))
            rest = self._rest(pairs.where(unsure), ours, theirs, 1)
            scores[unsure] = np.where(rest.dice() < _LEAST_DICE, _REFUSED, scores[unsure])
        return scores

    def _sides(self, pairs: Pairs) -> tuple[_Sides, _Sides]:
        first, second = of_rows(self.found, pairs.first), of_rows(self.found, pairs.second)
        marks = shared(Ragged(first.keys, first.starts), Ragged(second.keys, second.starts))
        return (
            _Sides(first, marks[0], self._marks(first)),
            _Sides(second, marks[1], self._marks(second)),
        )

    def _marks(self, found: Found) -> Mask:
        if self.frequent is None:
            return np.zeros(len(found.keys), np.bool_)
        return self.frequent.marks(found.keys, found.sizes)

    def _rest(self, pairs: Pairs, of_first: Mask | None, of_second: Mask | None, n: int) -> Overlap:
        """Return the n-grams that the rows of pairs share without some of their sentences."""
        rows, place = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
        hashed, starts = self.read(rows)
        n_pairs = len(pairs.first)
        return overlap(
            ngrams(_words(hashed, starts, place[:n_pairs], of_first), n),
            ngrams(_words(hashed, starts, place[n_pairs:], of_second), n),
        )

    def parts(self, pairs: Pairs) -> Iterator[slice]:
        """Yield runs of pairs that are looked at together, so that memory is bounded."""
        words = np.asarray(self.n_words)[pairs.first].astype(np.int64)
        words += np.asarray(self.n_words)[pairs.second]
        before = np.append(0, np.cumsum(words))
        begin = 0
        while begin < len(words):
            upto = int(np.searchsorted(before, before[begin] + _WORDS, "right")) - 1
            upto = min(max(upto, begin + 1), begin + _PAIRS)
            yield slice(begin, upto)
            begin = upto


def _words(hashed: Ragged, starts: Indices, rows: Indices, dropped: Mask | None) -> Ragged:
    """Return the words of rows, which may come more than once, without some sentences."""
    chosen, row_starts = expanded(starts, rows)
    words = taken(hashed, chosen)
    if dropped is None:
        return words.grouped(row_starts)
    return without(words, row_starts, dropped)


def _on_template(first: _Sides, second: _Sides) -> Mask:
    """Return which pairs share a template and differ only around it, `(n_pairs,) bool`."""
    common = first.words(first.shared & first.frequent)
    differing = first.words(~first.shared) + second.words(~second.shared)
    edited = first.words(~first.shared & first.frequent)
    edited += second.words(~second.shared & second.frequent)
    return np.asarray((common > 0) & (edited < _EDITED_RATIO * np.maximum(differing, 1)))


def _unsure(first: _Sides, second: _Sides, scores: Scores) -> Mask:
    """Return which pairs may be alike only by whole sentences that both rows have."""
    ours, theirs = first.words(~first.shared), second.words(~second.shared)
    common = np.maximum(first.words(first.shared), second.words(second.shared))
    alike = scores / (1 + scores) * (ours + theirs + 2 * common)
    either = alike / np.maximum(scores, 1e-9)
    sure = alike - common >= _SURE_JACCARD * (either - common)
    return np.asarray((ours > 0) & (theirs > 0) & (common > 0) & ~sure)
