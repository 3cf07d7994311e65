"""Amazon Bedrock conversations, as Nova is fine-tuned on: `system`, `messages`, `toolConfig`.

Source: Amazon Nova user guide, data preparation for fine-tuning, and the Converse API
(`bedrock-conversation-2024`). A block is an object of one key that says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.block_writing import (
    Numbered,
    Writer,
    Writing,
    file_of,
    lose_from_result,
    lost_part,
    split_system,
    write_turns,
)
from curate.formats.pieces.blocks import Block, Reader, Reading, Turn, is_plain, read_turns
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
from curate.formats.pieces.held_json import dump, exact_object, parse
from curate.formats.pieces.inline_media import data_uri, inline, mime_by_name
from curate.formats.pieces.messages import extra_of
from curate.row import TEXT, Message, Part, Role, Row, ToolCall

_MEDIA: Final = frozenset({"image", "video", "audio"})
# Formats whose media type is not the kind and the format's own name.
_MIMES: Final = {"mov": "video/quicktime", "mkv": "video/x-matroska", "mp3": "audio/mpeg"}
_FORMATS: Final = {mime: name for name, mime in _MIMES.items()} | {"image/jpg": "jpeg"}
COLUMNS: Final = frozenset({"messages", "system", "toolConfig"})


def _take(block: Mapping[str, Any], turn: Turn, at: str) -> None:
    if isinstance(call := block.get("toolUse"), dict) and len(block) == 1:
        rest = {k: v for k, v in call.items() if k not in ("toolUseId", "name", "input")}
        turn.call(call["name"], call["input"], call["toolUseId"], rest)
    elif isinstance(result := block.get("toolResult"), dict) and len(block) == 1 and turn.asks:
        _take_result(result, turn, at)
    elif turn.thought is None and (thought := _thought(block)) is not None:
        turn.order.append("t")
        turn.thought = thought["text"]
        if "signature" in thought:
            turn.more["signature"] = thought["signature"]
    else:
        _take_part(block, turn)


def _thought(block: Mapping[str, Any]) -> dict[str, Any] | None:
    outer = block.get("reasoningContent")
    inner = outer.get("reasoningText") if isinstance(outer, dict) and len(outer) == 1 else None
    if not isinstance(inner, dict) or len(block) != 1 or not inner.keys() <= {"text", "signature"}:
        return None
    fits = isinstance(inner.get("text"), str) and isinstance(inner.get("signature"), str | None)
    return inner if fits else None


def _take_part(block: Mapping[str, Any], turn: Turn) -> None:
    if isinstance(text := block.get("text"), str):
        turn.text(text, {k: v for k, v in block.items() if k != "text"})
        return
    kind = next(iter(block), "")
    inner = block.get(kind)
    if (
        kind in _MEDIA
        and len(block) == 1
        and isinstance(inner, dict)
        and _take_media(kind, inner, turn)
    ):
        return
    part: Part = {"type": kind}
    if block:
        part["extra"] = dump(block)
    turn.part(part)


def _take_media(kind: str, inner: Mapping[str, Any], turn: Turn) -> bool:
    name, source = inner.get("format"), inner.get("source")
    if not isinstance(name, str) or not name or not isinstance(source, dict):
        return False
    mime = _MIMES.get(name, f"{kind}/{name}")
    rest = {k: v for k, v in inner.items() if k not in ("format", "source")}
    if source.keys() == {"bytes"} and isinstance(source["bytes"], str):
        turn.file(kind, data_uri(mime, source["bytes"]), mime, rest)
        return True
    place = source.get("s3Location")
    if len(source) == 1 and isinstance(place, dict) and isinstance(place.get("uri"), str):
        more = {k: v for k, v in place.items() if k != "uri"}
        turn.file(kind, place["uri"], mime, {**rest, **({"s3Location": more} if more else {})})
        return True
    return False


def _take_result(result: Mapping[str, Any], turn: Turn, at: str) -> None:
    own, content = result["toolUseId"], result.get("content")
    rest = {k: v for k, v in result.items() if k not in ("toolUseId", "content")}
    message: Message = {"role": "tool", "tool_call_id": own}
    if content is not None:
        inner = Turn(turn.reader, at, asks=False)
        if (
            len(content) == 1
            and isinstance(found := content[0].get("json"), dict)
            and (len(content[0]) == 1)
        ):
            message["content"] = dump(found)
            turn.reader.layout.setdefault("json_results", []).append(own)
        else:
            for block in content:
                _take_part(block, inner)
            if is_plain(inner.parts, others=False):
                message["content"] = inner.parts[0]["text"]
            else:
                message["parts"] = inner.parts
    turn.result(message, rest)


_ROLES: Final[Mapping[str, Role]] = {"user": "user", "assistant": "assistant"}
_WORDS: Final[Mapping[Role, str]] = {"user": "user", "assistant": "assistant"}
READING: Final = Reading("content", _ROLES, _WORDS, strings=False, take=_take)


def read_conversation(record: Record, reader: Reader, messages: list[Message]) -> Row:
    """Return the tools and, before the messages, the system text; a row without a column yet.

    Args:
        record: The record.
        reader: The record's reader.
        messages: The messages read, to which the system message is added.
    """
    if system := record.get("system"):
        turn = Turn(reader, "/system", asks=False)
        for block in system:
            _take_part(block, turn)
        messages.insert(0, turn.messages("system", {}, strings=False)[0])
    else:
        mark_empty(reader.layout, record, "system")
    row: Row = {}
    config = record.get("toolConfig")
    if not config:
        mark_empty(reader.layout, record, "toolConfig")
    elif (tools := config.get("tools")) is not None:
        row["tools"] = read_once(_read_tools, tools)
    return row


def finished(row: Row, record: Record, reader: Reader) -> Row:
    """Add what is left of the record, and of its `toolConfig`."""
    if reader.media:
        row["media"] = reader.media
    finish(row, record, reader.layout, COLUMNS)
    rest = {k: v for k, v in (record.get("toolConfig") or {}).items() if k != "tools"}
    if rest:
        row["extra"] = {"toolConfig": rest, **row.get("extra", {})}
    return row


def _read_tools(tools: list[Any]) -> str:
    return dump([_read_tool(tool) for tool in tools])


def _read_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    declared = tool.get("toolSpec")
    if not isinstance(declared, dict) or len(tool) != 1:
        kind = next(iter(tool), "")
        return {"type": kind, **tool}
    given = declared.get("inputSchema")
    if isinstance(given, dict) and given.keys() == {"json"}:
        declared = {**declared, "inputSchema": given["json"]}
    return function_of(declared, "inputSchema")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(hits)
    messages = read_turns(record["messages"], reader, "/messages", READING)
    row = {"messages": messages, **read_conversation(record, reader, messages)}
    return finished(row, record, reader)


def _text(text: str) -> Block:
    return {"text": text}


def _part(part: Part, writer: Writer, pointer: str) -> Block | None:
    if "media" in part:
        return _write_media(part, writer, pointer)
    extra = parse(part["extra"]) if "extra" in part else {}
    if part["type"] == "text":
        return {**extra, "text": part.get("text") or ""}
    if isinstance(extra, dict) and part["type"] in extra:
        return extra
    lost_part(part, writer, pointer)
    return None


def _write_media(part: Part, writer: Writer, pointer: str) -> Block | None:
    found = file_of(part, writer, pointer, _MEDIA)
    if found is None:
        return None
    entry, extra = found
    place = extra.pop("s3Location", {})
    ref, held = entry["ref"], inline(entry["ref"])
    mime = held[0] if held else entry.get("mime") or mime_by_name(ref)
    if mime is None or not (held or ref.startswith("s3://")):
        why = "Bedrock takes base64 data or an object in S3 of a known format"
        writer.lose("LOS022", pointer, why, ref)
        return None
    name = _FORMATS.get(mime, mime.partition("/")[2])
    source = {"bytes": held[1]} if held else {"s3Location": {"uri": ref, **place}}
    return {entry["type"]: {**extra, "format": name, "source": source}}


def _call(call: ToolCall, given: Any, rest: dict[str, Any], writer: Writer) -> Block:
    return {"toolUse": {**rest, "toolUseId": call["id"], "name": call["name"], "input": given}}


def _result(at: int, message: Message, extra: dict[str, Any], writer: Writer) -> Block | None:
    pointer = f"{writer.column}/{at}"
    own = message.get("tool_call_id")
    if own is None:
        writer.lose("LOS010", pointer, "a result that answers no call has no place")
        return None
    lose_from_result(message, writer, pointer, "name")
    block: Block = {**extra, "toolUseId": own}
    content, parts = message.get("content"), message.get("parts")
    if content is not None:
        held = exact_object(content) if own in _json_results(writer) else None
        as_json = held is not None and held.value is not None and not held.respelled
        block["content"] = [{"json": held.value} if held and as_json else {"text": content}]
    elif parts is not None:
        if is_plain(parts, others=False):
            writer.lose("LOS023", f"{pointer}/parts", "one text part is the same as plain text")
        made = (_part(part, writer, f"{pointer}/parts/{n}") for n, part in enumerate(parts))
        block["content"] = [one for one in made if one is not None]
    return {"toolResult": block}


def _json_results(writer: Writer) -> list[str]:
    found = writer.layout.get("json_results")
    return found if isinstance(found, list) else []


def _think(text: str, extra: dict[str, Any]) -> Block:
    inner: Block = {"text": text}
    if "signature" in extra and isinstance(extra["signature"], str | None):
        inner["signature"] = extra.pop("signature")
    return {"reasoningContent": {"reasoningText": inner}}


WRITING: Final = Writing(READING, False, _text, _part, _call, _result, _think)


def write_conversation(row: Row, record: Record, messages: Numbered, writer: Writer) -> None:
    """Write the tools, the system text and the turns into the record.

    Args:
        row: The row.
        record: Gets the columns.
        messages: The messages with their ids, each with its index in the row.
        writer: The column's writer.
    """
    system, rest = split_system(messages, writer)
    if system is not None:
        record["system"] = _write_system(system, writer)
    record["messages"] = _alternating(write_turns(rest, writer, WRITING), writer)
    config = (row.get("extra") or {}).get("toolConfig")
    config = dict(config) if isinstance(config, dict) else {}
    if (tools := row.get("tools")) is not None:
        config["tools"] = write_once(_write_tools, tools, writer.hits)
    if config:
        record["toolConfig"] = config
    put_empty(writer.layout, record, [], "system")
    put_empty(writer.layout, record, {}, "toolConfig")


def _alternating(turns: list[Block], writer: Writer) -> list[Block]:
    """Return turns that begin with the user's and alternate, as Nova demands."""
    found: list[Block] = []
    for turn in turns:
        if not found and turn["role"] == "assistant":
            why = "the conversation does not begin with a user turn"
            writer.lose("LOS007", writer.column, why)
        elif found and found[-1]["role"] == turn["role"]:
            writer.lose("LOS005", writer.column, f"two {turn['role']} turns become one")
            found[-1] = {**found[-1], **turn, "content": [*found[-1]["content"], *turn["content"]]}
        else:
            found.append(turn)
    return found


