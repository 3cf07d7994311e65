"""Which of some duplicates stays.

A row leaves only for a row that stays and that it was itself found to be a duplicate of: what is
alike only through others stays. So no group ever leaves as a whole, and no two rows that stay are
a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.deduplication.clusters import components

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Marks = NDArray[np.uint16]
    Scores = NDArray[np.float64]
else:
    Indices = Marks = Scores = Any

# Rows of these splits stay before rows of others: what a model is measured on is left as it is.
_HELD_OUT = ("test", "validation")
# How often rows that others link are compared; a set that found nothing is not asked again.
_ROUNDS = 32


class Pairs(NamedTuple):
    """Pairs of rows that were found to be duplicates.

    Attributes:
        first: `(n,) int64`.
        second: `(n,) int64`.
        scores: `(n,) float64`, 0 to 1: how alike they are.
    """

    first: Indices
    second: Indices
    scores: Scores

    @classmethod
    def none(cls) -> Pairs:
        """Return no pairs."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

    def where(self, wanted: Any) -> Pairs:
        """Return those of a mask or at indices."""
        return Pairs(self.first[wanted], self.second[wanted], self.scores[wanted])

    def ordered(self) -> Pairs:
        """Return each pair once, the lower row first, ascending, with its best score."""
        low, high = np.minimum(self.first, self.second), np.maximum(self.first, self.second)
        order = np.lexsort((-self.scores, high, low))
        low, high = low[order], high[order]
        fresh = np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1]))[: len(low)]
        fresh &= low != high
        return Pairs(low[fresh], high[fresh], self.scores[order][fresh])


def joined_pairs(parts: Sequence[Pairs]) -> Pairs:
    """Return the pairs of several sets, each once, ascending."""
    if not parts:
        return Pairs.none()
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True))).ordered()


def ranks(of_split: Marks, names: Sequence[str], scores: Scores | None) -> Indices:
    """Return the place of each row in the order in which rows are kept, `(n,) int64`, 0 first.

    Rows of `test` come before those of `validation`, these before other splits and `train` last;
    within them the higher score, with NaN below all numbers, and then the row that came first.

    Args:
        of_split: `(n,) uint16`: the place in `names` for each row.
        names: The splits' names.
        scores: `(n,) float64`, or None where the first row is kept.
    """
    places = [_HELD_OUT.index(n) if n in _HELD_OUT else 3 if n == "train" else 2 for n in names]
    held = np.array(places, np.uint8)[of_split]
    order = np.argsort(held, kind="stable") if scores is None else np.lexsort((-scores, held))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


