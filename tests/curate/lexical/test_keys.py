"""Keys are equal where values are, whatever batch they stand in."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curate.checks.whole.rows import Gathered, part_of
from curate.lexical.keys import keys_of, summed
from curate.row import MESSAGES, TEXT, to_batch

texts = st.sampled_from(["", "a", "b", "ab", "a long text that is no word", "ä"])
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant"])},
        optional={
            "content": texts,
            "name": texts,
            "weight": st.sampled_from([0.0, 1.0]),
            "tool_calls": st.lists(
                st.fixed_dictionaries({"name": texts, "arguments": texts}), max_size=2
            ),
        },
    ),
    max_size=3,
)


def full(turns: list[dict[str, Any]] | None) -> Any:
    """Return turns as they come back from Arrow, so that equal ones are equal."""
    return pa.array([turns], MESSAGES).to_pylist()[0]


@given(st.lists(st.none() | messages, min_size=1, max_size=8))
def test_keys_are_equal_where_values_are(rows: list[list[dict[str, Any]] | None]) -> None:
    keys = keys_of(pa.array(rows, MESSAGES)).tolist()
    values = [full(row) for row in rows]
    for key, value in zip(keys, values, strict=True):
        for other_key, other in zip(keys, values, strict=True):
            assert (key == other_key) == (value == other)


@given(st.lists(messages, min_size=1, max_size=8), st.data())
def test_the_batch_changes_no_key(rows: list[list[dict[str, Any]]], data: st.DataObject) -> None:
    keys = keys_of(pa.array(rows, MESSAGES)).tolist()
    at = data.draw(st.integers(0, len(rows) - 1))
    assert keys_of(pa.array(rows[at : at + 1], MESSAGES)).tolist() == keys[at : at + 1]


EXPECTED = [
    14608863320967583690,
    1449310910991872227,
    13503953896175478587,
    2622216490891187812,
]


def test_keys_are_those_of_every_version() -> None:
    column = pa.array(["a", "", None, "a text of more than 24 bytes each"], TEXT)
    assert keys_of(column).tolist() == EXPECTED
    assert keys_of(column.slice(1, 3)).tolist() == EXPECTED[1:]


def test_runs_of_keys_count_their_order_and_number() -> None:
    keys = np.array([1, 2, 2, 1, 1, 1, 1], np.uint64)
    starts, ends = np.array([0, 2, 4, 5, 7]), np.array([2, 4, 5, 7, 7])
    found = summed(keys, starts, ends).tolist()
    assert len(set(found)) == 5


@given(st.lists(messages, min_size=1, max_size=10), st.integers(1, 9))
def test_cut_batches_make_the_same_set(rows: list[list[dict[str, Any]]], cut: int) -> None:
    def gathered(bounds: list[int]) -> Any:
        found = Gathered("sft")
        for start, end in pairwise(bounds):
            if start < end:
                batch = to_batch("sft", [{"messages": row} for row in rows[start:end]])
                found.add(part_of(batch, "sft", list(range(start, end))), "f")
        return found.whole()

    whole, parts = gathered([0, len(rows)]), gathered([0, min(cut, len(rows)), len(rows)])
    for name in ("first", "second", "lines", "marks"):
        assert getattr(whole, name).tolist() == getattr(parts, name).tolist()
    assert whole.systems == parts.systems


def test_a_row_costs_24_bytes() -> None:
    rows = [{"messages": [{"role": "user", "content": f"a{n}"}]} for n in range(1000)]
    part = part_of(to_batch("sft", rows), "sft", list(range(1000)))
    columns = (part.first, part.second, part.lines, part.marks)
    assert sum(column.nbytes for column in columns) == 24 * 1000
