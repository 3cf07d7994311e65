"""Which rows of an input are drawn, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Counts = NDArray[np.int32]
    Draws = NDArray[np.uint64]
else:
    Indices = Counts = Draws = Any


def drawn(draws: Draws, asked: int, sizes: Indices | None = None, *, repeat: bool) -> Counts:
    """Return how often each row of one input is taken.

    Rows are taken in the order of their draws as long as they fit into what is left; one that does
    not fit is passed over. So the same rows are taken in any order of the input, a larger amount
    takes the rows of a smaller one and more (where sizes are 1), and a row that is added pushes out
    as much as it brings.

    Args:
        draws: `(n,) uint64`: each row's own, whatever other rows there are.
        asked: How much is asked for, in the unit of `sizes`.
        sizes: `(n,) int64`: what each row brings; None is 1 each.
        repeat: Whether rows are taken again where all of them are not enough: all as often as they
            go into what is asked, and some once more. Without it all are taken once.

    Returns:
        `(n,) int32`.
    """
    total = len(draws) if sizes is None else int(sizes.sum())
    times = np.zeros(len(draws), np.int32)
    if asked >= total:
        times += asked // total if repeat and total else 1
        if not repeat or not total:
            return times
        asked -= total * (asked // total)
    order = np.argsort(draws, kind="stable")
    times[order[:asked] if sizes is None else _fitting(order, sizes, asked)] += 1
    return times


def _fitting(left: Indices, sizes: Indices, room: int) -> Indices:
    """Return the rows that fit, taken in their order."""
    taken: list[Indices] = [left[:0]]
    while room > 0:
        left = left[sizes[left] <= room]
        if not len(left):
            break
        sums = np.cumsum(sizes[left])
        n_taken = int(np.searchsorted(sums, room, "right"))
        taken.append(left[:n_taken])
        room -= int(sums[n_taken - 1])
        left = left[n_taken:]
    return np.concatenate(taken)
