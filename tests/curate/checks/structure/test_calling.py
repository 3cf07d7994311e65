"""Odd tool schemas, arguments and orders of calls give hits, never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.checks import RULES, check_row, fix_rows
from curate.checks.structure.calling import arguments_of, tools_of

JSON = st.recursive(
    st.sampled_from([None, True, 0, 1.5, 10**30, 1e400, "", "object", "dict", "f", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "function", "name", "parameters", "properties", "$ref", "a"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
JSON_TEXT = JSON.map(json.dumps) | st.sampled_from(["", " ", "{", "{'a': 1}", "[" * 5000, "NaN"])
CALL = st.builds(
    lambda arguments, ids: {"type": "function", "name": "f", "arguments": arguments, **ids},
    JSON_TEXT,
    st.sampled_from([{}, {"id": ""}, {"id": "a"}, {"id": "b"}]),
)
TURN = st.one_of(
    st.just({"role": "user", "content": "Hi"}),
    st.builds(
        lambda ids: {"role": "tool", "content": "1", **ids},
        st.sampled_from([{}, {"tool_call_id": "a"}, {"tool_call_id": "b"}]),
    ),
    st.builds(lambda calls: {"role": "assistant", "tool_calls": calls}, st.lists(CALL, max_size=3)),
)
SFT = [rule for rule in RULES if "sft" in rule.kinds]


@settings(max_examples=300, deadline=None)
@given(JSON_TEXT, st.lists(TURN, max_size=6))
def test_no_rule_raises_and_fixes_settle(tools: str, turns: list[dict[str, Any]]) -> None:
    row = {"messages": turns, "tools": tools}
    check_row(row, SFT)
    [fixed], _ = fix_rows([row], "sft", RULES, unsafe=True)
    assert fix_rows([fixed], "sft", RULES, unsafe=True) == ([fixed], [])


@pytest.mark.parametrize(
    ("text", "state", "value"),
    [
        ("{}", "object", {}),
        ("  ", "object", {}),
        ('"{}"', "quoted", {}),
        ('""', "other", None),
        ('"\\"{}\\""', "other", None),
        ("{'a': None}", "literal", {"a": None}),
        ("{'a': {1}}", "broken", None),
        ("{1: 2}", "broken", None),
        ("f(1)", "broken", None),
        ("Infinity", "broken", None),
    ],
)
def test_states_of_arguments(text: str, state: str, value: object) -> None:
    found = arguments_of(text)
    assert (found.state, found.value) == (state, value)


def test_a_schema_is_read_from_each_spelling() -> None:
    schema = {"type": "object"}
    entries = [
        {"name": "f", "parameters": schema},
        {"type": "function", "function": {"name": "f", "parameters": schema}},
        {"name": "f", "input_schema": schema},
    ]
    found = tools_of(json.dumps(entries))
    assert [(tool.name, tool.fault) for tool in found] == [("f", None)] * 3
    assert {tool.schema for tool in found} == {json.dumps(schema)}
    assert tools_of(None) == ()
