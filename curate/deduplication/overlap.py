"""How many hashes pairs of texts share, for many pairs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.deduplication.table import Table
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

    Of each hash as many low bits are left out as the number of pairs needs, and one more: 48 or
    more are kept of 30,000 pairs.

    Args:
        first: The hashes of the first text of each pair; repeats are ignored.
        second: Those of the second, as many texts.
    """
    n_pairs = first.n_texts
    # The pair in the high bits: sorting values is faster by far than sorting places.
    bits = np.uint64(max(1, n_pairs.bit_length()))
    borders = np.arange(n_pairs + 1, dtype=np.uint64) << (np.uint64(64) - bits)
    sides = (_keyed(first, borders, bits) & ~_SIDE, _keyed(second, borders, bits) | _SIDE)
    keys = np.concatenate(sides)
    keys.sort()
    fresh = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    keys = keys[fresh]
    begins = np.append(np.searchsorted(keys, borders[:-1]), len(keys))
    of_second = _counted((keys & _SIDE) > 0, begins)
    both = _counted(np.append(keys[1:] ^ keys[:-1], 0)[: len(keys)] == _SIDE, begins)
    return Overlap(both, np.diff(begins) - of_second, of_second)


def _keyed(ragged: Ragged, borders: Hashes, bits: np.uint64) -> Hashes:
    """Return the hashes with the place of their text in as many high bits as it needs."""
    values = ragged.values[int(ragged.starts[0]) : int(ragged.starts[-1])]
    keys = mixed(values)
    keys >>= bits
    keys |= np.repeat(borders[:-1], ragged.lengths)
    return keys


def _counted(marks: Mask, begins: Counts) -> Counts:
    before = np.zeros(len(marks) + 1, np.int64)
    np.cumsum(marks, out=before[1:])
    return np.diff(before[begins])


def shared(first: Ragged, second: Ragged) -> tuple[Mask, Mask]:
    """Return which hashes of each side the other text of the pair has too.

    Returns:
        `(n_first_hashes,) bool` and `(n_second_hashes,) bool`.
    """
    mine, others = own_keys(first), own_keys(second)
    return Table(others).has(mine), Table(mine).has(others)


def pair_of(ragged: Ragged) -> Counts:
    """Return the place of the text that each hash belongs to, `(n_hashes,) int64`."""
    return np.repeat(np.arange(ragged.n_texts), ragged.lengths)


def own_keys(ragged: Ragged) -> Hashes:
    """Return the hashes, told apart by their text's place: `(n_hashes,) uint64`, never 0."""
    first, last = int(ragged.starts[0]), int(ragged.starts[-1])
    seeds = mixed(np.arange(1, ragged.n_texts + 1, dtype=np.uint64))
    keys = mixed(ragged.values[first:last] ^ np.repeat(seeds, ragged.lengths))
    return np.maximum(keys, np.uint64(1))


def taken(ragged: Ragged, texts: Counts) -> Ragged:
    """Return the hashes of some texts in the order asked for; a text may come more than once."""
    lengths = ragged.lengths[texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(ragged.starts[texts] - starts[:-1], lengths)
    return Ragged(ragged.values[at], starts)
