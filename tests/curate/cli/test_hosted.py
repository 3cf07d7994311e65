"""A service that refuses further columns gets none, and each is reported; others keep theirs."""

import json
from pathlib import Path

import pytest

TURNS = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
CHAT = {"id": "x", "messages": TURNS, "category": "c", "parallel_tool_calls": True}
PAIR = {
    "input": {"messages": TURNS[:1], "parallel_tool_calls": True},
    "preferred_output": TURNS[1:],
    "non_preferred_output": [{"role": "assistant", "content": "c"}],
}
NOVA = {
    "messages": [
        {"role": "user", "content": [{"text": "a"}]},
        {"role": "assistant", "content": [{"text": "b"}]},
    ],
    "toolConfig": {"toolChoice": {"auto": {}}},
}


@pytest.fixture
def convert(tmp_path, monkeypatch, curate):
    monkeypatch.chdir(tmp_path)

    def run(record, to):
        Path("in.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
        document = curate("convert", "in.jsonl", "--to", to, "-o", "out.jsonl", "--json").document
        return json.loads(Path("out.jsonl").read_text("utf-8")), document["findings"]

    return run


def test_together_gets_no_columns_but_its_own(convert):
    assert convert(CHAT, "together") == ({"messages": TURNS}, {"LOS032": 3})


@pytest.mark.parametrize(
    ("record", "to"), [(CHAT, "fireworks"), (PAIR, "openai-preference"), (NOVA, "nova")]
)
def test_others_keep_what_they_take(convert, record, to):
    assert convert(record, to) == (record, {})
