"""What a split came out as: shares, groups, leaks prevented, and what is not as asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.line.base import Splits
from curate.build.steps.split.strata import Strata
from curate.build.steps.split.together import Together
from curate.build.steps.tables import aligned
from curate.checks.whole.base import counted
from curate.finding import Hit
from curate.splitting import Assignment, Units, drawn_by_row, leaks

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
else:
    Indices = Keys = Any

# Strata that people are shown, and those that the JSON document has at most, the largest first.
_SHOWN_STRATA = 12
_MOST_STRATA = 1_000
# How far a split may be from what was asked for before it is told.
_OFF_RATIO = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was split, and how it came out.

    Attributes:
        splits: The split of each row.
        asked: Split → the rows asked for, in the order in which they were drawn.
        together: What was drawn as one.
        units: The same with its rows.
        strata: The strata, or None.
        assignment: What was assigned.
    """

    splits: Splits
    asked: Mapping[str, int]
    together: Together
    units: Units
    strata: Strata | None
    assignment: Assignment

    def table(self) -> Indices:
        """Return the rows of each stratum in each split, `(n_strata, n_splits) int64`."""
        n_splits = len(self.splits.names)
        of_row = self.splits.of_row.astype(np.int64)
        if self.strata is not None:
            of_row += self.strata.of_row * n_splits
        return np.bincount(of_row, minlength=len(self.units.totals) * n_splits).reshape(
            -1, n_splits
        )


def faults(outcome: Outcome) -> list[tuple[int, Hit]]:
    """Return what is not as asked for, as findings: `(index of the row or -1, hit)`."""
    found = [*_large_groups(outcome), *_off_size(outcome)]
    if outcome.strata is not None:
        found += _off_share(outcome, outcome.strata)
    straddling = leaks(outcome.together.prompts, outcome.splits.of_row)
    if straddling.groups:
        message = (
            f"in more than one split: {counted(straddling.groups, 'prompt')}; outside train, "
            f"{counted(straddling.rows, 'row')} ask what train answers"
        )
        found.append((-1, Hit("SCH064", "", message, straddling.rows)))
    return found


def _large_groups(outcome: Outcome) -> list[tuple[int, Hit]]:
    sizes, found = outcome.units.sizes, []
    for name, asked in outcome.asked.items():
        large = int(np.sum(sizes > asked))
        if not large:
            continue
        unit = int(np.argmax(sizes))
        first = int(np.argmax(outcome.together.unit_of_row == unit))
        message = (
            f"{counted(large, 'group')} of more than the {counted(asked, 'row')} asked for "
            f"{name}; the largest has {int(sizes[unit]):,}, this row the first of them, held "
            f"together by {outcome.together.reasons()}"
        )
        found.append((first, Hit("SCH060", "", message, int(sizes[unit]))))
    return found


def _off_size(outcome: Outcome) -> list[tuple[int, Hit]]:
    found, counts = [], outcome.splits.counts()
    for (name, asked), quota in zip(outcome.asked.items(), outcome.assignment.quotas, strict=True):
        got = counts[name]
        allowed = _OFF_RATIO * asked if quota is None else 0
        if abs(got - asked) <= allowed:
            continue
        why = (
            f"a ratio draws each group by itself; {name}_rows is nearer"
            if quota is None
            else "groups are kept whole"
        )
        message = f"{name} has {counted(got, 'row')}, {asked:,} were asked for: {why}"
        found.append((-1, Hit("SCH061", "", message, got)))
    return found


def _off_share(outcome: Outcome, strata: Strata) -> list[tuple[int, Hit]]:
    found: list[tuple[int, Hit]] = []
    table = outcome.table()
    for name, quota in zip(outcome.asked, outcome.assignment.quotas, strict=True):
        rows = table[:, outcome.splits.names.index(name)]
        if quota is not None and (off := np.abs(rows - quota)).max(initial=0) > 1:
            most = int(np.argmax(off))
            message = (
                f"{name}: {counted(int(np.sum(off > 1)), 'stratum', 'strata')} off by more than a "
                f"row; {strata.names[most]} has {int(rows[most]):,}, its share is "
                f"{int(quota[most]):,}"
            )
            found.append((-1, Hit("SCH062", "", message, strata.names[most])))
        absent = np.flatnonzero(rows == 0)
        if len(absent):
            largest = int(absent[np.argmax(outcome.units.totals[absent])])
            message = (
                f"{name}: {counted(len(absent), 'stratum', 'strata')} without a row; the largest "
                f"is {strata.names[largest]} with {int(outcome.units.totals[largest]):,} in all"
            )
            found.append((-1, Hit("SCH063", "", message, strata.names[largest])))
    return found


