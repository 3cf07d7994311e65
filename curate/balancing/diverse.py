"""The most different rows of a set: those to which every row of it is near.

Facility location: the kept rows are chosen so that the sum over all rows of the similarity to the
nearest kept row is as high as it gets. A row far from all others, which is mostly garbage, stands
for nobody but itself and so comes late, where picking the farthest row next (k-centre) would take
it first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.balancing.sketch import LENGTH, Vectors

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Gains = NDArray[np.float64]
    Block = NDArray[np.float32]
else:
    Indices = Gains = Block = Any

# Rows that are compared with each other first; larger sets are cut by k-means.
BUCKET_ROWS = 2_048
# Candidates for each row that is wanted, those compared with each other at the end, and the rows
# that these are measured on: 256 MiB of similarities.
CANDIDATES = 3
CANDIDATE_ROWS = 4_096
MEASURED_ROWS = 16_384
_BRANCHES = 64
_LLOYD_ROUNDS = 4
_SAMPLED = 32
# A bucket offers so many times its share, since some hold more to choose from than others.
_SPARE, _SPARE_ROWS = 1.5, 8
_SAME = 0.9
_LAZY_BLOCK = 32
_BLOCK_ROWS = 4_096
_EXACT_PICKS = 1_024
_PROBES = 4


def most_different(vectors: Vectors, n_rows: int) -> Indices:
    """Return the places of the rows that stand best for all, the best first, `(n,) int64`.

    Rows with equal vectors count as one, and only the first can be chosen; rows without text
    (zeros) never are, so that there may be fewer than asked for.

    Up to 4,096 rows this is the greedy algorithm, whose sum is at least 1 - 1/e of the best. Of
    larger sets, buckets of 2,048 similar rows (k-means) first offer candidates, 3 for each row
    wanted and at least 4,096; then the candidates, in buckets of 4,096, are measured on up to
    16,384 of the rows near them, and the choices of all buckets are merged by gain. Time grows with
    `(rows · (2,048 + 64 · levels) + wanted · 3 · 16,384) · width`, memory is 400 MiB and some 40
    bytes a row beside the vectors, which may be mapped from a file.

    Ties go to the earlier row, and earlier rows serve as the sample, so that the order of the rows
    should be that of a hash: the choice then does not depend on the order of the input.

    Source: Nemhauser, Wolsey, Fisher 1978 (the greedy bound); Minoux 1978 (lazy evaluation);
    Mirzasoleiman et al. 2013, GreeDi (two rounds over parts).

    Args:
        vectors: `(n_rows, width) int8`, as `sketches` or `quantised` return.
        n_rows: How many are wanted.
    """
    rows = _distinct(vectors)
    if len(rows) <= n_rows:
        return rows
    candidates = rows
    n_candidates = max(CANDIDATE_ROWS, CANDIDATES * n_rows)
    if len(rows) > n_candidates:
        buckets = ((own, own) for own in _buckets(vectors, rows, BUCKET_ROWS))
        # In their old order, so that ties go to the earlier row again.
        candidates = np.sort(_merged(vectors, buckets, len(rows), n_candidates))
    measured = _with_measured(vectors, candidates, rows)
    return _merged(vectors, measured, len(candidates), n_rows)


def nearest(vectors: Vectors, kept: Indices) -> tuple[Indices, Gains]:
    """Return the kept row that is nearest to each row, and the similarity, -1 to 1.

    Up to 1,024 kept rows all are looked at; of more, those of the four nearest of `sqrt(n)`
    clusters, so that a nearer one may be missed.

    Args:
        vectors: `(n_rows, width) int8`.
        kept: `(n_kept,) int64`, at least one: their places.

    Returns:
        `(n_rows,) int64` places in `kept`, the earlier of two that are as near, and `(n_rows,)
        float64`.
    """
    best = np.full(len(vectors), -np.inf)
    found = np.zeros(len(vectors), np.int64)
    if len(kept) <= _EXACT_PICKS:
        _look(vectors, np.arange(len(vectors)), kept, np.arange(len(kept)), (found, best))
        return found, best / LENGTH**2
    centres = _centres(vectors, kept, round(len(kept) ** 0.5))
    cluster = _nearest_centres(vectors, kept, centres, 1)[:, 0]
    probes = _nearest_centres(vectors, np.arange(len(vectors)), centres, _PROBES)
    for number in np.unique(cluster):
        members = np.flatnonzero(cluster == number)
        _look(vectors, np.flatnonzero((probes == number).any(axis=1)), kept, members, (found, best))
    return found, best / LENGTH**2


def similarity_to_kept(vectors: Vectors, rows: Indices, kept: Indices) -> float:
    """Return the mean similarity of some rows to the kept row nearest to each, -1 to 1."""
    best = np.full(len(vectors), -np.inf)
    found = np.zeros(len(vectors), np.int64)
    _look(vectors, rows, kept, np.arange(len(kept)), (found, best))
    return float(best[rows].mean()) / LENGTH**2


def _look(
    vectors: Vectors, rows: Indices, kept: Indices, members: Indices, so_far: tuple[Indices, Gains]
) -> None:
    """Compare rows with some of the kept ones, and note which are nearer than any before."""
    found, best = so_far
    theirs = vectors[kept[members]].astype(np.float32)
    for block, mine in _blocks(vectors, rows, max(1, (1 << 22) // max(1, len(members)))):
        near = mine @ theirs.T
        at = near.argmax(axis=1)
        value = near[np.arange(len(block)), at].astype(np.float64)
        nearer = (value > best[block]) | ((value == best[block]) & (members[at] < found[block]))
        found[block[nearer]], best[block[nearer]] = members[at][nearer], value[nearer]


def _blocks(
    vectors: Vectors, rows: Indices, size: int = _BLOCK_ROWS
) -> Iterator[tuple[Indices, Block]]:
    size = min(size, _BLOCK_ROWS)
    for begin in range(0, len(rows), size):
        block = rows[begin : begin + size]
        yield block, vectors[block].astype(np.float32)


def _distinct(vectors: Vectors) -> Indices:
    """Return the first place of each distinct vector that is not zero, ascending."""
    draws = np.random.Generator(np.random.PCG64(0))
    factors = draws.integers(1, 1 << 63, vectors.shape[1], dtype=np.uint64) * np.uint64(2)
    factors += np.uint64(1)
    keys = np.zeros(len(vectors), np.uint64)
    filled = np.zeros(len(vectors), np.bool_)
    for begin in range(0, len(vectors), _BLOCK_ROWS):
        block = np.asarray(vectors[begin : begin + _BLOCK_ROWS])
        keys[begin : begin + len(block)] = block.astype(np.int64).view(np.uint64) @ factors
        filled[begin : begin + len(block)] = block.any(axis=1)
    there = np.flatnonzero(filled)
    _, first = np.unique(keys[there], return_index=True)
    return np.asarray(np.sort(there[first]))


def _merged(
    vectors: Vectors, buckets: Iterable[tuple[Indices, Indices]], n_candidates: int, n_rows: int
) -> Indices:
    """Return the rows that buckets would choose, those that add most first.

    Args:
        vectors: Those of all rows.
        buckets: The candidates of each bucket and the rows that they are measured on.
        n_candidates: Those of all buckets.
        n_rows: How many are wanted.
    """
    picked: list[Indices] = []
    gains: list[Gains] = []
    for candidates, measured in buckets:
        share = n_rows * len(candidates) / n_candidates
        most = min(len(candidates), math.ceil(share * _SPARE) + _SPARE_ROWS, n_rows)
        near = vectors[candidates].astype(np.float32)
        same = near if measured is candidates else vectors[measured].astype(np.float32)
        similar = near @ same.T
        places, gain = _greedy(np.maximum(similar, 0, out=similar), most)
        picked.append(candidates[places])
        gains.append(gain)
    # Gains of a bucket only fall, so that a bucket's picks stay in their order.
    order = np.argsort(-np.concatenate(gains), kind="stable")[:n_rows]
    return np.asarray(np.concatenate(picked)[order])


def _with_measured(
    vectors: Vectors, candidates: Indices, rows: Indices
) -> Iterator[tuple[Indices, Indices]]:
    """Yield buckets of candidates with a sample of the rows that are nearer to them than others."""
    buckets = list(_buckets(vectors, candidates, CANDIDATE_ROWS))
    sample = rows[: len(buckets) * MEASURED_ROWS]
    middles = np.array([_middle(vectors[own].astype(np.float64).sum(axis=0)) for own in buckets])
    nearest_bucket = _nearest_centres(vectors, sample, middles.astype(np.float32), 1)[:, 0]
    for number, own in enumerate(buckets):
        yield own, sample[nearest_bucket == number][:MEASURED_ROWS]


def _middle(total: Gains) -> Gains:
    """Return the sum of vectors at their length, in whole numbers; zeros stay zeros."""
    length = np.sqrt(np.square(total).sum(axis=-1, keepdims=True))
    scaled = np.divide(total * LENGTH, length, out=np.zeros_like(total), where=length > 0)
    return np.asarray(np.rint(scaled))


def _greedy(similar: Block, n_rows: int) -> tuple[Indices, Gains]:
    """Return the greedy choice among a bucket's candidates, and what each adds.

    A row's gain only falls while others are picked, so that it is computed anew only for rows whose
    last gain is among the highest.

    Args:
        similar: `(n_candidates, n_measured)`, whole numbers from 0.
        n_rows: How many are wanted, at most `n_candidates`.
    """
    best = np.zeros(similar.shape[1], np.float32)
    bound = similar.sum(axis=1, dtype=np.float64)
    picked, gains = np.zeros(n_rows, np.int64), np.zeros(n_rows)
    size = min(_LAZY_BLOCK, len(similar))
    for number in range(n_rows):
        known = np.zeros(len(similar), np.bool_)
        while not known[top := int(bound.argmax())]:
            rows = np.append(np.argpartition(-bound, size - 1)[:size], top)
            rows = rows[(bound[rows] >= 0) & ~known[rows]]
            bound[rows] = _gains(similar[rows], best)
            known[rows] = True
        picked[number], gains[number] = top, bound[top]
        np.maximum(best, similar[top], out=best)
        bound[top] = -1
    return picked, gains


def _gains(similar: Block, best: Block) -> Gains:
    """Return what each of some rows would add; sums of whole numbers, so exact."""
    more = similar - best
    return np.asarray(np.maximum(more, 0, out=more).sum(axis=1, dtype=np.float64))


def _buckets(vectors: Vectors, rows: Indices, size: int) -> Iterator[Indices]:
    """Yield the rows in buckets of similar ones, none larger than `size`, each ascending."""
    if len(rows) <= size:
        yield rows
        return
    centres = _centres(vectors, rows, min(_BRANCHES, -(-2 * len(rows) // size)))
    part = _nearest_centres(vectors, rows, centres, 1)[:, 0]
    for number in np.unique(part):
        own = rows[part == number]
        if len(own) > _SAME * len(rows):
            # Rows that k-means cannot tell apart are cut where they stand.
            yield from np.array_split(own, -(-len(own) // size))
        else:
            yield from _buckets(vectors, own, size)


def _centres(vectors: Vectors, rows: Indices, n_centres: int) -> Block:
    """Return k-means centres of the first rows of a set, rounded as the vectors are."""
    sample = vectors[rows[: _SAMPLED * n_centres]].astype(np.float32)
    centres = sample[:n_centres]
    for _ in range(_LLOYD_ROUNDS):
        part = (sample @ centres.T).argmax(axis=1)
        sums = np.zeros((n_centres, sample.shape[1]))
        np.add.at(sums, part, sample)
        moved = _middle(sums)
        centres = np.where(moved.any(axis=1, keepdims=True), moved, centres).astype(np.float32)
    return np.asarray(centres)


def _nearest_centres(vectors: Vectors, rows: Indices, centres: Block, n: int) -> Indices:
    """Return the `n` nearest centres of each row, `(n_rows, n) int64`, in no order."""
    n = min(n, len(centres))
    found = np.zeros((len(rows), n), np.int64)
    begin = 0
    for block, mine in _blocks(vectors, rows):
        near = mine @ centres.T
        if n == 1:
            found[begin : begin + len(block), 0] = near.argmax(axis=1)
        else:
            found[begin : begin + len(block)] = np.argpartition(-near, n - 1, axis=1)[:, :n]
        begin += len(block)
    return found