class Kept(NamedTuple):
    """Which rows leave, and for which.

    Attributes:
        rows: `(n,) int64`, ascending: the rows that leave.
        kept: `(n,) int64`: the row that stays for each; the two are a pair.
        scores: `(n,) float64`: how alike the two are.
    """

    rows: Indices
    kept: Indices
    scores: Scores

    @classmethod
    def none(cls) -> Kept:
        """Return that no row leaves."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

    def where(self, wanted: Any) -> Kept:
        """Return the rows of a mask."""
        return Kept(self.rows[wanted], self.kept[wanted], self.scores[wanted])


def starred(pairs: Pairs, rank: Indices) -> Pairs:
    """Return the rows that pairs link, directly or by others, as pairs with the best of them."""
    label = components(pairs.first, pairs.second, len(rank))
    rows = np.unique(np.concatenate([pairs.first, pairs.second]))
    rows = rows[np.lexsort((rank[rows], label[rows]))]
    begins = np.append(True, label[rows[1:]] != label[rows[:-1]])[: len(rows)]
    best = rows[begins][np.cumsum(begins) - 1]
    other = rows != best
    return Pairs(best[other], rows[other], np.full(int(other.sum()), np.nan))


def settle(pairs: Pairs, rank: Indices) -> Kept:
    """Return which rows leave so that no pair stays, the best rows first.

    A row stays where none of those that rank better and are a pair with it stays. Each row that
    leaves names, of the better rows that stay and are a pair with it, the one most like it (of
    several, the one that ranks best).

    Args:
        pairs: Pairs of different rows.
        rank: `(n_rows,) int64`, all different: the lowest is the best.
    """
    stays = _independent(pairs, rank)
    first, second, scores = pairs
    leaving = np.concatenate([second, first])
    for_row = np.concatenate([first, second])
    both = np.concatenate([scores, scores])
    there = stays[for_row] & ~stays[leaving] & (rank[for_row] < rank[leaving])
    leaving, for_row, both = leaving[there], for_row[there], both[there]
    order = np.lexsort((rank[for_row], -both, leaving))
    leaving = leaving[order]
    best = np.append(True, leaving[1:] != leaving[:-1])[: len(leaving)]
    return Kept(leaving[best], for_row[order][best], both[order][best])


def _independent(pairs: Pairs, rank: Indices) -> Any:
    """Return which rows stay, `(n_rows,) bool`."""
    stays = np.ones(len(rank), np.bool_)
    if not len(pairs.first):
        return stays
    worse = np.where(rank[pairs.first] < rank[pairs.second], pairs.second, pairs.first)
    better = pairs.first + pairs.second - worse
    order = np.lexsort((worse, rank[better]))
    better, worse = better[order], worse[order]
    begins = np.flatnonzero(np.append(True, better[1:] != better[:-1])[: len(better)])
    ends = np.append(begins[1:], len(better))
    for row, begin, end in zip(
        better[begins].tolist(), begins.tolist(), ends.tolist(), strict=True
    ):
        if stays[row]:
            stays[worse[begin:end]] = False
    return stays


def settled(
    pairs: Pairs, rank: Indices, judge: Callable[[Pairs], Pairs] | None
) -> tuple[Kept, Pairs]:
    """Return which rows leave, having compared those that others link, and all pairs.

    Where many rows are alike, not all of them were compared with each other. Of the rows that
    stay, the best one of each set of linked rows is compared with the others of the set, then the
    next best, as long as that finds duplicates; what is new may bring rows back that left for one
    that leaves now.

    Args:
        pairs: Pairs of different rows, each once.
        rank: `(n_rows,) int64`, all different: the lowest is the best.
        judge: Returns those of some pairs that are duplicates, with scores; None compares no more.
    """
    if judge is None or not len(pairs.first):
        return settle(pairs, rank), pairs
    label = components(pairs.first, pairs.second, len(rank))
    tried = np.zeros(0, np.uint64)
    active = np.unique(label[pairs.first])
    turn = 0
    for _ in range(_ROUNDS):
        stays = _independent(pairs, rank)
        asked = _untried(label, active, stays, rank, turn)
        packed = _packed(asked)
        fresh = ~np.isin(packed, tried)
        if not fresh.any():
            turn += 1
            if not len(asked.first):
                break
            continue
        tried = np.union1d(tried, packed[fresh])
        found = judge(asked.where(fresh))
        active = np.unique(label[found.first])
        pairs = joined_pairs([pairs, found])
        if not len(active):
            break
    return settle(pairs, rank), pairs


def _packed(pairs: Pairs) -> Any:
    low = np.minimum(pairs.first, pairs.second).astype(np.uint64)
    return (low << np.uint64(32)) | np.maximum(pairs.first, pairs.second).astype(np.uint64)


def _untried(label: Indices, active: Indices, stays: Any, rank: Indices, turn: int) -> Pairs:
    """Return the `turn`-th best row that stays of each set of linked rows, with those behind it."""
    rows = np.flatnonzero(stays & np.isin(label, active))
    rows = rows[np.lexsort((rank[rows], label[rows]))]
    begins = np.append(True, label[rows[1:]] != label[rows[:-1]])[: len(rows)]
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(rows)))
    place = np.arange(len(rows)) - np.repeat(starts, sizes)
    centres = np.minimum(np.repeat(starts + turn, sizes), max(len(rows) - 1, 0))
    behind = place > turn
    found = rows[centres[behind]]
    return Pairs(found, rows[behind], np.full(len(found), np.nan))
