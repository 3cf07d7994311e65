"""Seeded draws of rows: a number for each that depends on the row and the seed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.steps.base import Rows
from curate.lexical.keys import joined, keys_of

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
else:
    Keys = Any


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
    return joined(np.full(len(keys), seed % (1 << 64), np.uint64), keys)


def shares_of(drawn: Keys) -> Any:
    """Return draws as numbers from 0 to below 1, `(n,) float64`."""
    return (drawn >> np.uint64(11)).astype(np.float64) * 2.0**-53
