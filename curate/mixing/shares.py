"""How much of each input is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from curate.apportion import apportioned

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Shares = NDArray[np.float64]
else:
    Indices = Shares = Any

Spread = Literal["weights", "proportional", "equal", "temperature"]


def shares(
    sizes: Indices, spread: Spread, weights: Shares | None = None, temperature: float = 1.0
) -> Shares:
    """Return the share of each input in a mixture, `(n_inputs,) float64` that add up to 1.

    Args:
        sizes: `(n_inputs,) int64`: what each input has; one that has nothing gets no share.
        spread: `weights` takes the weights, `proportional` the sizes, `equal` the same for each,
            `temperature` the sizes to the power of `1 / temperature`.
        weights: `(n_inputs,) float64`, above 0; only their proportions count.
        temperature: Above 0: 1 is proportional, and the higher it is the nearer to equal.

    Source: temperature-scaled mixing, Raffel et al. 2020 (T5), section 3.5.2; Devlin et al.
    (multilingual BERT) before it.
    """
    there = sizes > 0
    found = np.ones(len(sizes))
    if spread == "weights" and weights is not None:
        found = weights
    elif spread in ("proportional", "temperature"):
        highest = max(int(sizes.max(initial=0)), 1)
        found = (sizes / highest) ** (1.0 / (temperature if spread == "temperature" else 1.0))
    found = np.where(there, found, 0.0)
    total = float(found.sum())
    return np.asarray(found / total if total else found)


def amounts(
    of_each: Shares,
    sizes: Indices,
    budget: int | None,
    *,
    repeat: bool,
    ranks: Indices | None = None,
) -> Indices:
    """Return how much is asked of each input, `(n_inputs,) int64`.

    Args:
        of_each: `(n_inputs,) float64`: shares that add up to 1, 0 where an input has nothing.
        sizes: `(n_inputs,) int64`: what each input has.
        budget: What the mixture is to have in all: the amounts add up to it, and may exceed what an
            input has. None takes the largest mixture in these shares that repeats nothing, or with
            `repeat` the smallest that uses everything at least once.
        repeat: Whether an input may be used more than once.
        ranks: Of inputs with equal remainders that of the lowest rank is rounded up.
    """
    asked = of_each > 0
    if budget is not None:
        return apportioned(budget, of_each, ranks)
    if not asked.any():
        return np.zeros(len(sizes), np.int64)
    wholes = sizes[asked] / of_each[asked]
    whole = float(wholes.max() if repeat else wholes.min())
    found = np.rint(of_each * whole).astype(np.int64)
    return np.asarray(found if repeat else np.minimum(found, sizes))
