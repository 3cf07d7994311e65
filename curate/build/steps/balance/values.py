"""The value of each row that is balanced: what several facets say of it together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Context, Rows
from curate.build.steps.facets import values_of
from curate.errors import UsageError, printable

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any

NONE = "(none)"
EVERY = "all rows"
_JOINT = " · "
# Names of more values would take more memory than the rows' numbers do.
MOST_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class Grouped:
    """The values of rows.

    Attributes:
        facets: The facets.
        names: What each value is called, sorted; `coding · en` of two facets, and `(none)` for a
            facet that a row lacks. Not printable yet.
        of_row: `(n_rows,) int64`: the place of each row's value.
        counts: `(n_values,) int64`: its rows, at least 1.
        lacking: Facet → rows that lack it, where there are any.
    """

    facets: tuple[str, ...]
    names: tuple[str, ...]
    of_row: Indices
    counts: Indices
    lacking: dict[str, int]


def grouped(rows: Rows, facets: list[str], active: Indices, context: Context) -> Grouped:
    """Return the values of some rows; without a facet all have the same.

    Raises:
        UsageError: If no row has a facet, there are more than a million values, or two values
            would be called the same.
    """
    of_row = np.zeros(len(active), np.int64)
    names = [EVERY] if not facets else [""]
    lacking = {}
    for facet in facets:
        values = values_of(rows, facet, context)
        # In quotation marks where a row spells what stands for nothing.
        texts = [f'"{text}"' if text in ("", NONE) else text for text in values.texts] + [NONE]
        codes = values.codes[active]
        if missing := int((codes < 0).sum()):
            lacking[facet] = missing
        codes = np.where(codes < 0, len(texts) - 1, codes)
        found, of_row = np.unique(of_row * len(texts) + codes, return_inverse=True)
        if len(found) > MOST_VALUES:
            raise UsageError(
                f"{', '.join(facets)} have {len(found):,} values or more, expected at most "
                f"{MOST_VALUES:,}"
            )
        names = [
            _JOINT.join(filter(None, (names[code // len(texts)], texts[code % len(texts)])))
            for code in found.tolist()
        ]
    if len(set(names)) < len(names):
        raise UsageError(f"two values of {', '.join(facets)} would be called the same")
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    of_row = place[of_row]
    sorted_names = tuple(names[at] for at in order)
    return Grouped(tuple(facets), sorted_names, of_row, np.bincount(of_row), lacking)


def balanced_rows(rows: Rows, splits: list[str]) -> Indices:
    """Return the rows of the splits that are balanced, ascending.

    Raises:
        UsageError: If there are several splits and one that is named is not among them.
    """
    names = rows.splits.names
    if len(names) == 1:
        return np.arange(len(rows))
    for name in splits:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            raise UsageError(
                f"there is no split {printable(name)}{meant}",
                hint=f"--splits with some of {', '.join(names)}",
            )
    wanted = [names.index(name) for name in splits]
    return np.flatnonzero(np.isin(rows.splits.of_row, wanted))