def _write_system(message: Message, writer: Writer) -> list[Block]:
    pointer = f"{writer.column}/0"
    for key, value in extra_of(message).items():
        writer.lose("LOS032", f"{pointer}/extra", f"the key {key} has no place", value)
    parts = message.get("parts")
    if parts is None:
        if "content" in message:
            return [_text(message["content"])]
        writer.lose("LOS030", pointer, "an empty system turn becomes none")
        return []
    if is_plain(parts, others=False):
        writer.lose("LOS023", f"{pointer}/parts", "one text part is the same as plain text")
    elif not parts:
        writer.lose("LOS030", pointer, "an empty system turn becomes none")
    made = (_part(part, writer, f"{pointer}/parts/{n}") for n, part in enumerate(parts))
    return [block for block in made if block is not None]


def _write_tools(tools: str, hits: list[Hit]) -> list[Any]:
    found: list[Any] = []
    for index, tool in enumerate(listed(tools)):
        kind = tool.get("type") if isinstance(tool, dict) else None
        own = isinstance(kind, str) and kind not in ("function", "custom") and kind in tool
        if own:
            found.append({k: v for k, v in tool.items() if k != "type"})
            continue
        declared = declared_of(tool, "inputSchema", hits, f"/tools/{index}")
        if declared is not None:
            found.append(
                {"toolSpec": {**declared, "inputSchema": {"json": declared["inputSchema"]}}}
            )
    return found


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or ())
    record: Record = {}
    write_conversation(row, record, give_ids(row["messages"], hits, "/messages"), writer)
    if record["messages"] and record["messages"][-1]["role"] == "user":
        why = "the conversation does not end on an assistant turn"
        hits.append(Hit("LOS006", f"/messages/{len(row['messages']) - 1}", why))
        record["messages"].pop()
    if not record["messages"]:
        hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
        return None
    return closed(row, record)


TURNS: Final = pa.list_(
    pa.struct([("role", TEXT), pa.field("content", pa.string(), metadata=JSON_TEXT)])
)
NOVA = Format(
    name="nova",
    title="Amazon Bedrock (Nova): system, messages of content blocks, toolConfig",
    kind="sft",
    schema="nova",
    decode=_decode,
    encode=_encode,
    columns=schema(
        pa.field("system", pa.string(), metadata=JSON_TEXT),
        ("messages", TURNS),
        pa.field("toolConfig", pa.string(), metadata=JSON_TEXT),
    ),
)
