"""The weights of wanted and unwanted answers that KTO needs where their numbers differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

# What wanted answers times their weight may be, over unwanted ones times theirs. 4/3 is 1.33
# there, which also bounds what is made here.
LOWEST_RATIO, HIGHEST_RATIO = 1.0, 1.33


@dataclass(frozen=True, slots=True)
class KtoWeights:
    """Weights under the names of TRL's `KTOConfig`, and what they were made of.

    Attributes:
        desirable_weight: The weight of wanted answers; at least 1.
        undesirable_weight: The weight of unwanted answers; at least 1, and one of both is 1.
        desirable_rows: Rows whose label is true.
        undesirable_rows: Rows whose label is false.
    """

    desirable_weight: float
    undesirable_weight: float
    desirable_rows: int
    undesirable_rows: int

    @property
    def ratio(self) -> float:
        """Wanted answers times their weight over unwanted ones times theirs."""
        wanted = self.desirable_weight * self.desirable_rows
        return wanted / (self.undesirable_weight * self.undesirable_rows)


def kto_weights(desirable_rows: int, undesirable_rows: int) -> KtoWeights | None:
    """Return weights whose ratio lies in 1 to 1.33; None where one label has no row.

    Both are 1 where the numbers alone lie there. Elsewhere the smaller side is weighted up, to the
    middle of the range (its geometric mean, 1.15), so that a few rows that a trainer leaves out
    change nothing. Weights have 4 significant decimals.

    Source: TRL 1.16 `trl/trainer/kto_trainer.py`, which warns outside of it; Ethayarajh et al.
    2024, KTO, equation 8.
    """
    if not desirable_rows or not undesirable_rows:
        return None
    ratio = desirable_rows / undesirable_rows
    middle = math.sqrt(LOWEST_RATIO * HIGHEST_RATIO)
    desirable = undesirable = 1.0
    if ratio < LOWEST_RATIO:
        desirable = round(middle / ratio, 4)
    elif ratio > HIGHEST_RATIO:
        undesirable = round(ratio / middle, 4)
    return KtoWeights(desirable, undesirable, desirable_rows, undesirable_rows)
