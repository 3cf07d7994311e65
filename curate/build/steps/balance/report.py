"""What balancing tells: which rows leave and why, and every value before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Removal, Rows
from curate.build.steps.balance.most_different import Different
from curate.build.steps.balance.options import Asked, Mode
from curate.build.steps.balance.values import Grouped
from curate.build.steps.tables import aligned
from curate.checks.whole.base import counted
from curate.errors import printable
from curate.finding import Hit

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.float64]
else:
    Indices = Mask = Numbers = Any

_CODES: dict[Mode, str] = {
    "cap_rows": "BAL010",
    "cap_ratio": "BAL010",
    "target": "BAL011",
    "temperature": "BAL012",
}
# Muennighoff et al. 2023: up to four epochs of the same data are nearly as good as new data.
_MOST_TIMES = 4
_SHOWN_VALUES, _REPORTED_VALUES, _TOLD_VALUES = 20, 1_000, 20
_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to become of the rows that are balanced; arrays are by active row or by value.

    Attributes:
        rows: All rows.
        active: `(n_active,) int64`: the rows that are balanced.
        values: Their values.
        asked: What was asked for.
        first: `(n_values,) int64`: rows that each value's cap, target or share gives it.
        final: `(n_values,) int64`: the same after a budget of rows.
        within: `(n_active,) bool`: rows within the first.
        kept: `(n_active,) bool`: rows that stay.
        copies: `(n_active,) int64`: copies that are added of each.
        costs: `(n_active,) float64`: characters or tokens, where they were counted.
        different: What the choice of different rows was made of, where there was one.
    """

    rows: Rows
    active: Indices
    values: Grouped
    asked: Asked
    first: Indices
    final: Indices
    within: Mask
    kept: Mask
    copies: Indices
    costs: Numbers | None
    different: Different | None

    @property
    def cost_unit(self) -> str:
        """What was counted of each row."""
        return "chars" if self.asked.unit == "chars" else "tokens"

    def per_value(self, weights: Numbers | Indices | Mask) -> Numbers:
        """Return the sums of rows' numbers by value, `(n_values,) float64`."""
        numbers = weights.astype(np.float64)
        sums = np.bincount(self.values.of_row, numbers, minlength=len(self.values.counts))
        return np.asarray(sums, np.float64)


def removals(found: Outcome) -> list[Removal]:
    """Return the rows that leave, those of the mode and those of the budget."""
    made, within = [], found.kept if found.asked.shares_budget else found.within
    if found.asked.mode is not None:
        over = np.flatnonzero(~within & ~found.kept)
        made.append(_removal(found, _CODES[found.asked.mode], over, _over_mode(found, over)))
    spent = np.flatnonzero(within & ~found.kept)
    made.append(_removal(found, "BAL013", spent, _over_budget(found, spent)))
    return [removal for removal in made if len(removal.rows)]


def _removal(found: Outcome, code: str, places: Indices, say: Callable[[int], str]) -> Removal:
    kept = scores = None
    different = found.different
    if different is not None and len(places) and different.chosen[places].all():
        near = different.nearest[places]
        if (near >= 0).all() and found.kept[near].all():
            kept, scores = found.active[near], different.similarity[places]
            inner = say

            def say(nth: int) -> str:
                return f"{inner(nth)}; the nearest row (cosine {scores[nth]:.2f}) is"

    return Removal(code, found.active[places], say, kept, scores)


def _over_mode(found: Outcome, places: Indices) -> Callable[[int], str]:
    values = found.values
    keeps = found.per_value(found.kept) if found.asked.shares_budget else found.first

    def say(nth: int) -> str:
        value = int(values.of_row[places[nth]])
        return (
            f"{_called(found, value)} has {counted(int(values.counts[value]), 'row')}, and "
            f"{_limit(found)} keeps {int(keeps[value]):,} of them"
        )

    return say


def _over_budget(found: Outcome, places: Indices) -> Callable[[int], str]:
    values, asked = found.values, found.asked
    stays = found.per_value(found.kept)

    def say(nth: int) -> str:
        value = int(values.of_row[places[nth]])
        return (
            f"{_called(found, value)} has {counted(int(values.counts[value]), 'row')}, and the "
            f"budget of {asked.budget:,} {asked.unit} keeps {int(stays[value]):,} of them"
        )

    return say


def _limit(found: Outcome) -> str:
    """Name what bounds a value; of a temperature and a budget both do."""
    asked = found.asked
    if asked.mode == "target":
        return "its target"
    whole = f" with {asked.budget:,} {asked.unit} in all" if asked.shares_budget else ""
    return f"{asked.limit}{whole}"


def _called(found: Outcome, value: int) -> str:
    name = printable(found.values.names[value])
    return f"{', '.join(found.values.facets)} {name!r}" if found.values.facets else "the set"


