"""Rows to train, validation and test: whole groups, by a seeded draw of each.

Nothing here looks at rows: it works on numbers that say which rows belong together, of which
stratum each is, and how each group was drawn.
"""

from curate.splitting.assign import Assignment, Wanted, assign
from curate.splitting.components import components
from curate.splitting.leaks import Leaks, drawn_by_row, leaks
from curate.splitting.units import Units, lowest

__all__ = [
    "Assignment",
    "Leaks",
    "Units",
    "Wanted",
    "assign",
    "components",
    "drawn_by_row",
    "leaks",
    "lowest",
]
