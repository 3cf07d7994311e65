"""The traits of a record's dialect."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.formats.traits import traits_of

CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"instruction": "a", "output": "b"}, set()),
    (
        {"messages": [{"role": "assistant", "content": None, "tool_calls": [
            {"function": {"name": "f", "arguments": {"weight": 1, "role": "x"}}}]}], "tools": "[]"},
        {"roles: assistant", "content: as null", "calls: tool_calls", "arguments: as object",
         "tools: as text"},
    ),
    (
        {"conversations": [{"from": "human", "value": "<image>?"}, {"from": "gpt",
         "value": "<think>a</think>b"}], "images": ["a.png"], "system": "s"},
        {"roles: human", "roles: gpt", "media: <image> in text", "reasoning: <think> in text",
         "media: images column", "system: column"},
    ),
    (
        {"messages": [{"role": "system", "content": [{"type": "text", "text": "a"}]},
         {"role": "assistant", "weight": 0, "content": "b", "reasoning_content": "r"}]},
        {"roles: system", "system: turn", "roles: assistant", "content: as list",
         "content: as text", "weights: weight", "reasoning: reasoning_content"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "traits"), CASES)
def test_traits(record: dict[str, Any], traits: set[str]) -> None:
    assert traits_of(record) == traits


@given(st.dictionaries(st.sampled_from(["role", "content", "tools", "weight", "x"]), st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["role", "tools"]), inner),
)))  # fmt: skip
def test_any_record_has_traits(record: dict[str, Any]) -> None:
    assert all(": " in trait for trait in traits_of(record))
