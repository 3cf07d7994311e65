from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given

from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.pieces.arrow import fit, in_columns
from tests.curate.formats.format_cases import FORMATS, decode, encode, errors, places, rows

CALL = {"type": "function", "function": {"name": "f", "arguments": {"x": 1}}}


def test_arguments_are_read_back_as_objects_by_datasets(tmp_path: Path) -> None:
    from datasets import load_dataset

    record = {
        "messages": [
            {"role": "user", "content": "42"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
        ],
        "tools": "[]",
    }
    schema = FORMATS["trl-messages"].columns
    hits: list[Hit] = []
    fitted = fit(schema, record, hits)
    assert hits == []
    path = tmp_path / "train.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
        writer.write_table(pa.Table.from_pylist([fitted], schema))
    loaded = load_dataset(
        "arrow", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )[0]
    assert loaded["messages"][0]["content"] == "42"
    call = loaded["messages"][1]["tool_calls"][0]
    assert call["function"] == {"name": "f", "arguments": {"x": 1}}
    assert loaded["tools"] == "[]"


def test_what_does_not_fit_is_reported() -> None:
    hits: list[Hit] = []
    record = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "a"}], "audio": {"id": "x"}}
        ]
    }
    fitted = fit(FORMATS["openai"].columns, record, hits)
    assert places(hits) == ["LOS034 /messages/0/content", "LOS032 /messages/0/audio"]
    assert fitted == {"messages": [{"role": "user", "content": None}]}
    assert record["messages"][0]["audio"] == {"id": "x"}


def as_columns(to: str, source: str, record: dict[str, Any]) -> tuple[Any, list[str]]:
    """Return the record's row as it goes into a table, and the losses."""
    form = BY_NAME[to]
    row, _ = decode(BY_NAME[source], record)
    written, hits = encode(form, in_columns(form.columns, row))
    return fit(form.columns, written, hits), places(hits)


LEGACY = [
    {"role": "user", "content": "a"},
    {"role": "assistant", "content": None, "function_call": {"name": "w", "arguments": "{}"}},
    {"role": "function", "name": "w", "content": "dry"},
    {"role": "assistant", "content": "b"},
]


def test_a_legacy_call_is_upgraded_in_a_table() -> None:
    record = {"messages": LEGACY, "functions": [{"name": "w"}]}
    fitted, losses = as_columns("openai", "openai", record)
    call = {"id": "call_1", "type": "function", "function": {"name": "w", "arguments": "{}"}}
    assert fitted["messages"][1:3] == [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "name": "w", "content": "dry", "tool_call_id": "call_1"},
    ]
    assert json.loads(fitted["tools"]) == [{"type": "function", "function": {"name": "w"}}]
    assert "functions" not in fitted
    assert losses == ["LOS013 /messages", "LOS016 /tools"]


def test_a_legacy_call_is_written_as_it_came_to_lines() -> None:
    record = {"messages": LEGACY, "functions": [{"name": "w"}]}
    row, _ = decode(FORMATS["openai"], record)
    assert encode(FORMATS["openai"], row) == (record, [])


def test_turns_and_labels_get_the_names_of_their_columns() -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    fitted, losses = as_columns("sharegpt", "sharegpt", {"conversations": turns})
    said = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]
    assert (fitted, losses) == ({"conversations": said}, [])
    fitted, losses = as_columns("openai-kto", "openai-kto", {"messages": turns, "kto_tag": True})
    assert (fitted, losses) == ({"messages": turns, "label": True}, [])


def test_reasoning_gets_the_name_of_its_column() -> None:
    turns = [{"role": "user", "content": "a"}]
    turns.append({"role": "assistant", "content": "b", "thinking": "c"})
    fitted, losses = as_columns("openai", "openai", {"messages": turns})
    assert fitted["messages"][1] == {"role": "assistant", "content": "b", "reasoning_content": "c"}
    assert losses == []
    fitted, losses = as_columns("trl-messages", "openai", {"messages": turns})
    assert (fitted, losses) == ({"messages": turns}, [])


@pytest.mark.parametrize(
    ("key", "value", "loss"),
    [
        ("function_call", {"name": "f", "arguments": "{}"}, "LOS010"),
        ("thinking", "why", "LOS021"),
        ("text", "more", "LOS034"),
        ("value", "b", "LOS032"),  # the content says the same
        ("text", "", "LOS032"),
        ("score", 1, "LOS032"),
    ],
)
def test_trained_content_is_never_dropped_with_a_warning(key: str, value: Any, loss: str) -> None:
    hits: list[Hit] = []
    message = {"role": "assistant", key: value, "content": "b"}
    fit(FORMATS["openai"].columns, {"messages": [message]}, hits)
    assert places(hits) == [f"{loss} /messages/0/{key}"]
    assert bool(errors(hits)) == (loss != "LOS032")


def test_a_trained_column_that_a_table_lacks_is_an_error() -> None:
    hits: list[Hit] = []
    fit(FORMATS["openai"].columns, {"messages": [], "functions": [{"name": "f"}]}, hits)
    assert places(hits) == ["LOS010 /functions"]


@given(row=rows)
def test_every_fitted_record_goes_into_arrow(row: dict[str, Any]) -> None:
    for name in ("alpaca", "dolly", "sharegpt", "openai", "trl-messages", "trl-prompt-completion"):
        record, losses = encode(FORMATS[name], row)
        if record is None:
            assert errors(losses)
            continue
        schema = FORMATS[name].columns
        fitted = fit(schema, record, [])
        table = pa.Table.from_pylist([fitted], schema)
        assert table.num_rows == 1
        for column in ("system", "tools", "instruction"):
            if column in schema.names and isinstance(fitted.get(column), str):
                assert table[column][0].as_py() == fitted[column]
        json.dumps(fitted)


@pytest.mark.parametrize("keys", [("role", "value"), ("from", "content"), ("role", "content")])
def test_turns_have_the_keys_of_the_columns_in_a_table(keys: tuple[str, str]) -> None:
    turns = [("human", "a"), ("gpt", "b")]
    record = {"conversations": [dict(zip(keys, turn, strict=True)) for turn in turns]}
    written, losses = as_columns("sharegpt", "sharegpt", record)
    assert losses == []
    expected = [{"from": word, "value": text} for word, text in turns]
    assert written["conversations"] == expected
