"""Glaive's function calling sets: raw transcripts, and their ShareGPT packaging. Read only.

Sources: glaiveai/glaive-function-calling (v1: `sample`), glaiveai/glaive-function-calling-v2
(`system`, `chat`), and the ShareGPT packaging that mistralai/mistral-finetune
`utils/reformat_data_glaive.py` reads: `function-call` and `function-response` turns,
`function_description` with schemas one behind another. Nothing trains on these shapes, so they are
not written.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import finish, mark_empty
from curate.formats.pieces.glaive_text import (
    FUNCTION_CALL,
    cut_schemas,
    read_quoted,
    read_said,
    read_schemas,
    read_turns,
)
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import unknown_role
from curate.formats.pieces.tools import read_tools
from curate.row import Message, Row

_PYTHON = "if it is Python, `--repair python-literals` writes it as JSON"
_CALL_FIX = 'write {"name": …, "arguments": {…}} or a list of them'
_ROLE_WORDS = {
    "human": "user",
    "gpt": "assistant",
    "system": "system",
    "function-call": "function_call",
    "function-response": "tool",
}


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    column = "chat" if "chat" in record else "sample"
    try:
        messages = read_turns(record[column])
        if column == "chat" and (text := record.get("system")):
            messages = [_system(text), *messages]
    except ValueError as error:
        hits.append(Hit("TOL021", f"/{column}", str(error), record[column]))
        return None
    mark_empty(layout, record, "system")
    row: Row = {}
    at = f"/{column}"
    first = "/system" if column == "chat" else at
    if messages[0]["role"] == "system":
        messages[0] = _without_schemas(messages[0], row, layout, hits, first)
    row["messages"] = [_said(message, hits, at) for message in messages]
    consumed = {column, "system"} if column == "chat" else {column}
    return finish(row, record, layout, frozenset(consumed))


def _system(text: str) -> Message:
    """Return the system column as a turn; its own `SYSTEM:` is the speaker, no text."""
    return {"role": "system", "content": text.strip().removeprefix("SYSTEM:").lstrip()}


def _without_schemas(
    message: Message, row: Row, layout: dict[str, Any], hits: list[Hit], pointer: str
) -> Message:
    """Take the schemas at the end of a system text out of it."""
    try:
        found = cut_schemas(message.get("content") or "")
    except ValueError as error:
        hits.append(Hit("TOL020", pointer, f"the tools stay text: {error}"))
        return message
    if found is None:
        return message
    text, schemas = found
    _set_tools(schemas, row, layout, hits, pointer)
    return {**message, "content": text}


def _set_tools(
    schemas: list[Any], row: Row, layout: dict[str, Any], hits: list[Hit], pointer: str
) -> None:
    tools, hints = read_tools(schemas, hits, pointer)
    layout.update(hints)
    if tools is not None:
        row["tools"] = tools


def _said(message: Message, hits: list[Hit], pointer: str) -> Message:
    text = message.get("content") or ""
    if message["role"] != "assistant" or FUNCTION_CALL not in text:
        return message
    try:
        said = read_said(text)
    except ValueError as error:
        hits.append(Hit("TOL019", pointer, f"the call stays text: {error}", text, _PYTHON))
        return message
    spoken: Message = {"role": "assistant", "tool_calls": said.calls}
    if said.content:
        spoken["content"] = said.content
    return spoken


def _decode_turns(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    row: Row = {"messages": []}
    for index, turn in enumerate(record["conversations"]):
        row["messages"].append(_turn(turn, hits, f"/conversations/{index}"))
    first = row["messages"][0]
    if description := record.get("function_description"):
        _describe(description, row, layout, hits)
    elif first["role"] == "system" and "function_description" not in record:
        pointer = "/conversations/0/value"
        row["messages"][0] = _without_schemas(first, row, layout, hits, pointer)
    mark_empty(layout, record, "function_description")
    consumed = frozenset({"conversations", "function_description"})
    return finish(row, record, layout, consumed)


def _describe(text: str, row: Row, layout: dict[str, Any], hits: list[Hit]) -> None:
    """Read `function_description`; an empty object stands for no tools."""
    try:
        schemas = [schema for schema in read_schemas(text) if schema != {}]
    except ValueError as error:
        why = f"expected JSON schemas, but {error}"
        hits.append(Hit("TOL001", "/function_description", why, text, _PYTHON))
        return
    if schemas:
        _set_tools(schemas, row, layout, hits, "/function_description")


def _turn(turn: Record, hits: list[Hit], pointer: str) -> Message:
    role = _ROLE_WORDS.get(turn["from"])
    message: Message
    if role is None:
        unknown_role(turn["from"], _ROLE_WORDS, hits, f"{pointer}/from")
        role = "user"
    if role == "function_call":
        message = {"role": "assistant"}
        try:
            message["tool_calls"] = read_quoted(turn["value"].strip())
        except ValueError as error:
            why = f"no function call: {error}"
            hits.append(Hit("TOL002", f"{pointer}/value", why, turn["value"], _CALL_FIX))
    else:
        message = {"role": role, "content": turn["value"]}  # type: ignore[typeddict-item]
    if extra := {key: value for key, value in turn.items() if key not in ("from", "value")}:
        message["extra"] = dump(extra)
    return message


GLAIVE = Format(
    name="glaive",
    title="Glaive function calling, v1 (sample) and v2 (system, chat): one transcript",
    kind="sft",
    schema="glaive",
    decode=_decode,
    encode=None,
    columns=pa.schema([]),
)
GLAIVE_SHAREGPT = Format(
    name="glaive-sharegpt",
    title="Glaive as ShareGPT: function-call turns and function_description",
    kind="sft",
    schema="glaive-sharegpt",
    decode=_decode_turns,
    encode=None,
    columns=pa.schema([]),
)
