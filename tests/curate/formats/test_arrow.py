from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given

from curate.finding import Hit
from curate.formats.arrow import fit
from tests.curate.formats.format_cases import FORMATS, encode, errors, places, rows

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
