"""Rows whose texts are equal but for what is folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical import Folds, Hashes, exact_keys
from curate.lexical.keys import joined, summed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    import pyarrow as pa
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any

# Tells the two halves of a key apart where what they are made of is the same.
_HALVES = (np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344))


def row_keys(
    pieces: Sequence[str] | pa.LargeStringArray, starts: Indices, beside: Hashes, folds: Folds
) -> Hashes:
    """Return a 128-bit key of each row, `(n_rows, 2) uint64`.

    Two rows have one key where they have the same pieces in the same order once folded, and the
    same key beside them; others differ but for a chance of about 2**-64 for any two of ten million
    rows together, so a text need not be looked at again.

    Args:
        pieces: The texts of all rows, those of the first row first.
        starts: `(n_rows + 1,) int64`: those of row `i` are `pieces[starts[i]:starts[i + 1]]`.
        beside: `(n_rows,) uint64`: what else must be equal (roles, tools, media, labels).
        folds: What is not told apart.
    """
    keys = exact_keys(pieces, folds)
    halves = [
        joined(summed(keys[:, half], starts[:-1], starts[1:]), beside ^ _HALVES[half])
        for half in range(2)
    ]
    return np.stack(halves, axis=1)


def groups_of(keys: Hashes, rows: Indices) -> Indices:
    """Return for each of some rows the first of them with the same key, `(n,) int64`.

    Args:
        keys: `(n_rows, 2) uint64`.
        rows: `(n,) int64`, ascending: the rows that are compared.
    """
    if not len(rows):
        return rows
    mine = keys[rows]
    # Stable, so that the first row of a group is its lowest.
    order = np.lexsort((mine[:, 1], mine[:, 0]))
    ordered = mine[order]
    begins = np.append(True, np.any(ordered[1:] != ordered[:-1], axis=1))
    owners = np.empty(len(rows), np.int64)
    owners[order] = rows[order[begins]][np.cumsum(begins) - 1]
    return owners


def best_of_groups(owners: Indices, rows: Indices, rank: Indices) -> Indices:
    """Return for each of some rows the member of its group that ranks best, `(n,) int64`.

    Args:
        owners: What `groups_of` returned.
        rows: The rows that it was given.
        rank: `(n_rows,) int64`, all different: the lowest is the best.
    """
    order = np.lexsort((rank[rows], owners))
    grouped = owners[order]
    begins = np.append(True, grouped[1:] != grouped[:-1])[: len(rows)]
    best = np.empty(len(rows), np.int64)
    best[order] = rows[order[begins]][np.cumsum(begins) - 1]
    return best
