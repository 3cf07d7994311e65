"""Numbers of many rows as a document shows them: quantiles, and a histogram of fixed steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Numbers = NDArray[np.integer[Any]]
else:
    Numbers = Any

# Six steps a decade that people read easily; the same for every set, so that sets compare.
_STEPS = (1, 1.5, 2, 3, 5, 7)
EDGES: tuple[int, ...] = (0, *sorted({int(s * 10**p) for p in range(9) for s in _STEPS}))


class Column:
    """One number for each row, as batches bring them.

    Args:
        most: The greatest number that is told apart; a greater one counts as it.
    """

    def __init__(self, most: int = 2**31 - 1) -> None:
        self._most = most
        self._type = np.min_scalar_type(most)
        self._parts: list[Numbers] = []

    def add(self, numbers: Any) -> None:
        """Add a batch's numbers, none of them negative."""
        self._parts.append(np.minimum(numbers, self._most).astype(self._type))

    def whole(self) -> Numbers:
        """Return all numbers in input order, `(n_rows,)`."""
        if len(self._parts) != 1:
            nothing = np.zeros(0, self._type)
            self._parts = [np.concatenate(self._parts) if self._parts else nothing]
        return self._parts[0]


def distribution(numbers: Numbers) -> dict[str, Any] | None:
    """Return what a document says of numbers, None where there are none.

    `p95` is the smallest number that 95 in 100 rows do not exceed (nearest rank), and so for the
    others, so that each is the number of a row. Of an even count `median` is the lower middle.
    A histogram's bin holds what is at least its edge and below the next.

    Args:
        numbers: `(n_rows,)`, 0 or greater, in any order.
    """
    n = len(numbers)
    if not n:
        return None
    ordered = np.sort(numbers)
    total = int(ordered.sum(dtype=np.int64))

    def rank(percent: int) -> int:
        return int(ordered[-(-percent * n // 100) - 1])

    return {
        "rows": n,
        "sum": total,
        "min": int(ordered[0]),
        "median": rank(50),
        "mean": round(total / n, 2),
        "p95": rank(95),
        "p99": rank(99),
        "max": int(ordered[-1]),
        "histogram": _histogram(ordered),
    }


def _histogram(ordered: Numbers) -> list[list[int]]:
    """Return `[edge, rows]` from the first bin that has rows to the last, none left out."""
    bounds = np.append(np.searchsorted(ordered, EDGES, "left"), len(ordered))
    counts = np.diff(bounds)
    full = np.flatnonzero(counts)
    first, last = int(full[0]), int(full[-1])
    return [[EDGES[at], int(counts[at])] for at in range(first, last + 1)]


def counted(numbers: Numbers, most: int) -> dict[str, int]:
    """Return rows by number, those of `most` and more as one, `20+`.

    Ascending from the least number to the greatest, none in between left out.
    """
    if not len(numbers):
        return {}
    counts = np.bincount(np.minimum(numbers, most))
    first = int(np.flatnonzero(counts)[0])
    found = {str(at): int(n) for at, n in enumerate(counts[first:], first)}
    if str(most) in found:
        found[f"{most}+"] = found.pop(str(most))
    return found
