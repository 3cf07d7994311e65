"""Rows that are judged in opposite ways: told of, and removed where that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.line.base import Decision, Removal, Rows
from curate.build.steps.dedup.compared import PROMPT, Known
from curate.deduplication.keep import Kept
from curate.deduplication.sets import opposite_labels, opposite_preferences
from curate.errors import printable
from curate.finding import Hit

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
else:
    Indices = Mask = Any

_SAID = {
    "DUP014": "prefers the answer that another row rejects, and the other way round:",
    "DUP015": "gives an answer the label that another row denies it:",
}


def contradictions(
    rows: Rows, seen: Known, single: Indices, equal: Kept, wanted: str, decision: Decision
) -> Indices:
    """Tell of rows that contradict others, or remove them, and return those that are removed.

    Args:
        rows: The rows.
        seen: What is known of them.
        single: One of each group of equal rows, ascending.
        equal: The other rows, which leave with theirs.
        wanted: `report` or `drop_both`.
        decision: Gets the findings, or the removal.

    Returns:
        `(n,) int64`, ascending.
    """
    if not seen.judged:
        return np.zeros(0, np.int64)
    if rows.kind == "preference":
        code = "DUP014"
        found, others = opposite_preferences(
            seen.judged[PROMPT], seen.judged["chosen"], seen.judged["rejected"], single
        )
    else:
        code = "DUP015"
        labels, there = _labels(rows)
        judged = single[there[single]]
        found, others = opposite_labels(
            seen.judged[PROMPT], seen.judged["completion"], labels, judged
        )
    decision.report["contradictory_rows"] = len(found)
    places = _places(rows, others)
    if wanted == "report":
        decision.findings += [
            (row, Hit(code, "", f"{_SAID[code]} {place}"))
            for row, place in zip(found.tolist(), places, strict=True)
        ]
        return np.zeros(0, np.int64)
    with_it = np.isin(equal.kept, found)
    of = np.concatenate([others, others[np.searchsorted(found, equal.kept[with_it])]])
    found = np.concatenate([found, equal.rows[with_it]])
    order = np.argsort(found)
    found, places = found[order], _places(rows, of[order])
    decision.removals.append(
        Removal(code, found, lambda nth: f"{_SAID[code]} {places[nth]}, which leaves too")
    )
    return found


def _labels(rows: Rows) -> tuple[Mask, Mask]:
    labels, there = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    for begin, batch in rows.batches(["label"]):
        column = batch.column(0)
        at = slice(begin, begin + batch.num_rows)
        there[at] = column.is_valid().to_numpy(zero_copy_only=False)
        labels[at] = column.fill_null(False).to_numpy(zero_copy_only=False)
    return labels, there


def _places(rows: Rows, indices: Indices) -> list[str]:
    """Return how rows are called in a message."""
    table = rows.take(indices, ["id", "origin"])
    found = []
    for own, origin in zip(table["id"].to_pylist(), _dicts(table["origin"]), strict=True):
        place = f"{origin.get('path')}:{origin.get('line')}"
        found.append(f"{printable(own)} ({printable(place, 200)})")
    return found


def _dicts(column: pa.ChunkedArray) -> list[dict[str, Any]]:
    return [value or {} for value in column.to_pylist()]
