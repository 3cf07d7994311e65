"""The most different rows of a set: those to which every row of it is near.

Facility location: the kept rows are chosen so that the sum over all rows of the similarity to the
nearest kept row is as high as it gets. A row far from all others, which is mostly garbage, stands
for nobody but itself and so comes late, where picking the farthest row next (k-centre) would take
it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.balance.sketch import LENGTH, Vectors

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Gains = NDArray[np.float64]
    Block = NDArray[np.float32]
else:
    Indices = Gains = Block = Any

# Rows that are compared with each other, 16 MiB of similarities; larger sets are cut by k-means.
BUCKET_ROWS = 2_048
# Candidates for each row that is kept, which a second round chooses from.
CANDIDATES = 3
_BRANCHES = 64
_LLOYD_ROUNDS = 4
_SAMPLED = 32
# A bucket offers so many times its share, since some hold more to choose from than others.
_SPARE = 1.5
_LAZY_BLOCK = 32
_BLOCK_ROWS = 4_096
_EXACT_PICKS = 1_024
_PROBES = 4


def most_different(vectors: Vectors, n_rows: int) -> Indices:
    """Return the places of the rows that stand best for all, the best first, `(n,) int64`.

    Rows with equal vectors count as one, and only the first can be chosen; rows without text
    (zeros) never are, so that there may be fewer than asked for.

    Up to 2,048 rows this is the greedy algorithm, whose sum is at least 1 - 1/e of the best. Larger
    sets are cut into buckets of similar rows by k-means, the greedy choice of each bucket is merged
    by gain, and a second round chooses from three candidates for each row wanted, weighted by the
    rows that each stands for. Time grows with rows · (2,048 + 64 · levels) · width, memory with
    16 MiB and some 24 bytes a row beside the vectors, which may be mapped from a file.

    Ties go to the earlier row, so that rows sorted by a hash are chosen whatever their input order.

    Source: Nemhauser, Wolsey, Fisher 1978 (the greedy bound); Minoux 1978 (lazy evaluation);
    Mirzasoleiman et al. 2013, GreeDi (two rounds over parts).

    Args:
        vectors: `(n_rows, width) int8`, as `sketches` or `quantised` return.
        n_rows: How many are wanted.
    """
    rows = _distinct(vectors)
    if len(rows) <= n_rows:
        return rows
    weights = np.ones(len(rows))
    if len(rows) > max(BUCKET_ROWS, CANDIDATES * n_rows):
        places, weights = _chosen(vectors, rows, weights, CANDIDATES * n_rows)
        # In their old order, so that ties go to the earlier row again.
        order = np.argsort(rows[places])
        rows, weights = rows[places][order], weights[order]
    places, _ = _chosen(vectors, rows, weights, n_rows)
    return np.asarray(rows[places])


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


def _chosen(
    vectors: Vectors, rows: Indices, weights: Gains, n_rows: int
) -> tuple[Indices, Gains]:
    """Return places in `rows` that stand best for them, by gain, and the weight each stands for."""
    picked: list[Indices] = []
    gains: list[Gains] = []
    masses: list[Gains] = []
    for bucket in _buckets(vectors, rows, np.arange(len(rows))):
        share = n_rows * len(bucket) / len(rows)
        most = min(len(bucket), int(np.ceil(share * _SPARE)) + 8, n_rows)
        near = vectors[rows[bucket]].astype(np.float32)
        similar = np.maximum(near @ near.T, 0)
        places, gain = _greedy(similar, weights[bucket], most)
        stands = similar[places].argmax(axis=0)
        picked.append(bucket[places])
        gains.append(gain)
        masses.append(np.bincount(stands, weights[bucket], minlength=len(places)))
    # Gains of a bucket only fall, so that a bucket's picks stay in their order.
    order = np.argsort(-np.concatenate(gains), kind="stable")[:n_rows]
    return np.concatenate(picked)[order], np.concatenate(masses)[order]


def _greedy(similar: Block, weights: Gains, n_rows: int) -> tuple[Indices, Gains]:
    """Return the greedy choice among the rows of a bucket, and what each adds.

    A row's gain only falls while others are picked, so that it is computed anew only for rows whose
    last gain is among the highest.
    """
    best = np.zeros(len(similar), np.float32)
    bound = _gains(similar, np.arange(len(similar)), best, weights)
    picked, gains = np.zeros(n_rows, np.int64), np.zeros(n_rows)
    size = min(_LAZY_BLOCK, len(similar))
    for number in range(n_rows):
        known = np.zeros(len(similar), np.bool_)
        while not known[top := int(bound.argmax())]:
            rows = np.append(np.argpartition(-bound, size - 1)[:size], top)
            rows = rows[(bound[rows] >= 0) & ~known[rows]]
            bound[rows] = _gains(similar, rows, best, weights)
            known[rows] = True
        picked[number], gains[number] = top, bound[top]
        np.maximum(best, similar[top], out=best)
        bound[top] = -1
    return picked, gains


def _gains(similar: Block, rows: Indices, best: Block, weights: Gains) -> Gains:
    """Return what each of some rows would add; sums of whole numbers, so exact."""
    found = np.empty(len(rows))
    for begin in range(0, len(rows), _LAZY_BLOCK):
        more = np.maximum(similar[rows[begin : begin + _LAZY_BLOCK]] - best, 0)
        found[begin : begin + _LAZY_BLOCK] = more.astype(np.float64) @ weights
    return found


def _buckets(vectors: Vectors, rows: Indices, places: Indices) -> Iterator[Indices]:
    """Yield the places in buckets of similar rows, none larger than `BUCKET_ROWS`."""
    if len(places) <= BUCKET_ROWS:
        yield places
        return
    n_parts = min(_BRANCHES, -(-2 * len(places) // BUCKET_ROWS))
    part = _nearest_centres(
        vectors, rows[places], _centres(vectors, rows[places], n_parts), 1
    )[:, 0]
    for number in np.unique(part):
        own = places[part == number]
        if len(own) > 0.9 * len(places):
            # Rows that k-means cannot tell apart are cut where they stand.
            yield from np.array_split(own, -(-len(own) // BUCKET_ROWS))
        else:
            yield from _buckets(vectors, rows, own)


def _centres(vectors: Vectors, rows: Indices, n_centres: int) -> Block:
    """Return k-means centres of the first rows of a set, rounded as the vectors are."""
    sample = vectors[rows[: _SAMPLED * n_centres]].astype(np.float32)
    centres = sample[:n_centres]
    for _ in range(_LLOYD_ROUNDS):
        part = (sample @ centres.T).argmax(axis=1)
        sums = np.zeros((n_centres, sample.shape[1]))
        np.add.at(sums, part, sample)
        lengths = np.sqrt(np.square(sums).sum(axis=1, keepdims=True))
        moved = np.rint(np.divide(sums * LENGTH, lengths, out=sums, where=lengths > 0))
        centres = np.where(lengths > 0, moved, centres).astype(np.float32)
    return np.asarray(centres)


def _nearest_centres(vectors: Vectors, rows: Indices, centres: Block, n: int) -> Indices:
    """Return the `n` nearest centres of each row, `(n_rows, n) int32`, in no order."""
    n = min(n, len(centres))
    found = np.zeros((len(rows), n), np.int32)
    begin = 0
    for block, mine in _blocks(vectors, rows):
        near = mine @ centres.T
        if n == 1:
            found[begin : begin + len(block), 0] = near.argmax(axis=1)
        else:
            found[begin : begin + len(block)] = np.argpartition(-near, n - 1, axis=1)[:, :n]
        begin += len(block)
    return found
