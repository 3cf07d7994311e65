"""Rows into record batches and out of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from curate.row import from_batch, to_batch, without_nulls

TEXT = st.text("ab ", max_size=3)
CALL = st.fixed_dictionaries(
    {"type": st.just("function"), "name": TEXT, "arguments": TEXT}, optional={"id": TEXT}
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool"])},
    optional={
        "content": TEXT,
        "tool_calls": st.lists(CALL, max_size=2),
        "weight": st.sampled_from([0.0, 1.0]),
        "parts": st.lists(
            st.fixed_dictionaries({"type": TEXT}, optional={"media": st.integers(0, 3)}),
            max_size=2,
        ),
    },
)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.lists(MESSAGE, max_size=3),
        "tools": TEXT,
        "extra": TEXT,
        "origin": st.fixed_dictionaries({}, optional={"path": TEXT, "line": st.integers(0, 9)}),
    },
)


@given(st.lists(ROW, max_size=5), st.integers(0, 3))
def test_rows_come_out_as_they_went_in(rows: list[dict[str, Any]], start: int) -> None:
    batch = to_batch("sft", rows).slice(start)
    assert from_batch(batch) == rows[start:]
    assert from_batch(batch) == [without_nulls(row) for row in batch.to_pylist()]
    assert [list(row) for row in from_batch(batch)] == [
        list(without_nulls(row)) for row in batch.to_pylist()
    ]
