"""Many words looked for at once: the texts of a batch that hold any of them, in one pass of numpy.

Every run of four bytes is hashed to sixteen bits and looked up in a table; where the table knows
it, the four bytes are compared. The hash multiplies, with a multiplier drawn so that no two of the
words' runs fall on one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.checks.columns import Bytes, Indices, Mask
from curate.checks.literals import LEAST_BYTES, rarest

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Words32 = NDArray[np.uint32]
    Ids = NDArray[np.uint16]
else:
    Words32 = Ids = Any

_BITS = 16
# Bytes at a time: the hashes of a quarter of them and the table stay in the cache.
_BLOCK = 1 << 18
# Set in every byte of texts and of words: it is all that upper and lower case differ in. Other
# signs fall together too (`[` and `{`), which the patterns tell apart afterwards.
_CASE = 0x20


@dataclass(frozen=True, slots=True)
class Grams:
    """Four-byte runs of words, ready to be looked for.

    Attributes:
        known: `(65536,) bool`: whether a hash is that of a run.
        table: `(65536,) uint16`: at a run's hash the run's number from 1, elsewhere 0.
        runs: `(n_runs + 1,) uint32`: the runs themselves, from index 1.
        multiplier: Of the hash.
        of_set: For each set of words the numbers of its runs.
    """

    known: Mask
    table: Ids
    runs: Words32
    multiplier: np.uint32
    of_set: tuple[tuple[int, ...], ...]

    def texts(self, data: Bytes, starts: Indices, ends: Indices) -> list[Mask]:
        """Return for each set of words which texts hold one of its runs (bool, one per text).

        Args:
            data: All texts in UTF-8, `(n_bytes,) uint8`.
            starts: Where each text begins, ascending.
            ends: Where each ends.
        """
        found = np.zeros((len(self.runs), len(ends)), dtype=np.bool_)
        if len(ends):
            first, last = int(starts[0]), int(ends[-1])
            for begin in range(first, last, _BLOCK):
                self._look(
                    data[begin : min(begin + _BLOCK + LEAST_BYTES - 1, last)], begin, ends, found
                )
        return [np.any(found[list(numbers)], axis=0) for numbers in self.of_set]

    def _look(self, data: Bytes, begin: int, ends: Indices, found: Mask) -> None:
        low = data | np.uint8(_CASE)
        for shift in range(LEAST_BYTES):
            count = (len(low) - shift) // LEAST_BYTES
            if count <= 0:
                continue
            words = low[shift : shift + count * LEAST_BYTES].view("<u4")
            hashes = (words * self.multiplier) >> np.uint32(32 - _BITS)
            at = np.flatnonzero(self.known.take(hashes))
            if not len(at):
                continue
            known = self.table[hashes[at]]
            same = words[at] == self.runs[known]
            at, known = at[same], known[same]
            places = begin + shift + at * LEAST_BYTES
            texts = np.searchsorted(ends, places, side="right")
            inside = texts < len(ends)
            # A run over the end of a text is of no text.
            inside[inside] = places[inside] + LEAST_BYTES <= ends[texts[inside]]
            found[known[inside], texts[inside]] = True


def grams_of(sets: Sequence[frozenset[bytes]]) -> Grams:
    """Return what looks for sets of words, by the rarest four bytes of each word.

    Args:
        sets: Words of at least four bytes, ASCII letters in lower case.
    """
    chosen = [[_folded(rarest(word)) for word in sorted(words)] for words in sets]
    distinct = sorted({run for runs in chosen for run in runs})
    runs = np.array([0, *(int.from_bytes(run, "little") for run in distinct)], dtype=np.uint32)
    multiplier = _multiplier(runs[1:])
    table = np.zeros(1 << _BITS, dtype=np.uint16)
    table[(runs[1:] * multiplier) >> np.uint32(32 - _BITS)] = np.arange(1, len(runs))
    number = {run: at for at, run in enumerate(distinct, 1)}
    of_set = tuple(tuple(sorted({number[run] for run in runs})) for runs in chosen)
    return Grams(table > 0, table, runs, multiplier, of_set)


def _multiplier(runs: Words32) -> np.uint32:
    """Return an odd multiplier under which no two runs have one hash, the same each time."""
    drawn = np.random.default_rng(len(runs))
    while True:
        multiplier = np.uint32(drawn.integers(1 << 31, 1 << 32) | 1)
        hashes = (runs * multiplier) >> np.uint32(32 - _BITS)
        if len(np.unique(hashes)) == len(runs):
            return multiplier


def _folded(word: bytes) -> bytes:
    return bytes(byte | _CASE for byte in word)
