"""Schemas of tools: hostile ones give hits at most, and padding is told from values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.checks import RULES, check_row, fix_rows
from curate.checks.structure.schemas import bodies_of, padding_of, subschemas, without_padding

SFT = [rule for rule in RULES if "sft" in rule.kinds]
KEYS = ["type", "properties", "items", "enum", "default", "const", "required", "anyOf", "x-a", "a"]
SCHEMA = st.recursive(
    st.sampled_from([None, None, True, 0, "", "object", "array", "string", []]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


def with_tool(parameters: Any) -> dict[str, Any]:
    tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    said = [{"role": "user", "content": "Go"}, {"role": "assistant", "content": "ok"}]
    return {"messages": said, "tools": json.dumps([tool])}


@settings(max_examples=200, deadline=None)
@given(SCHEMA)
def test_padding_is_gone_once_it_is_taken_out(schema: Any) -> None:
    clean = without_padding(schema)
    assert padding_of(clean) == []
    assert without_padding(clean) == clean
    assert (clean == schema) == (padding_of(schema) == [])


@settings(max_examples=200, deadline=None)
@given(SCHEMA)
def test_no_schema_raises_and_fixes_settle(schema: Any) -> None:
    row = with_tool(schema)
    check_row(row, SFT)
    [fixed], _ = fix_rows([row], "sft", RULES, unsafe=True)
    assert fix_rows([fixed], "sft", RULES, unsafe=True) == ([fixed], [])


@pytest.mark.parametrize("key", ["properties", "items", "anyOf"])
@pytest.mark.parametrize("depth", [60, 300])
def test_deep_nesting_does_not_raise(key: str, depth: int) -> None:
    schema: Any = {"type": "array", "enum": None}
    for _ in range(depth):
        inner = {"a": schema} if key == "properties" else [schema] if key == "anyOf" else schema
        schema = {"type": "object", key: inner}
    row = with_tool(schema)
    check_row(row, SFT)
    fix_rows([row], "sft", RULES, unsafe=True)


def test_every_schema_inside_is_named_by_its_path() -> None:
    text = {"type": "string"}
    schema = {
        "properties": {"a": {"items": text}, "b": {"anyOf": [text, {"properties": {"c": text}}]}},
        "items": text,
    }
    found = [path for path, _ in subschemas(schema)]
    assert found == ["", "a", "a.items", "b", "b", "b", "b.c", "items"]


def test_entries_that_are_no_objects_are_left_out() -> None:
    assert bodies_of(None) == bodies_of("") == bodies_of("{") == bodies_of('{"name": "f"}') == ()
    assert [body.name for body in bodies_of('[1, {"name": 7}, {"name": "f"}]')] == ["", "f"]


def test_half_a_surrogate_stays_an_escape() -> None:
    row = with_tool({"type": "object", "properties": {"a": {"type": "string", "enum": None}}})
    row["tools"] = row["tools"].replace('"string"', '"string", "description": "\\ud800"')
    call = {"type": "function", "name": "f", "arguments": '{"a": null, "b": "\\ud800"}'}
    row["messages"][1] = {"role": "assistant", "tool_calls": [call]}
    [fixed], done = fix_rows([row], "sft", RULES, unsafe=False)
    assert {code for _, code in done} == {"TOL026", "TOL053"}
    assert "\\ud800" in fixed["tools"]
    assert fixed["messages"][1]["tool_calls"][0]["arguments"] == '{"b": "\\ud800"}'
