"""Rows that belong together by one of several reasons, and so by a chain of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Labels = NDArray[np.signedinteger[Any]]
else:
    Indices = Labels = Any


def components(groupings: Sequence[Labels], n_rows: int) -> Indices:
    """Return which rows belong together under all groupings at once.

    Two rows belong together where some grouping gives them one label, or where a chain of such
    rows connects them.

    Args:
        groupings: Each `(n_rows,)` of whole numbers, labels from 0 to a small multiple of `n_rows`;
            -1 is a row that no label of this grouping holds to others.
        n_rows: Number of rows.

    Returns:
        `(n_rows,) int64`: 0, 1, 2, … in the order in which the rows first show them. Independent
        of the order of the groupings and of the labels' numbers.

    Source: connected components by hooking and pointer jumping (Shiloach and Vishkin 1982).
    """
    lowest = np.arange(n_rows, dtype=np.int64)
    for labels in groupings:
        held = np.flatnonzero(labels >= 0)
        held = held[np.bincount(labels[held])[labels[held]] > 1]
        if len(held):
            lowest = _joined(lowest, held, labels[held])
    numbers = np.cumsum(lowest == np.arange(n_rows)) - 1
    return np.asarray(numbers[lowest])


def _joined(lowest: Indices, held: Indices, labels: Labels) -> Indices:
    """Return the lowest row that each belongs to, when what a label connects is one too."""
    n_rows = len(lowest)
    # Rows are nodes, and labels are nodes behind them, so that a row is always the lowest.
    parent = np.arange(n_rows + int(labels.max()) + 1, dtype=np.int64)
    ours, theirs = lowest[held], labels + np.int64(n_rows)
    while True:
        left, right = parent[ours], parent[theirs]
        apart = left != right
        if not apart.any():
            return np.asarray(parent[lowest])
        ours, theirs = ours[apart], theirs[apart]
        left, right = left[apart], right[apart]
        np.minimum.at(parent, np.maximum(left, right), np.minimum(left, right))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