def prevented(outcome: Outcome, by_row: Keys) -> dict[str, dict[str, int]]:
    """Return what a plain draw of rows of the same sizes would have parted, by reason.

    Args:
        outcome: The split.
        by_row: `(n_rows,) uint64`: draws of single rows by the same seed.
    """
    counts = outcome.splits.counts()
    plain = drawn_by_row(by_row, tuple(counts[name] for name in outcome.asked))
    return {
        reason: leaks(labels, plain)._asdict() for reason, labels in outcome.together.labels.items()
    }


def report(outcome: Outcome, parted: dict[str, dict[str, int]], seed: int) -> dict[str, Any]:
    """Return the step's section of the JSON document."""
    units, splits, n_rows = outcome.units, outcome.splits, len(outcome.splits.of_row)
    of_unit = np.zeros(len(units), np.int64)
    of_unit[outcome.together.unit_of_row] = splits.of_row
    groups = np.bincount(of_unit, minlength=len(splits.names)).tolist()
    document: dict[str, Any] = {
        "rows": n_rows,
        "groups": len(units),
        "largest_group_rows": int(units.sizes.max()),
        "held_together_by": list(outcome.together.labels),
        "seed": seed,
        "splits": {
            name: {
                "rows": rows,
                "asked_rows": outcome.asked.get(name),
                "ratio": round(rows / n_rows, 6),
                "groups": groups[at],
            }
            for at, (name, rows) in enumerate(splits.counts().items())
        },
        "a_draw_of_rows_would_part": parted,
    }
    if outcome.strata is not None:
        table = outcome.table()
        largest = np.argsort(-outcome.units.totals, kind="stable")[:_MOST_STRATA]
        document["strata"] = {
            "by": list(outcome.strata.facets),
            "count": len(outcome.strata.names),
            "largest": [
                {
                    "value": outcome.strata.names[at],
                    "rows": dict(zip(splits.names, table[at].tolist(), strict=True)),
                }
                for at in largest.tolist()
            ],
        }
    return document


def lines(document: dict[str, Any]) -> list[str]:
    """Return what people are told: a table of the splits, one of the strata, and leaks."""
    names = list(document["splits"])
    rows = [["", "rows", "groups", "share", "asked"]]
    for name, split in document["splits"].items():
        asked = "" if split["asked_rows"] is None else f"{split['asked_rows']:,}"
        share = f"{split['ratio']:.2%}"
        rows.append([name, f"{split['rows']:,}", f"{split['groups']:,}", share, asked])
    told = aligned(rows)
    if "strata" in document:
        strata = document["strata"]
        rows = [[", ".join(strata["by"]), *(f"{name}" for name in names)]]
        wholes = [max(document["splits"][name]["rows"], 1) for name in names]
        for each in strata["largest"][:_SHOWN_STRATA]:
            shares = zip(each["rows"].values(), wholes, strict=True)
            rows.append([each["value"], *(f"{n:,} ({n / whole:.1%})" for n, whole in shares)])
        told += aligned(rows)
        if (more := strata["count"] - _SHOWN_STRATA) > 0:
            told.append(f"and {more:,} more")
    if document["largest_group_rows"] > 1:
        told.append(f"the largest group has {document['largest_group_rows']:,} rows")
    for reason, parted in document["a_draw_of_rows_would_part"].items():
        told.append(
            f"{reason}: a draw of single rows would part {counted(parted['groups'], 'group')} "
            f"and leak {counted(parted['rows'], 'row')}; none here"
        )
    return told
