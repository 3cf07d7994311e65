"""Converted inputs, and what TRL must read of their rows; nothing of an encoder is used here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.consumers.records import Record


@dataclass
class Written:
    """A converted input: what was written, the rows that it holds, and how TRL opens it."""

    out: Path
    rows: list[Record]
    count: int
    findings: dict[str, int]

    def dataset(self) -> Any:
        import datasets

        datasets.disable_progress_bars()
        cache = str(self.out.parent / "cache")
        if self.out.is_dir():
            return datasets.load_dataset(str(self.out), split="train", cache_dir=cache)
        files = str(self.out)
        return datasets.load_dataset("json", data_files=files, split="train", cache_dir=cache)


# What a row says, in TRL's words.


def _messages(messages: list[Record]) -> list[Record]:
    found = []
    for message in messages:
        item = {k: message[k] for k in ("role", "content", "tool_call_id", "name") if k in message}
        for call in message.get("tool_calls", ()):
            function = {"name": call["name"], "arguments": json.loads(call["arguments"])}
            ids = {"id": call["id"]} if "id" in call else {}
            item.setdefault("tool_calls", []).append(
                {**ids, "type": call["type"], "function": function}
            )
        if "reasoning" in message:
            item["reasoning"] = message["reasoning"]
        found.append(item)
    return found


def _last_answer(messages: list[Record], start: int | None) -> int:
    answers = [n for n, message in enumerate(messages) if message["role"] == "assistant"]
    return answers[-1] if start is None else start


def expected_of(row: Record, to: str, texts: bool) -> Record:
    """Return the columns that TRL reads of a row, its messages as texts where they came so."""
    layout = json.loads(row.get("layout", "{}"))
    sides = {k: _messages(row[k]) for k in ("messages", "prompt", "chosen", "rejected") if k in row}
    if to == "text":
        return {"text": row["text"]}
    if "completion" in row:
        sides["completion"] = _messages(row["completion"])
    if to == "trl-prompt-completion":
        whole = sides.pop("messages")
        cut = _last_answer(whole, layout.get("completion_from"))
        sides = {"prompt": whole[:cut], "completion": whole[cut:]}
    if to == "trl-preference-implicit":
        prompt = sides.pop("prompt")
        sides = {name: prompt + side for name, side in sides.items()}
    elif texts and layout.get("prompt") == "string" and to != "trl-messages":
        sides = {name: side[0]["content"] for name, side in sides.items()}
    return sides | {key: row[key] for key in ("label", "margin") if key in row}


def read_message(message: Record) -> Record:
    found = {key: value for key, value in message.items() if value is not None}
    for carrier in ("reasoning_content", "thinking"):
        if carrier in found:
            found["reasoning"] = found.pop(carrier)
    if calls := found.get("tool_calls"):
        found["tool_calls"] = [{k: v for k, v in c.items() if v is not None} for c in calls]
    return found


def read(record: Record, expected: Record) -> Record:
    """Return a loaded record's columns of those names, less the nulls that columns add."""
    found = {}
    for key in expected:
        value = record[key]
        whole = isinstance(value, list) and key != "text"
        found[key] = [read_message(message) for message in value] if whole else value
    return found
