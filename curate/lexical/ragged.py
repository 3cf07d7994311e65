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

# Odd: the fractional part of the square root of 2, 64 bits.
_NEXT = 0x6A09E667F3BCC909


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


def firsts(keys: Hashes) -> Offsets:
    """Return the place of the first key that equals each, `(n,) int64`.

    Each key goes into one slot of a table, where the first in order wins; what found another key in
    its slot goes into a smaller table, by other bits.

    Args:
        keys: `(n,) uint64`, whose high bits differ where the keys do: hashes, or sums of them.
    """
    found = np.zeros(0, np.int32)
    left, rest = np.arange(len(keys), dtype=np.int32), keys
    while len(left):
        bits = max(10, len(left).bit_length() + 1)
        slots = (rest >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.int32)
        # Of those that share a slot the last one written stays: the first in order.
        table[slots[::-1]] = left[::-1]
        winners = table[slots]
        if len(found):
            found[left] = winners
            others = np.flatnonzero(keys[winners] != keys[left])
        else:
            found = winners
            others = np.flatnonzero(keys[winners] != keys)
        # Another multiple of a key has other high bits, and equal keys still have equal ones.
        left, rest = left[others], rest[others] * np.uint64(_NEXT)
    return found.astype(np.int64)
