"""Rules about a whole file or a whole set: every one there is, and what they need to see."""

from __future__ import annotations

from curate.checks.whole import (
    arrow_columns,
    arrow_types,
    cells,
    judged,
    mixture,
    repeats,
)
from curate.checks.whole.base import Fault, Place, WholeRule

WHOLE_FAMILIES: tuple[tuple[WholeRule, ...], ...] = (
    arrow_types.RULES,
    arrow_columns.RULES,
    cells.RULES,
    judged.RULES_KTO,
    judged.RULES_PRF,
    repeats.RULES,
    mixture.RULES_BAL,
    mixture.RULES_TRN,
    mixture.RULES_WGT,
    mixture.RULES_RSN,
)
WHOLE_RULES: tuple[WholeRule, ...] = tuple(rule for family in WHOLE_FAMILIES for rule in family)

__all__ = ["WHOLE_FAMILIES", "WHOLE_RULES", "Fault", "Place", "WholeRule"]
