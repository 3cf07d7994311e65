"""Which units go to which split: below a threshold of their draw, or by count and stratum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.apportion import apportioned
from curate.splitting.units import Units

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Draws = NDArray[np.uint64]
    Marks = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
else:
    Indices = Draws = Marks = Mask = Any

# Units that are looked at together: their numbers stay in the cache.
_BLOCK = 1 << 15
_CLOSE_BLOCK = 1_024


@dataclass(frozen=True, slots=True)
class Wanted:
    """One split that is asked for, by its share of all rows or by its rows.

    Attributes:
        ratio: Above 0 and below 1, or None.
        rows: At least 1, or None; exactly one of the two is given.
        from_top: Whether it takes from the high end of the draws, so that another split that takes
            from the low end can grow without moving its units.
    """

    ratio: float | None = None
    rows: int | None = None
    from_top: bool = False

    def asked(self, n_rows: int) -> int:
        """Return the rows that are asked for of so many, halves rounded up."""
        return self.rows if self.rows is not None else int((self.ratio or 0.0) * n_rows + 0.5)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What was assigned.

    Attributes:
        split_of_unit: `(n_units,) uint8`: 0 is the rest, `i` the `i`-th split asked for.
        asked: The rows asked of each split, in the order asked for.
        quotas: `(n_strata,) int64` for each: the rows asked of each stratum; None where a threshold
            decided.
    """

    split_of_unit: Marks
    asked: tuple[int, ...]
    quotas: tuple[Indices | None, ...]


def assign(
    units: Units, draws: Draws, wanted: Sequence[Wanted], ties: Draws | None = None
) -> Assignment:
    """Assign whole units to splits; the first split asked for has the first choice.

    What each split gets:

    - A ratio without strata is a threshold: the units whose draw is below it. A unit that is there
      before and after others are added stays where it is, whatever is added. The rows vary as
      draws do: of `n` units of one row by about `sqrt(ratio * (1 - ratio) * n)`. A unit of more
      rows than are asked for stays in the rest. Where no draw is below, the lowest unit is taken.
    - Rows, or strata, are quotas: units in the order of their draws that fit into what is left of
      each stratum's quota, then those that bring the rows nearer to the quotas. Units of one row
      fill them exactly. A unit that is added can push one boundary unit out.

    Args:
        units: The units and their strata.
        draws: `(n_units,) uint64`, evenly spread: each unit's own, whatever other units there are.
        wanted: The splits, at most 255. Their ratios add up to less than 1.
        ties: `(n_strata,) uint64`: which strata are rounded up among those of equal right; None
            where strata are one, or not to be kept.

    Deterministic, and independent of the units' order but where two draws are equal.
    """
    n_rows = int(units.totals.sum())
    split_of_unit = np.zeros(len(units), np.uint8)
    asked = tuple(each.asked(n_rows) for each in wanted)
    quotas: list[Indices | None] = []
    for number, want in enumerate(wanted):
        towards = ~draws if want.from_top else draws
        free = split_of_unit == 0
        if want.ratio is not None and ties is None:
            quotas.append(None)
            taken = _below(units, towards, free & (units.sizes <= asked[number]), want.ratio)
        else:
            left = units.rows_of(np.flatnonzero(free))
            quota = apportioned(min(asked[number], int(left.sum())), left, ties)
            quotas.append(quota)
            order = np.flatnonzero(free)
            order = order[np.argsort(towards[order], kind="stable")]
            taken = filled(units, order, quota)
        split_of_unit[taken] = number + 1
    return Assignment(split_of_unit, asked, tuple(quotas))


def filled(units: Units, order: Indices, quota: Indices) -> Indices:
    """Return the units that fill quotas, taken in an order.

    First each that fits wholly into what is left, then each that lessens the sum over strata of
    how far the rows are from the quotas.
    """
    room = quota.copy()
    taken: list[Indices] = []

    def take(which: Indices) -> None:
        which = which[_fits(units, which, room)]
        if not len(which):
            return
        rows = units.rows_of(which)
        if bool(np.all(rows <= room)):
            room[:] -= rows
            taken.append(which)
            return
        half = len(which) // 2
        take(which[:half])
        take(which[half:])

    for start in range(0, len(order), _BLOCK):
        if not room.any():
            break
        take(order[start : start + _BLOCK])
    if room.any():
        chosen = np.zeros(len(units), np.bool_)
        for which in taken:
            chosen[which] = True
        taken.append(_nearer(units, order[~chosen[order]], room))
    return np.concatenate(taken) if taken else np.zeros(0, np.int64)


def _below(units: Units, draws: Draws, able: Mask, ratio: float) -> Indices:
    shares = (draws >> np.uint64(11)).astype(np.float64)
    shares *= 2.0**-53
    taken = np.flatnonzero(able & (shares < ratio))
    if len(taken) or not able.any():
        return taken
    candidates = np.flatnonzero(able)
    return candidates[[int(np.argmin(draws[candidates]))]]


def _fits(units: Units, which: Indices, room: Indices) -> Mask:
    at, begins = units.entries(which)
    over = units.counts[at] > room[units.strata[at]]
    return ~np.logical_or.reduceat(over, begins) if len(which) else np.zeros(0, np.bool_)


def _gains(units: Units, which: Indices, room: Indices) -> Indices:
    """Return by how many rows each unit alone would bring the strata nearer to their quotas."""
    at, begins = units.entries(which)
    left = room[units.strata[at]]
    return np.add.reduceat(np.abs(left) - np.abs(left - units.counts[at]), begins)


def _nearer(units: Units, order: Indices, room: Indices) -> Indices:
    """Return the units that bring the rows nearer; a gain only falls as others are taken."""
    taken: list[int] = []
    while len(order) and bool(np.any(room > 0)):
        order = order[_gains(units, order, room) > 0]
        for unit in order[:_CLOSE_BLOCK]:
            one = np.array([unit])
            if int(_gains(units, one, room)[0]) > 0:
                room -= units.rows_of(one)
                taken.append(int(unit))
        order = order[_CLOSE_BLOCK:]
    return np.array(taken, np.int64)
