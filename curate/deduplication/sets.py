"""Judged answers that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical import Hashes
from curate.lexical.keys import joined

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any


def opposite_preferences(
    prompt: Hashes, chosen: Hashes, rejected: Hashes, rows: Indices
) -> tuple[Indices, Indices]:
    """Return rows of which another row prefers the rejected answer, and the first such row.

    Args:
        prompt: `(n_rows,) uint64`: a key of each row's prompt.
        chosen: `(n_rows,) uint64`: of its preferred answer.
        rejected: `(n_rows,) uint64`: of the other one.
        rows: `(n,) int64`, ascending: the rows that are looked at.

    Returns:
        `(n_found,) int64`, ascending, and as many rows.
    """
    prompt, chosen, rejected = prompt[rows], chosen[rows], rejected[rows]
    forward = joined(prompt, joined(chosen, rejected))
    backward = joined(prompt, joined(rejected, chosen))
    return _first_with(forward, backward, chosen != rejected, rows)


def opposite_labels(
    prompt: Hashes, answer: Hashes, label: Mask, rows: Indices
) -> tuple[Indices, Indices]:
    """Return rows of which another row has the other label, and the first such row.

    Args:
        prompt: `(n_rows,) uint64`: a key of each row's prompt.
        answer: `(n_rows,) uint64`: of its answer.
        label: `(n_rows,) bool`.
        rows: `(n,) int64`, ascending: the rows that are looked at.

    Returns:
        `(n_found,) int64`, ascending, and as many rows.
    """
    same = joined(prompt[rows], answer[rows])
    mine = label[rows].astype(np.uint64)
    forward, backward = joined(same, mine), joined(same, np.uint64(1) - mine)
    return _first_with(forward, backward, np.ones(len(rows), np.bool_), rows)


def _first_with(
    forward: Hashes, backward: Hashes, wanted: Mask, rows: Indices
) -> tuple[Indices, Indices]:
    if not len(rows):
        return rows, rows
    keys, first = np.unique(forward, return_index=True)
    place = np.minimum(np.searchsorted(keys, backward), len(keys) - 1)
    found = np.flatnonzero((keys[place] == backward) & wanted)
    return rows[found], rows[first[place[found]]]
