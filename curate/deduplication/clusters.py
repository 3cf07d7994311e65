"""Pairs of rows, and the clusters that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.lexical import Offsets

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]
else:
    Scores = Any


# Pairs that are joined at a time.
STEP = 1 << 21


class Pairs(NamedTuple):
    """Pairs of rows, each once, by first and second row.

    Attributes:
        first: `(n,) int64`: the row that comes first.
        second: `(n,) int64`: the other.
        jaccard: `(n,) float64`: the exact Jaccard similarity of their sets of n-grams, 0 to 1; nan
            where it was not looked at.
    """

    first: Offsets
    second: Offsets
    jaccard: Scores


def clusters(pairs: Pairs, n_rows: int, threshold: float | None = None) -> Offsets:
    """Return the cluster of each row: the smallest row of those that pairs join with it.

    Args:
        pairs: The pairs.
        n_rows: How many rows there are.
        threshold: Pairs below it join nothing; where it is None, all pairs join.

    Returns:
        `(n_rows,) int64`: a row's own index where nothing joins it with an earlier one. So every
        cluster has exactly one row that is labelled with itself.
    """
    label = np.arange(n_rows)
    for start in range(0, len(pairs.first), STEP):
        part = slice(start, start + STEP)
        first, second = pairs.first[part], pairs.second[part]
        if threshold is not None:
            wanted = pairs.jaccard[part] >= threshold
            first, second = first[wanted], second[wanted]
        joined(label, first, second)
    return label


def components(first: Offsets, second: Offsets, n_rows: int) -> Offsets:
    """Return the smallest row that each row is joined with, directly or by others."""
    label = np.arange(n_rows)
    joined(label, first, second)
    return label


def joined(label: Offsets, first: Offsets, second: Offsets) -> None:
    """Join rows in labels that are those of clusters, and stay so.

    Every round hangs each cluster that has a smaller neighbour under one, so at least half of the
    clusters that are not done end, and rounds grow with the logarithm of the rows.
    """
    while len(first):
        left, right = label[first], label[second]
        apart = left != right
        first, second = first[apart], second[apart]
        left, right = left[apart], right[apart]
        label[np.maximum(left, right)] = np.minimum(left, right)
        while True:
            above = label[label]
            if np.array_equal(above, label):
                break
            label[:] = above
