"""Reasoning between a field and a block of the text, and Python literals where JSON was meant."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.pieces.literals import (
    arguments_as_json,
    json_of_literal,
    record_as_json,
    state_of,
)
from curate.formats.pieces.reasoning import cut_thought, put_thought, to_field, to_inline
from curate.row import Row
from tests.curate.formats.format_cases import CASES, encode, places


def cases(part: str) -> list[Any]:
    loaded = yaml.safe_load((CASES / "reasoning.yaml").read_text("utf-8"))[part]
    return [pytest.param(case, id=case["name"]) for case in loaded]


def moved(move: Any, row: Row) -> tuple[Row, list[str]]:
    hits: list[Hit] = []
    before = copy.deepcopy(row)
    result = move(row, hits)
    assert row == before, "a row is not changed in place"
    return result, places(hits)


@pytest.mark.parametrize("case", cases("field"))
def test_blocks_become_reasoning_and_come_back(case: dict[str, Any]) -> None:
    row = {"messages": case["messages"], "id": "x"}
    fielded, hits = moved(to_field, row)
    assert hits == case.get("hits", [])
    assert fielded["messages"] == case.get("field", case["messages"])
    assert fielded.get("layout", {}) == case.get("layout", {})
    inlined, back = moved(to_inline, fielded)
    assert inlined == row
    assert back == case.get("inline", ["LOS036 " + _reasoning(h) for h in hits if "LOS036" in h])


def _reasoning(place: str) -> str:
    _, column, index, *_ = place.split(" ")[1].split("/")
    return f"/{column}/{index}/reasoning"


@pytest.mark.parametrize("case", cases("inline"))
def test_reasoning_becomes_a_block(case: dict[str, Any]) -> None:
    inlined, hits = moved(to_inline, {"messages": case["messages"]})
    assert inlined["messages"] == case["inline"]
    assert hits == case["hits"]


@pytest.mark.parametrize("case", cases("write"))
def test_formats_of_text_write_reasoning_as_a_block(case: dict[str, Any]) -> None:
    record, losses = encode(BY_NAME[case["format"]], case["row"])
    assert record == case["record"]
    assert places(losses) == case["losses"]


def test_every_list_of_messages_is_moved() -> None:
    thought = {"role": "assistant", "content": "<think>\nx\n</think>\n\ny"}
    row = {"prompt": [thought], "chosen": [thought], "rejected": [thought], "layout": {"a": 1}}
    fielded, hits = moved(to_field, row)
    assert hits == [f"LOS036 /{name}/0/content" for name in ("prompt", "chosen", "rejected")]
    assert all(fielded[name][0]["reasoning"] == "x" for name in ("prompt", "chosen", "rejected"))
    assert moved(to_inline, fielded)[0] == row


pieces = st.lists(
    st.sampled_from(["<think>", "</think>", "\n", " ", "a", "<scratch_pad>", "</scratch_pad>"]),
    max_size=8,
).map("".join)


@given(text=pieces)
def test_a_text_that_is_cut_is_put_together_again(text: str) -> None:
    for tag in ("think", "scratch_pad"):
        cut = cut_thought(text, tag)
        if cut is not None:
            assert put_thought(cut.reasoning, cut.rest, cut.shape, tag) == text


@given(text=pieces, reasoning=st.none() | pieces)
def test_a_moved_row_comes_back(text: str, reasoning: str | None) -> None:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if reasoning is not None:
        message["reasoning"] = reasoning
    row = {"messages": [message]}
    fielded, hits = moved(to_field, row)
    if any(hit.startswith("LOS036") for hit in hits):
        assert moved(to_inline, fielded)[0] == row
    else:
        assert fielded == row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'city': 'Rome'}", '{"city": "Rome"}'),
        (
            "{'a': [1, -2.5, True, None, {'b': \"it's\"}]}",
            '{"a": [1, -2.5, true, null, {"b": "it\'s"}]}',
        ),
        ("{'a': 12345678901234567890}", '{"a": 12345678901234567890}'),
        ("[{'name': 'f'}]", '[{"name": "f"}]'),
        ("{'a': 'é'}", '{"a": "é"}'),
        ("{}", None),
        ('{"a": 1}', None),
        ("{'a': 1, 'a': 2}", None),
        ("{1: 2}", None),
        ("{'a': (1, 2)}", None),
        ("{'a': {1}}", None),
        ("{'a': b'x'}", None),
        ("{'a': f'{x}'}", None),
        ("{'a': 1e999}", None),
        ("{'a': '\\ud800'}", None),
        ("{'a': __import__('os')}", None),
        ("{'a': 1 + 1}", None),
        ("{'a': true}", None),
        ("{**{'a': 1}}", None),
        ("{'a': 1", None),
        ("'a'", None),
        ("", None),
        ("{'a': \x00}", None),
        ("[" * 100_000, None),
        ("{'a': " + "-" * 100_000 + "1}", None),
        ("{'a': '" + "x" * 300_000 + "'}", None),
    ],
)
def test_a_literal_becomes_json_where_json_can_say_it(text: str, expected: str | None) -> None:
    assert json_of_literal(text) == expected


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "blank"),
        (" \n", "blank"),
        ('{"a": 1}', "object"),
        ('"{\\"a\\": 1}"', "quoted"),
        ('"text"', "other"),
        ("[1]", "other"),
        ('{"a": 1, "a": 2}', "other"),
        ("{'a': 1}", "literal"),
        ("['a']", "broken"),
        ("{a: 1}", "broken"),
    ],
)
def test_arguments_are_told_apart(text: str, state: str) -> None:
    assert state_of(text) == state


def test_the_arguments_of_a_row_become_json() -> None:
    def calls(arguments: str) -> list[dict[str, str]]:
        return [
            {"type": "function", "name": "f", "arguments": arguments},
            {"type": "custom", "name": "g", "arguments": "{'x': 1}"},
            {"type": "function", "name": "h", "arguments": "['x']"},
        ]

    row = {"messages": [{"role": "assistant", "tool_calls": calls("{'x': 1}")}]}
    fixed, hits = moved(arguments_as_json, row)
    assert fixed["messages"][0]["tool_calls"] == calls('{"x": 1}')
    assert hits == ["LOS016 /messages/0/tool_calls/0/arguments"]
    same: list[Hit] = []
    assert arguments_as_json(fixed, same) is fixed
    assert same == []


def test_the_literals_of_a_record_become_json_before_it_is_read() -> None:
    record = {
        "conversations": [
            {"from": "system", "value": "<tools> [{'name': 'f'}] </tools>"},
            {"from": "human", "value": "<tool_call>{'name': 'f'}</tool_call>"},
            {"from": "gpt", "value": "<tool_call>\n{'name': 'f', 'arguments': {}}\n</tool_call>"},
            {"from": "function_call", "value": "{'name': 'f', 'arguments': {'x': True}}"},
        ],
        "tools": "[{'name': 'g'}]",
    }
    before = copy.deepcopy(record)
    changed, hits = record_as_json(record)
    assert record == before
    assert places(hits) == [
        "LOS016 /tools",
        "LOS016 /conversations/0/value",
        "LOS016 /conversations/2/value",
        "LOS016 /conversations/3/value",
    ]
    assert [turn["value"] for turn in changed["conversations"]] == [
        '<tools> [{"name": "f"}] </tools>',
        "<tool_call>{'name': 'f'}</tool_call>",
        '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>',
        '{"name": "f", "arguments": {"x": true}}',
    ]
    assert json.loads(changed["tools"]) == [{"name": "g"}]
    assert record_as_json(changed) == (changed, [])


def test_the_literals_of_calls_in_messages_become_json() -> None:
    function = {"name": "f", "arguments": "{'x': 1}"}
    record = {
        "messages": [
            {"role": "assistant", "tool_calls": [{"function": function}, {"function": 1}, 2]},
            {"role": "assistant", "function_call": function},
            3,
        ]
    }
    changed, hits = record_as_json(record)
    fixed = {"name": "f", "arguments": '{"x": 1}'}
    assert changed["messages"][0]["tool_calls"][0] == {"function": fixed}
    assert changed["messages"][1]["function_call"] == fixed
    assert places(hits) == [
        "LOS016 /messages/0/tool_calls/0/function/arguments",
        "LOS016 /messages/1/function_call/arguments",
    ]


def test_the_literal_of_a_glaive_call_becomes_json() -> None:
    call = "<functioncall> {'name': 'f', 'arguments': {'x': 1}} <|endoftext|>"
    record = {"chat": f"USER: <functioncall> f\n\n\nASSISTANT: {call}\n\n\nUSER: {{'a'}}"}
    changed, hits = record_as_json(record)
    assert places(hits) == ["LOS016 /chat"]
    written = '{"name": "f", "arguments": {"x": 1}}'
    assert changed["chat"] == record["chat"].replace(call[15:-14], written)
