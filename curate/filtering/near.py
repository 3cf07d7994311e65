"""How many rows lie near a threshold, and what moving it would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from curate.filtering.rules import Rule, shown
from curate.filtering.score import Values

BINS = 10
_NEAREST = 0.05
_SHOWN_CODES = 10


@dataclass(frozen=True, slots=True)
class Near:
    """Rows by their distance to a threshold.

    Attributes:
        edges: `BINS + 1` numbers, ascending; the threshold is the one in the middle.
        counts: Rows in each bin. A bin holds its lower edge, or, where the rule keeps what is up
            to the threshold (`<=`) or beyond it (`>`), its upper one, so that none is parted.
        below: Rows under the first edge.
        above: Rows over the last one.
        moved: `(threshold, rows that would leave by it)` one bin down and one bin up.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int
    moved: tuple[tuple[float, int], tuple[float, int]]


def near(values: Values, rule: Rule) -> Near | None:
    """Return the rows near a threshold; None for rules that ask for an equal or a code.

    Together the bins reach about as far as the 5 in 100 of all rows that lie nearest: each is as
    wide as a fifth of that distance, rounded down to 1, 2 or 5 times a power of ten, and 1 at
    least for whole numbers.

    Args:
        values: The column, `(n,) float64`.
        rule: The rule.
    """
    if rule.codes or rule.op in ("==", "!="):
        return None
    there = values[~np.isnan(values)]
    width = _width(there, rule)
    edges = np.round(rule.number + width * np.arange(-BINS // 2, BINS // 2 + 1), 12)
    there.sort()
    under = np.searchsorted(there, edges, "left" if rule.op in (">=", "<") else "right")
    counts = np.diff(under)
    low, high = int(under[BINS // 2 - 1]), int(under[BINS // 2 + 1])
    gone = len(values) - len(there) if rule.known else 0
    leaving = [
        (at + gone if rule.op in (">=", ">") else len(there) - at + gone) for at in (low, high)
    ]
    down, up = edges[BINS // 2 - 1], edges[BINS // 2 + 1]
    return Near(
        tuple(edges.tolist()),
        tuple(counts.tolist()),
        int(under[0]),
        len(there) - int(under[-1]),
        ((float(down), leaving[0]), (float(up), leaving[1])),
    )


def _width(there: Values, rule: Rule) -> float:
    distance = there - rule.number
    np.abs(distance, out=distance)
    reach = np.quantile(distance, _NEAREST, overwrite_input=True) if len(there) else 0.0
    width = 2 * float(reach) / BINS
    if width <= 0:
        width = max(abs(rule.number), 1.0) / 100
    exponent = np.floor(np.log10(width))
    steps = (5, 2, 1)
    nice = next(n for n in steps if n * 10**exponent <= width * (1 + 1e-9)) * 10**exponent
    return max(1.0, float(nice)) if rule.column.score.whole else float(nice)


def codes_of(values: Values) -> dict[str, int]:
    """Return how many rows have each code, the most first."""
    counts = Counter(value for value in values.tolist() if value is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def ends(found: Near, rule: Rule) -> tuple[str, str]:
    """Return the smallest and the largest value of the bins, within the score's range."""
    score, edges = rule.column.score, found.edges
    low, high = edges[0], edges[-1]
    if score.whole:
        # Whole numbers stand in the bin that holds them, so one of its edges is not its own.
        low, high = (low, high - 1) if rule.op in (">=", "<") else (low + 1, high)
    return shown(max(low, score.low)), shown(min(high, score.high))


def moves(found: Near, rule: Rule, leaving: int) -> str:
    """Return what moving the threshold a bin down and a bin up would do, within its range."""
    score = rule.column.score
    said = []
    for at, rows in found.moved:
        if score.low <= at <= score.high:
            more = f"{abs(rows - leaving):,} {'more' if rows > leaving else 'fewer'}"
            said.append(f"at {shown(at)} {more if rows != leaving else 'as many'}")
    return ", ".join(said)


def told_codes(counts: dict[str, int]) -> str:
    """Return the line that shows the most frequent codes."""
    first = list(counts.items())[:_SHOWN_CODES]
    rest = sum(counts.values()) - sum(n for _, n in first)
    more = f" · others: {rest:,}" if rest else ""
    return " · ".join(f"{code}: {n:,}" for code, n in first) + more
