"""Anthropic Messages: blocks of text, thinking, tool_use, tool_result, image and document.

Source: Anthropic Messages API (`system`, `messages`, `tools` with `input_schema`), as ms-swift 4.5
and later read it in data sets. A system turn inside `messages`, which the API has not, is read too.
A block of a type not known here stays a part of its own kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.block_writing import (
    Writer,
    Writing,
    file_of,
    lose_from_result,
    lost_part,
    split_system,
    write_turns,
)
from curate.formats.pieces.blocks import Block, Reader, Reading, Turn, read_turns
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import (
    JSON_TEXT,
    closed,
    finish,
    mark_empty,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.declared_tools import (
    declared_of,
    function_of,
    listed,
    read_once,
    write_once,
)
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.inline_media import data_uri, inline
from curate.formats.pieces.messages import extra_of
from curate.row import TEXT, Message, Part, Role, Row, ToolCall

_MEDIA: Final = {"image": "image", "document": "file"}
_BLOCK_OF: Final = {"image": "image", "file": "document"}
# Types of parts that belong to other dialects: no block of Anthropic's.
_FOREIGN: Final = frozenset(
    {
        *("refusal", "image_url", "input_audio", "file", "image", "video", "audio"),
        *("video_url", "audio_url", "ref", "bbox"),
    }
)


def _take(block: Mapping[str, Any], turn: Turn, at: str) -> None:
    kind = block["type"]
    if kind == "tool_use" and "name" in block and "input" in block:
        rest = {k: v for k, v in block.items() if k not in ("type", "id", "name", "input")}
        turn.call(block["name"], block["input"], block.get("id"), rest)
    elif kind == "tool_result" and turn.asks and "tool_use_id" in block:
        _take_result(block, turn, at)
    elif kind == "thinking" and turn.thought is None and _is_thought(block):
        turn.order.append("t")
        turn.thought = block["thinking"]
        if "signature" in block:
            turn.more["signature"] = block["signature"]
    else:
        _take_part(block, turn)


def _is_thought(block: Mapping[str, Any]) -> bool:
    return isinstance(block.get("thinking"), str) and block.keys() <= {
        *("type", "thinking", "signature")
    }


def _take_part(block: Mapping[str, Any], turn: Turn) -> None:
    kind = block["type"]
    rest = {k: v for k, v in block.items() if k != "type"}
    if kind == "text" and isinstance(block.get("text"), str):
        turn.text(rest.pop("text"), rest)
        return
    source = block.get("source")
    if kind in _MEDIA and isinstance(source, dict):
        keys, form = source.keys(), source.get("type")
        del rest["source"]
        if form == "base64" and keys == {"type", "media_type", "data"}:
            mime, data = source["media_type"], source["data"]
            if isinstance(mime, str) and isinstance(data, str) and mime:
                turn.file(_MEDIA[kind], data_uri(mime, data), mime, rest)
                return
        url = source.get("url")
        if form == "url" and keys == {"type", "url"} and isinstance(url, str):
            turn.file(_MEDIA[kind], url, None, rest)
            return
    part: Part = {"type": kind}
    if more := {k: v for k, v in block.items() if k != "type"}:
        part["extra"] = dump(more)
    turn.part(part)


def _take_result(block: Mapping[str, Any], turn: Turn, at: str) -> None:
    rest = {k: v for k, v in block.items() if k not in ("type", "tool_use_id", "content")}
    message: Message = {"role": "tool", "tool_call_id": block["tool_use_id"]}
    content = block.get("content")
    if isinstance(content, str):
        message["content"] = content
    elif content is not None:
        inner = Turn(turn.reader, at, asks=False)
        for one in content:
            _take_part(one, inner)
        message["parts"] = inner.parts
    turn.result(message, rest)


_ROLES: Final[Mapping[str, Role]] = {"user": "user", "assistant": "assistant", "system": "system"}
_WORDS: Final[Mapping[Role, str]] = {"user": "user", "assistant": "assistant", "system": "system"}
_READING: Final = Reading("content", _ROLES, _WORDS, strings=True, take=_take)


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(hits)
    layout = reader.layout
    messages = read_turns(record["messages"], reader, "/messages", _READING)
    consumed = {"messages", "tools", "system"}
    system = record.get("system")
    leading = bool(messages) and messages[0]["role"] == "system"
    if leading:
        layout["system_from"] = "turn"
    if system and leading:
        why = "the record has a system turn too; the column is kept in extra"
        hits.append(Hit("TRN003", "/system", why, system))
        consumed.remove("system")
    elif system is not None and system != "":
        messages.insert(0, _system(system, reader))
    else:
        mark_empty(layout, record, "system")
    row: Row = {"messages": messages}
    tools = record.get("tools")
    if tools is None:
        mark_empty(layout, record, "tools")
    else:
        row["tools"], typed = read_once(_read_tools, tools)
        if typed:
            layout["tools_typed"] = typed.copy()
    if reader.media:
        row["media"] = reader.media
    return finish(row, record, layout, frozenset(consumed))


def _system(value: str | list[Any], reader: Reader) -> Message:
    if isinstance(value, str):
        return {"role": "system", "content": value}
    turn = Turn(reader, "/system", asks=False)
    for block in value:
        _take_part(block, turn)
    return {"role": "system", "parts": turn.parts}


def _read_tools(tools: list[Any]) -> tuple[str, list[int]]:
    typed: list[int] = []
    found = []
    for index, tool in enumerate(tools):
        if tool.get("type", "custom") == "custom":
            if "type" in tool:
                typed.append(index)
            declared = {k: v for k, v in tool.items() if k != "type"}
            found.append(function_of(declared, "input_schema"))
        else:
            found.append(tool)
    return dump(found), typed


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _part(part: Part, writer: Writer, pointer: str) -> Block | None:
    if "media" in part:
        found = file_of(part, writer, pointer, _BLOCK_OF)
        if found is None:
            return None
        entry, extra = found
        held = inline(entry["ref"])
        if held is not None:
            source = {"type": "base64", "media_type": held[0], "data": held[1]}
        elif entry["ref"].startswith(("http://", "https://")):
            source = {"type": "url", "url": entry["ref"]}
        else:
            why = "the API takes base64 data or a URL, not a path"
            writer.lose("LOS022", pointer, why, entry["ref"])
            return None
        return {**extra, "type": _BLOCK_OF[entry["type"]], "source": source}
    if part["type"] in _FOREIGN and not (part["type"] == "image" and "source" in _rest(part)):
        lost_part(part, writer, pointer)
        return None
    block: Block = {"type": part["type"]}
    if part["type"] == "text" and "text" not in part:
        writer.lose("LOS030", pointer, "a text part without text gets an empty one")
        block["text"] = ""
    if "text" in part:
        block["text"] = part["text"]
    return {**_rest(part), **block}


def _rest(part: Part) -> dict[str, Any]:
    found = parse(part["extra"]) if "extra" in part else {}
    return found if isinstance(found, dict) else {}


def _call(call: ToolCall, given: Any, rest: dict[str, Any], writer: Writer) -> Block:
    return {**rest, "type": "tool_use", "id": call["id"], "name": call["name"], "input": given}


def _result(at: int, message: Message, extra: dict[str, Any], writer: Writer) -> Block | None:
    pointer = f"{writer.column}/{at}"
    if "tool_call_id" not in message:
        writer.lose("LOS010", pointer, "a result that answers no call has no place")
        return None
    lose_from_result(message, writer, pointer, "name")
    block: Block = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
    if (content := message.get("content")) is not None:
        block["content"] = content
    elif (parts := message.get("parts")) is not None:
        made = (_part(part, writer, f"{pointer}/parts/{n}") for n, part in enumerate(parts))
        block["content"] = [one for one in made if one is not None]
    return {**extra, **block}


def _think(text: str, extra: dict[str, Any]) -> Block:
    block: Block = {"type": "thinking", "thinking": text}
    if isinstance(extra.get("signature"), str):
        block["signature"] = extra.pop("signature")
    return block


_WRITING: Final = Writing(_READING, False, _text, _part, _call, _result, _think)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or ())
    numbered = give_ids(row["messages"], hits, "/messages")
    system, rest = split_system(numbered, writer, layout.get("system_from") == "turn")
    record: Record = {}
    if system is not None:
        record["system"] = _write_system(system, writer)
    record["messages"] = write_turns(rest, writer, _WRITING)
    if not record["messages"]:
        hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
        return None
    if (tools := row.get("tools")) is not None:
        typed = layout.get("tools_typed")
        record["tools"] = (
            _write_tools(tools, hits, typed) if typed else write_once(_write_tools, tools, hits)
        )
    put_empty(layout, record, "", "system")
    put_empty(layout, record, [], "tools")
    return closed(row, record)


def _write_system(message: Message, writer: Writer) -> str | list[Block]:
    pointer = f"{writer.column}/0"
    for key, value in extra_of(message).items():
        writer.lose("LOS032", f"{pointer}/extra", f"the key {key} has no place", value)
    parts = message.get("parts")
    if parts is None:
        if not (content := message.get("content")):
            writer.lose("LOS030", pointer, "an empty system turn becomes none")
        return content or ""
    made = (_part(part, writer, f"{pointer}/parts/{n}") for n, part in enumerate(parts))
    return [block for block in made if block is not None]


def _write_tools(tools: str, hits: list[Hit], typed: Sequence[int] = ()) -> list[Any]:
    found = []
    for index, tool in enumerate(listed(tools)):
        kind = tool.get("type", "function") if isinstance(tool, dict) else None
        own = isinstance(kind, str) and kind not in ("function", "custom") and "name" in tool
        pointer = f"/tools/{index}"
        declared = tool if own else declared_of(tool, "input_schema", hits, pointer)
        if declared is not None:
            found.append({"type": "custom", **declared} if index in typed else declared)
    return found


ANTHROPIC = Format(
    name="anthropic",
    title="Anthropic Messages: text, thinking, tool_use and tool_result blocks",
    kind="sft",
    schema="anthropic",
    decode=_decode,
    encode=_encode,
    columns=schema(
        pa.field("system", pa.string(), metadata=JSON_TEXT),
        (
            "messages",
            pa.list_(
                pa.struct([("role", TEXT), pa.field("content", pa.string(), metadata=JSON_TEXT)])
            ),
        ),
        pa.field("tools", pa.string(), metadata=JSON_TEXT),
    ),
)
