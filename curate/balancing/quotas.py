"""How many rows each value is to have: caps, targets, a temperature, and a budget over all."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.apportion import apportioned
from curate.errors import UsageError, printable

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Shares = NDArray[np.float64]
else:
    Counts = Shares = Any

# Names the values that no target names.
OTHERS = "*"
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Target:
    """What one value is to have: a number of rows, or a share of all rows, 0 to 1."""

    rows: int | None = None
    share: float | None = None

    def __str__(self) -> str:
        return f"{self.rows:,}" if self.share is None else f"{self.share * 100:g}%"


def read_targets(texts: Sequence[str]) -> dict[str, Target]:
    """Read `VALUE=1000` and `VALUE=20%`; `*` as the value is every value that is not named.

    Raises:
        UsageError: If one is neither, or a value is named twice.
    """
    targets: dict[str, Target] = {}
    for text in texts:
        value, sign, amount = text.rpartition("=")
        target = _amount(amount.strip())
        if not sign or target is None:
            raise UsageError(
                f"target {printable(text)!r} is neither VALUE=ROWS nor VALUE=SHARE%",
                hint="for example coding=1000, chat=20% or *=500 for every other value",
            )
        if value in targets:
            raise UsageError(f"target names {printable(value)!r} twice")
        targets[value] = target
    return targets


def _amount(text: str) -> Target | None:
    share = text.endswith("%")
    try:
        number = float(text[:-1]) / 100 if share else int(text)
    except ValueError:
        return None
    if not math.isfinite(number) or number < 0 or (share and number > 1):
        return None
    return Target(share=float(number)) if share else Target(rows=int(number))


def named(targets: Mapping[str, Target], values: Sequence[str]) -> list[Target | None]:
    """Return the target of each value, None where none names it.

    Raises:
        UsageError: If a target names a value that no row has.
    """
    known = set(values)
    for value in targets:
        if value != OTHERS and value not in known:
            near = difflib.get_close_matches(value, values, n=1)
            meant = f" (did you mean {printable(near[0])!r}?)" if near else ""
            shown = ", ".join(printable(each, 40) for each in list(values)[:10])
            raise UsageError(
                f"no row has the value {printable(value)!r} that a target names{meant}",
                hint=f"the values are {shown}" + (", …" if len(values) > 10 else ""),
            )
    return [targets.get(value, targets.get(OTHERS)) for value in values]


def capped_ratio(counts: Counts, ratio: float) -> Counts:
    """Return the most rows of each value so that none is more than `ratio` of what is kept.

    The largest cap `c` with `c <= ratio · Σ min(counts, c)`, `(n_values,) int64`.

    Raises:
        UsageError: If no cap does that: `n` values have at least the share 1/n.
    """
    n_values = int((counts > 0).sum())
    if ratio * n_values < 1 - _EPSILON:
        raise UsageError(
            f"cap_ratio {ratio:g} cannot hold with {n_values} "
            f"{'value' if n_values == 1 else 'values'}: one of them has at least {1 / n_values:g}"
        )
    low, high = 1, int(counts.max())
    while low < high:
        middle = (low + high + 1) // 2
        kept = int(np.minimum(counts, middle).sum())
        low, high = (middle, high) if middle <= ratio * kept + _EPSILON else (low, middle - 1)
    return np.minimum(counts, low)


def tempered(counts: Counts, temperature: float) -> Shares:
    """Return the shares `p ** (1 / T)`, normed to 1, of values with the shares `p`.

    1 keeps the shares, more makes them more alike, below 1 less.

    Source: the exponentially smoothed weighting of multilingual BERT (Devlin 2019, S = 0.7) and
    XLM-R (Conneau et al. 2020, alpha = 0.3), where the exponent is 1 / T; the temperature of T5
    (Raffel et al. 2020, section 3.5.2).
    """
    logs = np.log(counts.astype(np.float64)) / temperature
    shares = np.exp(logs - logs.max())
    return np.asarray(shares / shares.sum())


def filled(total: int, shares: Shares, counts: Counts) -> Counts:
    """Return `total` by shares, where no part is larger than its count.

    What a value lacks goes to the others in proportion; all counts where `total` is more.
    """
    if total >= counts.sum():
        return counts.copy()
    parts = np.zeros(len(counts), np.int64)
    open_ = counts > 0
    left = total
    while True:
        asked = np.where(open_, shares, 0.0)
        exact = asked * (left / asked.sum())
        full = open_ & (exact >= counts)
        if not full.any():
            break
        parts[full] = counts[full]
        left -= int(counts[full].sum())
        open_ &= ~full
    return parts + apportioned(left, asked)


def by_temperature(
    counts: Counts, temperature: float, *, total: int | None, upsample: bool
) -> Counts:
    """Return the rows of each value under a temperature, `(n_values,) int64`.

    Without a total the shares hold but for rounding, and each value has at least one row: as many
    rows as go without copies, or with `upsample` as few as go without leaving one out. With a
    total, what a value lacks for its share goes to the others, or is copied with `upsample`.
    """
    shares = tempered(counts, temperature)
    if total is not None:
        return apportioned(total, shares) if upsample else filled(total, shares, counts)
    if upsample:
        scale = float((counts / shares).max())
        return np.maximum(np.ceil(shares * scale - 1e-6).astype(np.int64), counts)
    scale = float((counts / shares).min())
    whole = np.floor(shares * scale + 1e-6).astype(np.int64)
    return np.minimum(np.maximum(whole, 1), counts)


def by_target(
    counts: Counts, targets: Sequence[Target | None], *, total: int | None, upsample: bool
) -> Counts:
    """Return the rows that targets ask of each value, which may be more than there are.

    Shares are of all rows that stay. A value without a target keeps its rows; with a total, such
    values share what the others leave, in proportion. Where every value has a share, the total is
    the largest that needs no copies, or with `upsample` the smallest that leaves no row out.

    Raises:
        UsageError: If the targets contradict each other or the total.
    """
    shares = np.array([0.0 if t is None or t.share is None else t.share for t in targets])
    is_share = np.array([t is not None and t.share is not None for t in targets])
    free = np.array([t is None for t in targets])
    asked = np.array([0 if t is None or t.rows is None else t.rows for t in targets], np.int64)
    whole = float(shares.sum())
    if whole > 1 + _EPSILON:
        raise UsageError(f"the targets' shares add up to {whole * 100:g} %")
    if total is not None:
        return _of_total(total, counts, asked, shares, free)
    asked[free] = counts[free]
    fixed = int(asked.sum()) if upsample else int(np.minimum(asked, counts).sum())
    if not is_share.any():
        return asked
    asked += apportioned(*_shared(fixed, counts, shares, whole, upsample))
    return asked


def _shared(
    fixed: int, counts: Counts, shares: Shares, whole: float, upsample: bool
) -> tuple[int, Shares]:
    """Return how many rows the shares are of in all, and the shares."""
    if whole < 1 - _EPSILON:
        if not fixed:
            raise UsageError(
                f"the targets' shares add up to {whole * 100:g} %, and no other row stays: "
                "expected 100 %"
            )
        return round(fixed * whole / (1 - whole)), shares
    if fixed:
        raise UsageError(
            f"the targets' shares add up to 100 %, which leaves nothing for the {fixed:,} rows "
            "that they do not count"
        )
    wanted = shares > 0
    ratios = counts[wanted] / shares[wanted]
    if upsample:
        return math.ceil(float(ratios.max()) - 1e-6), shares
    return math.floor(float(ratios.min()) + 1e-6), shares


def _of_total(total: int, counts: Counts, asked: Counts, shares: Shares, free: Counts) -> Counts:
    shared = round(float(shares.sum()) * total)
    rest = total - int(asked.sum()) - shared
    if rest < 0 or (rest > 0 and not free.any()):
        raise UsageError(
            f"the targets add up to {total - rest:,} rows, and the budget is {total:,}"
        )
    wanted = asked + apportioned(shared, shares)
    others = np.where(free, counts, 0)
    return wanted + apportioned(min(rest, int(others.sum())), others)
