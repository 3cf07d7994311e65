"""The tokens that a consumer trains of a chunk's records, and what it loses of them, counted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.checks.profiles import Profile, TooLong
from curate.checks.rendered import Fate, Reading, fate

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
else:
    Mask = Any


@dataclass(slots=True)
class TokenCounts:
    """What one consumer makes of the tokens of some records.

    Attributes:
        rows: Records that were rendered.
        total: Tokens of all rows; a pair has two sequences.
        meant: Those that the data wants to be learnt.
        trained: Those that the consumer trains, of the rows that it keeps.
        lost: Those that it would train if no row were too long.
        over: Records that it keeps otherwise and that are too long.
        emptied: Those of them that are cut and of which nothing that is trained is left.
        untold: Records of which it cannot be said what is trained.
    """

    rows: int = 0
    total: int = 0
    meant: int = 0
    trained: int = 0
    lost: int = 0
    over: int = 0
    emptied: int = 0
    untold: int = 0

    def add(self, other: TokenCounts) -> None:
        """Add another chunk's counts."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def forget(self) -> None:
        """Count what was trained as not trained, because no row is kept."""
        self.trained = self.lost = self.over = self.emptied = 0


def length_of(profile: Profile, max_length: int | None) -> int | None:
    """Return the length at which a consumer cuts: the one asked for, or its own."""
    if max_length is not None:
        return max_length
    return profile.length.tokens if profile.length is not None else None


class Lengths:
    """The tokens of a chunk's records under one consumer.

    Args:
        profile: The consumer's.
        n_records: The records of the chunk.
        max_length: The length asked for, or None.
    """

    def __init__(self, profile: Profile, n_records: int, max_length: int | None) -> None:
        self._profile = profile
        self._limit = length_of(profile, max_length)
        self._too_long: TooLong | None = profile.length.too_long if profile.length else None
        self._splits = profile.length.splits if profile.length else ()
        self._sums = np.zeros((n_records, 4), np.int64)
        self._is = np.zeros((n_records, 3), np.bool_)

    def take(self, index: int, reading: Reading, form: str) -> None:
        """Count a row of a record; a record may have several."""
        found: Fate = fate(reading, self._profile.trained(form), form, self._too_long, self._limit)
        self._sums[index] += found[:4]
        self._is[index] |= (found.total > 0, found.over, found.untold)

    def over(self, kept: Mask) -> Mask:
        """Return which of the records that are kept have a row that is too long."""
        mask: Mask = self._is[:, 1] & kept
        return mask

    def counts(self, kept: Mask) -> TokenCounts:
        """Return the counts; of records that are not kept nothing is trained."""
        total, meant, before, after = self._sums.T
        over = self.over(kept)
        empty = over & (before > 0) & (after == 0)
        return TokenCounts(
            rows=int(self._is[:, 0].sum()),
            total=int(total.sum()),
            meant=int(meant.sum()),
            trained=int(after[kept].sum()),
            lost=int((before - after)[kept].sum()),
            over=int(over.sum()),
            emptied=0 if self._too_long == "drop" else int(empty.sum()),
            untold=int(self._is[:, 2].sum()),
        )
