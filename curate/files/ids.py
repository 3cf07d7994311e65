"""Which ids have been given: a set of 64-bit hashes that costs 8 bytes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]


def made_hashes(ids: Iterable[str]) -> bytes:
    """Return 8 bytes for each id of 16 hex digits, as `SeenHashes.add` takes them."""
    return np.frombuffer(bytes.fromhex("".join(ids)), ">u8").astype(np.uint64).tobytes()


def id_hashes(ids: Iterable[tuple[str, str]]) -> bytes:
    """Return 8 bytes for each id, as `SeenHashes.add` takes them (uint64, machine order).

    Args:
        ids: Pairs of an id and the 16 digits that it would have been made as. An id that is those
            digits stands for itself; another one is hashed.
    """
    return made_hashes(
        made if own == made else hashlib.sha256(own.encode()).hexdigest()[:16] for own, made in ids
    )


class SeenHashes:
    """A growing set of hashes in sorted runs whose sizes double.

    Adding n hashes costs O(n log n) amortised. Two ids with one hash (2^-64 a pair) would only
    give the later one a needless suffix.
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def add(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Add hashes and return, for each, whether it was seen before or earlier in the array."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        known = np.zeros(len(hashes), bool)
        known[1:] = ordered[1:] == ordered[:-1]
        for run in self._runs:
            # Sorted questions walk through a run from front to back, which its cache can follow.
            at = np.searchsorted(run, ordered)
            at[at == len(run)] = 0
            known |= run[at] == ordered
        fresh = ordered[~known]
        repeated = np.empty(len(hashes), bool)
        repeated[order] = known
        if len(fresh):
            while self._runs and len(self._runs[-1]) <= 2 * len(fresh):
                fresh = np.concatenate([self._runs.pop(), fresh])
                fresh.sort(kind="stable")
            self._runs.append(fresh)
        return repeated
