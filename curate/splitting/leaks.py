"""What a draw of single rows would have leaked from one split into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Labels = NDArray[np.signedinteger[Any]]
    Draws = NDArray[np.uint64]
    Marks = NDArray[np.unsignedinteger[Any]]
else:
    Labels = Draws = Marks = Any


class Leaks(NamedTuple):
    """Groups that a way of splitting cuts.

    Attributes:
        groups: Groups with rows in more than one split.
        rows: Rows outside the first split whose group has a row in it.
    """

    groups: int
    rows: int


def leaks(labels: Labels, split_of_row: Marks) -> Leaks:
    """Count the groups that stand in more than one split.

    Args:
        labels: `(n_rows,)` of whole numbers: each row's group, from 0; -1 is a row of no group.
        split_of_row: `(n_rows,)` unsigned: 0 is the split that is trained on.
    """
    held = labels >= 0
    of, split = labels[held], split_of_row[held]
    n_groups = int(of.max(initial=-1)) + 1
    lowest = np.full(n_groups, np.iinfo(split.dtype).max, split.dtype)
    highest = np.zeros(n_groups, split.dtype)
    np.minimum.at(lowest, of, split)
    np.maximum.at(highest, of, split)
    cut = lowest < highest
    return Leaks(int(cut.sum()), int(np.sum((split > 0) & (lowest[of] == 0))))


def drawn_by_row(draws: Draws, rows: tuple[int, ...]) -> Marks:
    """Return the splits of a plain draw of rows, as it is usually made.

    Args:
        draws: `(n_rows,) uint64`: each row's own.
        rows: How many rows each split gets; what is left is split 0.

    Returns:
        `(n_rows,) uint8`.
    """
    order = np.argsort(draws, kind="stable")
    split_of_row = np.zeros(len(draws), np.uint8)
    begin = 0
    for number, n_rows in enumerate(rows, 1):
        split_of_row[order[begin : begin + n_rows]] = number
        begin += n_rows
    return split_of_row
