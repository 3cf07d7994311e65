"""Seeded draws of rows: a number for each that depends on the row and the seed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Rows
from curate.lexical.keys import joined, keys_of

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Shares = NDArray[np.float64]
else:
    Keys = Shares = Any

# Keys that are mixed at a time: they stay in the cache.
_BLOCK = 1 << 15


def id_keys(rows: Rows) -> Keys:
    """Return a key of each row's id, `(n_rows,) uint64`."""
    keys = np.zeros(len(rows), np.uint64)
    for start, batch in rows.batches(["id"]):
        keys[start : start + len(batch)] = keys_of(batch.column("id"))
    return keys


def draws(keys: Keys, seed: int) -> Keys:
    """Return evenly spread numbers, `(n,) uint64`: one for each key, others for another seed.

    What is drawn for a key does not depend on which other keys there are, nor on their order.
    """
    found = np.empty(len(keys), np.uint64)
    for start in range(0, len(keys), _BLOCK):
        part = keys[start : start + _BLOCK]
        found[start : start + _BLOCK] = joined(
            np.full(len(part), seed % (1 << 64), np.uint64), part
        )
    return found


def shares_of(drawn: Keys) -> Shares:
    """Return draws as numbers from 0 to below 1, `(n,) float64`."""
    found = (drawn >> np.uint64(11)).astype(np.float64)
    found *= 2.0**-53
    return found
