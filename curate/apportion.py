"""A whole number given out in proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Weights = NDArray[Any]
else:
    Counts = Weights = Any

_EPSILON = 1e-9


def apportioned(amount: int, weights: Weights, ties: Weights | None = None) -> Counts:
    """Return an amount in whole parts in proportion to weights, `(n,) int64`.

    The parts add up to the amount, unless no weight is above 0; each is its exact share rounded
    down or up, so that of whole weights no part is larger than its weight where the amount is at
    most their sum.

    Args:
        amount: What is given out, 0 or more.
        weights: `(n,)` numbers, 0 or more; whole ones are reckoned with exactly.
        ties: `(n,)`: of equal remainders the lowest is rounded up; None rounds the earlier up.

    Source: the largest-remainder method (Hamilton).
    """
    if weights.dtype.kind == "f":
        exact = weights * (amount / (float(weights.sum()) or 1.0))
        parts = np.floor(exact + _EPSILON).astype(np.int64)
        remainders = exact - parts
    else:
        whole = max(int(weights.sum()), 1)
        parts, remainders = amount * weights // whole, amount * weights % whole
    order = np.lexsort((np.arange(len(weights)) if ties is None else ties, -remainders))
    order = order[weights[order] > 0]
    parts[order[: max(amount - int(parts.sum()), 0)]] += 1
    return np.asarray(parts)
