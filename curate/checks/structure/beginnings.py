"""Which rows have two texts that begin alike, found on whole columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow.compute as pc

from curate.checks.columns import Indices, Mask, Texts

# Texts that begin alike have this many characters in common.
LEAST_CHARS = 12


def _starts(texts: Texts) -> Indices:
    """Return a number for the row and first characters of each text, -1 for a shorter text."""
    first = pc.utf8_slice_codeunits(texts.values, 0, LEAST_CHARS)
    codes = first.dictionary_encode()
    numbers: Indices = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    numbers += texts.rows * (len(codes.dictionary) + 1)
    numbers[texts.lengths < LEAST_CHARS] = -1
    return numbers


def two_of(role: str) -> Callable[[Texts], Mask]:
    """Return a screen for rows in which two texts of a role begin alike."""

    def screen(texts: Texts) -> Mask:
        starts = _starts(texts)
        mine = texts.of_roles((role,)) & (starts >= 0)
        values, counts = np.unique(starts[mine], return_counts=True)
        return np.asarray(mine & np.isin(starts, values[counts > 1]))

    return screen


def one_of_each(role: str, other: str) -> Callable[[Texts], Mask]:
    """Return a screen for rows in which a text of each of two roles begins alike."""

    def screen(texts: Texts) -> Mask:
        starts = _starts(texts)
        first = texts.of_roles((role,)) & (starts >= 0)
        second = texts.of_roles((other,)) & (starts >= 0)
        return np.asarray(second & np.isin(starts, starts[first]))

    return screen
