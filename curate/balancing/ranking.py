"""Which rows of a value come first, and how many of them fit a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Indices = Keys = Numbers = Mask = Any


def order_of(values: Indices, *keys: Any) -> Indices:
    """Return the rows value by value, `(n_rows,) int64`, those of a value by keys, lowest first.

    Rows with equal keys stay in their order.

    Args:
        values: `(n_rows,) int64`: the value of each row.
        keys: `(n_rows,)` each, the most important first.
    """
    return np.asarray(np.lexsort((*reversed(keys), values)))


def ranks_of(order: Indices, counts: Indices) -> Indices:
    """Return the place of each row among those of its value, `(n_rows,) int64`, from 0.

    Args:
        order: What `order_of` returned.
        counts: `(n_values,) int64`: rows of each value, none of them 0.
    """
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order)) - np.repeat(starts, counts)
    return ranks


def fitting(costs: Numbers, budget: float) -> Mask:
    """Return which rows fit a budget when they are taken in order, `(n_rows,) bool`.

    A row that is too large for what is left is passed over, and smaller ones behind it are taken.
    """
    taken = np.zeros(len(costs), np.bool_)
    begin, left = 0, float(budget)
    while begin < len(costs):
        sums = np.cumsum(costs[begin:])
        n_fit = int(np.searchsorted(sums, left, "right"))
        taken[begin : begin + n_fit] = True
        left -= float(sums[n_fit - 1]) if n_fit else 0.0
        # The next row that is small enough.
        smaller = np.flatnonzero(costs[begin + n_fit :] <= left)
        if not len(smaller):
            break
        begin += n_fit + int(smaller[0])
    return taken


def most_that_fit(costs: Numbers, budget: float) -> int:
    """Return how many rows can fit a budget at most: the smallest ones."""
    return int(np.searchsorted(np.cumsum(np.sort(costs)), budget, "right"))


def copies_of(ranks: Indices, counts: Indices, wanted: Indices, values: Indices) -> Indices:
    """Return how many copies each row gets, `(n_rows,) int64`, so that values have what they want.

    All rows of a value are copied equally often, and the first of them once more; none where a
    value has enough.
    """
    whole = np.maximum(wanted // counts - 1, 0)
    rest = np.where(wanted > counts, wanted % counts, 0)
    return np.asarray(whole[values] + (ranks < rest[values]))
