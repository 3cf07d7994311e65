"""The units that are drawn: groups of rows, with the strata of their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Draws = NDArray[np.uint64]
else:
    Indices = Draws = Any


def lowest(keys: Draws, unit_of_row: Indices) -> Draws:
    """Return the lowest key of each unit's rows, `(n_units,) uint64`.

    The lowest of a set does not depend on the order of its rows.
    """
    found = np.full(int(unit_of_row.max(initial=-1)) + 1, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(found, unit_of_row, keys)
    return found


@dataclass(frozen=True, slots=True)
class Units:
    """Groups of rows and how many rows of each stratum they hold.

    Attributes:
        sizes: `(n_units,) int64`: rows of each.
        starts: `(n_units + 1,) int64`: the entries of unit `i` are `starts[i]:starts[i + 1]`.
        strata: `(n_entries,) int64`: the stratum of an entry.
        counts: `(n_entries,) int64`: the unit's rows of that stratum, at least 1.
        totals: `(n_strata,) int64`: rows of each stratum in all.
    """

    sizes: Indices
    starts: Indices
    strata: Indices
    counts: Indices
    totals: Indices

    @classmethod
    def of(cls, unit_of_row: Indices, stratum_of_row: Indices | None = None) -> Units:
        """Count the rows of units by stratum.

        Args:
            unit_of_row: `(n_rows,) int64`, every number from 0 to the highest taken.
            stratum_of_row: `(n_rows,) int64` likewise; None is one stratum.
        """
        sizes = np.bincount(unit_of_row)
        n_units = len(sizes)
        if stratum_of_row is None:
            starts, strata = np.arange(n_units + 1), np.broadcast_to(np.int64(0), n_units)
            return cls(sizes, starts, strata, sizes, np.array([len(unit_of_row)]))
        totals = np.bincount(stratum_of_row)
        n_strata = max(len(totals), 1)
        entries, counts = np.unique(unit_of_row * n_strata + stratum_of_row, return_counts=True)
        starts = np.searchsorted(entries, np.arange(n_units + 1) * n_strata)
        return cls(sizes, starts, entries % n_strata, counts, totals)

    def __len__(self) -> int:
        return len(self.sizes)

    def entries(self, which: Indices) -> tuple[Indices, Indices]:
        """Return the places of the entries of some units, and where each unit's begin in them."""
        lengths = self.starts[which + 1] - self.starts[which]
        begins = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) - np.repeat(begins, lengths)
        return np.repeat(self.starts[which], lengths) + within, begins

    def rows_of(self, which: Indices) -> Indices:
        """Return how many rows of each stratum some units hold, `(n_strata,) int64`."""
        at, _ = self.entries(which)
        found = np.zeros(len(self.totals), np.int64)
        np.add.at(found, self.strata[at], self.counts[at])
        return found
