"""Lines for OpenAI and LLaMA-Factory, each judged by its own rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from curate.build import Settings, convert
from tests.consumers.records import CORPORA, WRITTEN, Record

SFT_SOURCES = ["chats", "alpaca", "glaive"]


def _openai_faults(line: Record) -> Iterator[str]:
    """Yield what OpenAI's specification of a fine-tuning line does not allow."""
    if not line["messages"]:
        yield "no messages"
    known: set[str] = set()
    for message in line["messages"]:
        role, content = message["role"], message.get("content")
        calls = message.get("tool_calls")
        if role not in ("developer", "system", "user", "assistant", "tool"):
            yield f"role {role}"
        if not isinstance(content, str) and not (role == "assistant" and calls):
            yield f"content {content!r}"
        if calls is not None and (role != "assistant" or not calls):
            yield "calls"
        for call in calls or ():
            if call.keys() != {"id", "type", "function"} or call["type"] != "function":
                yield f"call {call}"
            if call["function"].keys() != {"name", "arguments"}:
                yield f"function {call}"
            if not isinstance(json.loads(call["function"]["arguments"]), dict):
                yield "arguments"
            known.add(call["id"])
        if role == "tool" and message.get("tool_call_id") not in known:
            yield "an answer to no call"
        if "weight" in message and message["weight"] not in (0, 1):
            yield "weight"
    for tool in line.get("tools", ()):
        name = tool["function"]["name"]
        if tool["type"] != "function" or not 0 < len(name) <= 64:
            yield f"tool {name}"


def _llama_factory_faults(record: Record) -> Iterator[str]:
    """Yield why LLaMA-Factory would drop an SFT or KTO record, or stop at it."""
    if "kto_tag" in record and not isinstance(record["kto_tag"], bool):
        yield "kto_tag"
    if "instruction" in record:
        texts = [record["instruction"], record.get("input") or "", record["output"]]
        texts += [record.get("system") or ""]
        pairs = record.get("history") or []
        if not all(isinstance(text, str) for text in [*texts, *chain.from_iterable(pairs)]):
            yield "no text"
        if any(len(pair) != 2 for pair in pairs):
            yield "history"
        return
    turns = record["conversations"]
    turns = turns[1:] if turns and turns[0]["from"] == "system" else turns
    if not turns or len(turns) % 2:
        yield f"{len(turns)} turns"
    for n, turn in enumerate(turns):
        allowed = ("gpt", "function_call") if n % 2 else ("human", "observation")
        if turn["from"] not in allowed or not isinstance(turn["value"], str):
            yield f"turn {n} {turn['from']}"
        if turn["from"] == "function_call":
            called = json.loads(turn["value"].rpartition("</think>")[2])
            for call in called if isinstance(called, list) else [called]:
                if not {"name", "arguments"} <= call.keys():
                    yield f"call {n}"
    if tools := record.get("tools"):
        listed = json.loads(tools)
        if not isinstance(listed, list) or not all("name" in t.get("function", t) for t in listed):
            yield "tools"


def _convert_all(tmp_path: Path, request: pytest.FixtureRequest, source: str, to: str) -> Any:
    """Convert without the promise that no row is lost: these formats cannot hold every row."""
    if source in CORPORA:
        path = request.getfixturevalue("data") / "hiyouga+LLaMA-Factory" / "data"
        path /= f"{CORPORA[source]}.json"
    else:
        path = tmp_path / "in.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in WRITTEN[source][0]))
    out = tmp_path / "out.jsonl"
    report = convert([str(path)], str(out), to=to, settings=Settings(per_row=True))
    lines = [json.loads(line) for line in out.read_bytes().split(b"\n")[:-1]]
    assert len(lines) == report.ledger.rows_out
    errors = [code for code in report.ledger.removed if not code.startswith("LOS")]
    assert source not in WRITTEN or errors == []
    return lines


@pytest.mark.parametrize("source", SFT_SOURCES)
def test_every_openai_line_keeps_to_the_specification(
    tmp_path: Path, request: pytest.FixtureRequest, source: str
) -> None:
    lines = _convert_all(tmp_path, request, source, "openai")
    assert len(lines) > 10
    assert [fault for line in lines for fault in _openai_faults(line)] == []


@pytest.mark.parametrize(
    ("source", "to"),
    [(source, "sharegpt") for source in SFT_SOURCES]
    + [("chats", "alpaca"), ("alpaca", "alpaca")]
    + [(source, to) for source in ("judged", "kto") for to in ("alpaca-kto", "sharegpt-kto")],
)
def test_llama_factory_takes_every_record(
    tmp_path: Path, request: pytest.FixtureRequest, source: str, to: str
) -> None:
    lines = _convert_all(tmp_path, request, source, to)
    assert len(lines) > 3
    assert [fault for line in lines for fault in _llama_factory_faults(line)] == []
    if to.endswith("-kto"):
        assert {line["kto_tag"] for line in lines} == {True, False}
