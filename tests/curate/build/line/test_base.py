"""Rows as steps see them: batches, rows by index, copies."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curate.build.line.base import Rows, Splits
from curate.row import to_batch


def rows_of(sizes, positions) -> Rows:
    """Return rows over a table of chunks of these sizes."""
    batches, start = [], 0
    for size in sizes:
        names = [{"id": f"r{n}", "text": f"t{n}"} for n in range(start, start + size)]
        batches.append(to_batch("text", names))
        start += size
    table = pa.Table.from_batches(batches)
    zeros = np.zeros(len(positions), np.uint16)
    return Rows("text", table, positions, Splits(("train",), zeros), Splits(("a",), zeros))


@st.composite
def made(draw):
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    at = draw(st.lists(st.integers(0, sum(sizes) - 1), max_size=30))
    return rows_of(sizes, np.array(sorted(at), np.int64))


@given(made())
def test_batches_give_every_row_once_in_order(rows) -> None:
    seen = []
    for start, batch in rows.batches(["id"]):
        assert start == len(seen)
        seen += batch.column(0).to_pylist()
    assert seen == [f"r{n}" for n in rows.positions]


@given(made(), st.lists(st.integers(0, 29)))
def test_take_gives_rows_in_the_order_asked_for(rows, wanted) -> None:
    indices = np.array([n % len(rows) for n in wanted] if len(rows) else [], np.int64)
    found = rows.take(indices, ["id"]).column(0).to_pylist()
    assert found == [f"r{rows.positions[n]}" for n in indices]


@given(made())
def test_rows_at_indices_are_rows_again(rows) -> None:
    half = rows.at(np.arange(0, len(rows), 2))
    assert half.positions.tolist() == rows.positions[::2].tolist()
    assert half.splits.counts() == {"train": len(half)}
