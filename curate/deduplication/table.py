"""Many hashes in one table, to look up many others in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical import Hashes, Offsets

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
else:
    Mask = Any

# Places behind its own that a hash may stand in.
_PROBES = 16
# Odd: the fractional part of the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15


class Table:
    """A set of hashes, by open addressing with linear probing."""

    def __init__(self, hashes: Hashes) -> None:
        """Put hashes in, which are well mixed and not 0."""
        bits = max(4, (3 * len(hashes)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._slots = np.zeros((1 << bits) + _PROBES, np.uint64)
        place = self._place(hashes)
        for _ in range(_PROBES):
            free = self._slots[place] == 0
            self._slots[place[free]] = hashes[free]
            left = self._slots[place] != hashes
            hashes, place = hashes[left], place[left] + 1
            if not len(hashes):
                break
        self._rest = hashes

    def _place(self, hashes: Hashes) -> Offsets:
        return ((hashes * np.uint64(_GOLDEN)) >> self._shift).view(np.int64)

    def has(self, hashes: Hashes) -> Mask:
        """Return which hashes are in the table."""
        place = self._place(hashes)
        there = self._slots[place]
        found: Mask = there == hashes
        open_ = np.flatnonzero(~found & (there != 0))
        for step in range(1, _PROBES):
            if not len(open_):
                return found
            there = self._slots[place[open_] + step]
            found[open_] = there == hashes[open_]
            open_ = open_[(there != hashes[open_]) & (there != 0)]
        found[open_] = np.isin(hashes[open_], self._rest)
        return found
