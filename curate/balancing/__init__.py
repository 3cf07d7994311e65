"""Which rows to keep, and which to copy, so that the values of a facet are in balance.

Nothing here looks at rows: it works on counts, on numbers that rank rows, and on vectors.
"""

from curate.balancing.diverse import most_different, nearest, similarity_to_kept
from curate.balancing.kto import KtoWeights, kto_weights
from curate.balancing.quotas import (
    Target,
    by_target,
    by_temperature,
    capped_ratio,
    filled,
    named,
    read_targets,
    tempered,
)
from curate.balancing.ranking import copies_of, fitting, most_that_fit, order_of, ranks_of
from curate.balancing.sketch import Frequencies, quantised, sketches

__all__ = [
    "Frequencies",
    "KtoWeights",
    "Target",
    "by_target",
    "by_temperature",
    "capped_ratio",
    "copies_of",
    "filled",
    "fitting",
    "kto_weights",
    "most_different",
    "most_that_fit",
    "named",
    "nearest",
    "order_of",
    "quantised",
    "ranks_of",
    "read_targets",
    "similarity_to_kept",
    "sketches",
    "tempered",
]