def findings(found: Outcome) -> list[tuple[int, Hit]]:
    """Return what is told of the set and its values."""
    values, asked = found.values, found.asked
    told = [
        Hit("BAL017", "", f"{counted(n, 'row')} of {len(found.active):,} have no {printable(name)}")
        for name, n in values.lacking.items()
    ]
    n_rows = len(found.active)
    if asked.unit == "rows" and (asked.budget or 0) > n_rows and not asked.options.upsample:
        said = f"{asked.budget:,} rows were asked for, and there are {n_rows:,}"
        told.append(Hit("BAL015", "", said))
    short = found.final > values.counts
    if not asked.options.upsample:
        told += _each(found, "BAL015", short, "{name} has {count} of the {wanted:,} asked for")
    else:
        often = found.final > _MOST_TIMES * values.counts
        told += _each(found, "BAL016", often, "{name} has {count}, which become {wanted:,}")
    return [(-1, hit) for hit in told]


def _each(found: Outcome, code: str, which: Mask, text: str) -> list[Hit]:
    """Return a finding for each of some values, and one for all beyond the first 20."""
    places = np.flatnonzero(which).tolist()
    hits = []
    for value in places[:_TOLD_VALUES]:
        said = text.format(
            name=_called(found, value),
            count=counted(int(found.values.counts[value]), "row"),
            wanted=int(found.final[value]),
        )
        hits.append(Hit(code, "", said))
    if more := len(places) - _TOLD_VALUES:
        hits += [Hit(code, "", f"and so have {more:,} other values")] if more > 0 else []
    return hits


def report(found: Outcome) -> dict[str, Any]:
    """Return the section of the JSON document: every value before and after, the largest first."""
    before, after = found.values.counts, _after(found)
    shown = _largest(found)[:_REPORTED_VALUES]
    section: dict[str, Any] = {
        "by": list(found.values.facets),
        "mode": found.asked.mode,
        "select": found.asked.options.select,
        "rows_before": int(before.sum()),
        "rows_after": int(after.sum()),
        "rows_not_balanced": len(found.rows) - len(found.active),
        "values": [_value(found, value, before, after) for value in shown],
        "other_values": len(before) - len(shown),
    }
    if found.different is not None and found.different.coverage is not None:
        section["coverage"] = asdict(found.different.coverage)
    return section


def _value(found: Outcome, value: int, before: Indices, after: Indices) -> dict[str, Any]:
    section: dict[str, Any] = {
        "value": printable(found.values.names[value], 200),
        "rows_before": int(before[value]),
        "share_before": round(int(before[value]) / max(1, int(before.sum())), 6),
        "rows_after": int(after[value]),
        "share_after": round(int(after[value]) / max(1, int(after.sum())), 6),
    }
    if found.costs is not None:
        costs_before, costs_after = _costs(found)
        unit = found.cost_unit
        section[f"{unit}_before"] = int(costs_before[value])
        section[f"{unit}_after"] = int(costs_after[value])
    return section


def lines(found: Outcome) -> list[str]:
    """Return the table for people: the 20 largest values, then the others in one line."""
    before, after = found.values.counts, _after(found)
    by = f" by {', '.join(found.values.facets)}" if found.values.facets else ""
    title = f"balance{by}: {counted(int(before.sum()), 'row')} become {int(after.sum()):,}"
    untouched = len(found.rows) - len(found.active)
    if untouched:
        title += f"; {counted(untouched, 'row')} of other splits are not balanced"
    made = [title]
    if found.values.facets:
        made += ["  " + line for line in aligned(_table(found, before, after))]
    different = found.different
    if different is not None and (cover := different.coverage) is not None:
        made.append(
            f"  rows are this near to the kept row nearest to them: cosine "
            f"{cover.mean_similarity:.3f}, and {cover.random_mean_similarity:.3f} if as many were "
            "kept at random"
        )
    return made


def _table(found: Outcome, before: Indices, after: Indices) -> list[list[str]]:
    numbers: list[Any] = [before, after]
    header = ["", "rows before", "", "after", ""]
    if found.costs is not None:
        numbers += _costs(found)
        header += [f"{found.cost_unit} before", "", "after", ""]
    order = _largest(found)
    table = [header]
    for value in order[:_SHOWN_VALUES]:
        name = printable(found.values.names[value], _NAME_CHARS)
        table.append([name, *_cells([n[value] for n in numbers], numbers)])
    if rest := order[_SHOWN_VALUES:]:
        name = counted(len(rest), "other value")
        table.append([name, *_cells([n[rest].sum() for n in numbers], numbers)])
    return table


def _cells(own: list[Any], numbers: list[Any]) -> list[str]:
    """Return each number with its share of the sum."""
    cells = []
    for number, all_ in zip(own, numbers, strict=True):
        cells += [f"{int(number):,}", f"{100 * float(number) / max(1.0, float(all_.sum())):.1f} %"]
    return cells


def _after(found: Outcome) -> Indices:
    return found.per_value(np.where(found.kept, 1 + found.copies, 0)).astype(np.int64)


def _costs(found: Outcome) -> tuple[Numbers, Numbers]:
    assert found.costs is not None
    after = found.costs * np.where(found.kept, 1 + found.copies, 0)
    return found.per_value(found.costs), found.per_value(after)


def _largest(found: Outcome) -> list[int]:
    """Return the values, those with the most rows first, then by name."""
    order: list[int] = np.argsort(-found.values.counts, kind="stable").tolist()
    return order
