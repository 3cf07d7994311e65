"""How many hashes pairs of texts share, for many pairs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.lexical import Hashes, Ragged
from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Scores = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Counts = Scores = Mask = Any

_SIDE = np.uint64(1)


class Overlap(NamedTuple):
    """Distinct hashes of pairs of texts, each `(n_pairs,) int64`.

    Attributes:
        both: Those that both texts have.
        first: Those of the first.
        second: Those of the second.
    """

    both: Counts
    first: Counts
    second: Counts

    def jaccard(self) -> Scores:
        """Return the Jaccard similarity of each pair, `(n,) float64`; 1 where both are empty."""
        either = self.first + self.second - self.both
        return np.where(either > 0, self.both / np.maximum(either, 1), 1.0)

    def dice(self) -> Scores:
        """Return the Dice coefficient of each pair, `(n,) float64`; 1 where both are empty."""
        sizes = self.first + self.second
        return np.where(sizes > 0, 2 * self.both / np.maximum(sizes, 1), 1.0)


def overlap(first: Ragged, second: Ragged) -> Overlap:
    """Return what the texts of each pair share.

    Args:
        first: The hashes of the first text of each pair; repeats are ignored.
        second: Those of the second, as many texts.
    """
    n_pairs = first.n_texts
    pairs = np.concatenate([pair_of(first), pair_of(second)])
    marked = np.concatenate(
        [own_keys(first) & ~_SIDE, (own_keys(second) & ~_SIDE) | _SIDE],
    )
    order = np.argsort(marked)
    marked, pairs = marked[order], pairs[order]
    fresh = np.append(True, marked[1:] != marked[:-1])[: len(marked)]
    marked, pairs = marked[fresh], pairs[fresh]
    of_second = (marked & _SIDE) > 0
    shared = np.flatnonzero((marked[1:] ^ marked[:-1]) == _SIDE)
    return Overlap(
        np.bincount(pairs[shared], minlength=n_pairs),
        np.bincount(pairs[~of_second], minlength=n_pairs),
        np.bincount(pairs[of_second], minlength=n_pairs),
    )


def shared(first: Ragged, second: Ragged) -> tuple[Mask, Mask]:
    """Return which hashes of each side the other text of the pair has too.

    Returns:
        `(n_first_hashes,) bool` and `(n_second_hashes,) bool`.
    """
    mine, others = own_keys(first), own_keys(second)
    return np.isin(mine, others), np.isin(others, mine)


def pair_of(ragged: Ragged) -> Counts:
    """Return the place of the text that each hash belongs to, `(n_hashes,) int64`."""
    return np.repeat(np.arange(ragged.n_texts), ragged.lengths)


def own_keys(ragged: Ragged) -> Hashes:
    """Return the hashes, told apart by their text's place: `(n_hashes,) uint64`."""
    first, last = int(ragged.starts[0]), int(ragged.starts[-1])
    seeds = mixed(np.arange(1, ragged.n_texts + 1, dtype=np.uint64))
    return mixed(ragged.values[first:last] ^ np.repeat(seeds, ragged.lengths))


def taken(ragged: Ragged, texts: Counts) -> Ragged:
    """Return the hashes of some texts in the order asked for; a text may come more than once."""
    lengths = ragged.lengths[texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(ragged.starts[texts] - starts[:-1], lengths)
    return Ragged(ragged.values[at], starts)
