"""Rows that belong together by one of several reasons, and so by a chain of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any


def components(groupings: Sequence[Indices], n_rows: int) -> Indices:
    """Return which rows belong together under all groupings at once.

    Two rows belong together where some grouping gives them one label, or where a chain of such
    rows connects them.

    Args:
        groupings: Each `(n_rows,) int64`, labels from 0; -1 is a row that no label of this grouping
            holds to others.
        n_rows: Number of rows.

    Returns:
        `(n_rows,) int64`: 0, 1, 2, … in the order in which the rows first show them. Independent
        of the order of the groupings and of the labels' numbers.

    Source: connected components by hooking and pointer jumping (Shiloach and Vishkin 1982).
    """
    found = np.arange(n_rows, dtype=np.int64)
    for labels in groupings:
        held = np.flatnonzero(labels >= 0)
        if len(held):
            found = _joined(found, held, labels[held])
    return _renumbered(found)


def _joined(found: Indices, held: Indices, labels: Indices) -> Indices:
    """Return `found`, parts that a label connects being one; a part is named by its lowest."""
    _, dense = np.unique(labels, return_inverse=True)
    n_nodes = int(found.max()) + 1
    parent = np.arange(n_nodes + int(dense.max()) + 1, dtype=np.int64)
    ours, theirs = found[held], dense + n_nodes
    while True:
        left, right = parent[ours], parent[theirs]
        apart = left != right
        if not apart.any():
            return parent[found]
        ours, theirs = ours[apart], theirs[apart]
        left, right = left[apart], right[apart]
        np.minimum.at(parent, np.maximum(left, right), np.minimum(left, right))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above


def _renumbered(found: Indices) -> Indices:
    _, first, inverse = np.unique(found, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(len(first))
    return np.asarray(place[inverse])
