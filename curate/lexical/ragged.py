"""Hashes of many texts in one array, and how their bits are mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Offsets = NDArray[np.int64]
else:
    Hashes = Offsets = Any


class Ragged(NamedTuple):
    """Hashes of many texts in one array.

    Attributes:
        values: `(n_hashes,) uint64`, the first text's hashes first, in the order of the text.
        starts: `(n_texts + 1,) int64`: those of text `i` are `values[starts[i]:starts[i + 1]]`.
    """

    values: Hashes
    starts: Offsets

    def of(self, index: int) -> Hashes:
        """Return the hashes of one text, `(n,) uint64`, without copying."""
        return self.values[self.starts[index] : self.starts[index + 1]]

    def grouped(self, starts: Offsets) -> Ragged:
        """Return the hashes with neighbouring texts made one text, without copying them.

        Args:
            starts: `(n_groups + 1,) int64`, ascending from 0 to `n_texts`: group `i` is made of
                the texts `starts[i]` to `starts[i + 1] - 1`; it is empty where they are equal.
        """
        return Ragged(self.values, self.starts[starts])

    @property
    def n_texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Offsets:
        """How many hashes each text has, `(n_texts,) int64`."""
        return np.diff(self.starts)


def mixed(values: Hashes) -> Hashes:
    """Return the values, mixed so that every bit depends on all others; one to one.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    """
    result = values >> np.uint64(30)
    result ^= values
    result *= np.uint64(0xBF58476D1CE4E5B9)
    result ^= result >> np.uint64(27)
    result *= np.uint64(0x94D049BB133111EB)
    result ^= result >> np.uint64(31)
    return result
