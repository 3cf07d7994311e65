"""Strata: rows with the same values of several facets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.line.base import Context, Rows
from curate.build.steps.facets import check_name, values_of
from curate.errors import UsageError, printable
from curate.lexical.keys import keys_of
from curate.row import TEXT

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
else:
    Indices = Keys = Any

NONE = "(none)"
MOST_STRATA = 10_000
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Strata:
    """The stratum of each row.

    Attributes:
        facets: The facets' names.
        names: What each stratum is called, `coding · en`, sorted; printable.
        keys: `(n_strata,) uint64`: a key of each, the same whatever other strata there are.
        of_row: `(n_rows,) int64`: the place of each row's stratum.
    """

    facets: tuple[str, ...]
    names: tuple[str, ...]
    keys: Keys
    of_row: Indices


def strata_of(rows: Rows, facets: list[str], context: Context) -> Strata:
    """Return the strata that facets make together; a row without a value has the value none.

    Raises:
        UsageError: If a facet is unknown, named twice or of no row, or there are more than 10,000
            strata.
    """
    if len(set(facets)) < len(facets):
        raise UsageError(f"stratify names a facet twice: {printable(', '.join(facets))}")
    of_row = np.zeros(len(rows), np.int64)
    wholes: list[tuple[str, ...]] = [()]
    for facet in facets:
        check_name(facet)
        values = values_of(rows, facet, context)
        texts = [*values.texts, NONE]
        codes = np.where(values.codes < 0, len(values.texts), values.codes)
        found, of_row = np.unique(of_row * len(texts) + codes, return_inverse=True)
        if len(found) > MOST_STRATA:
            raise UsageError(
                f"stratify by {printable(', '.join(facets))} makes {len(found):,} strata or more; "
                f"at most {MOST_STRATA:,} can keep their shares",
                hint="stratify by facets of fewer values",
            )
        wholes = [
            (*wholes[code // len(texts)], texts[code % len(texts)]) for code in found.tolist()
        ]
    order = sorted(range(len(wholes)), key=wholes.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    keys = keys_of(pa.array(["\0".join(wholes[at]) for at in order], TEXT))
    names = tuple(" · ".join(printable(v, _NAME_CHARS) for v in wholes[at]) for at in order)
    return Strata(tuple(facets), names, keys, place[of_row])
