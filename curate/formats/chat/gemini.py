"""Gemini and Vertex AI: `systemInstruction`, `contents` of `parts`, `tools`.

Source: Gemini API `Content`, `Part` and `Tool`; Vertex AI supervised fine-tuning data sets, whose
examples also spell keys with underscores (`system_instruction`), as the API accepts both.
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
    named_results,
    split_system,
    write_turns,
)
from curate.formats.pieces.blocks import Block, Reader, Reading, Turn, is_plain, read_turns
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import JSON_TEXT, closed, finish, mark_empty, opened, put_empty
from curate.formats.pieces.columns import schema as columns_of
from curate.formats.pieces.gemini_tools import camel, read_groups, snake, write_groups
from curate.formats.pieces.held_json import dump, exact_object, parse
from curate.formats.pieces.inline_media import data_uri, inline, kind_of_mime, mime_by_name
from curate.formats.pieces.messages import extra_of, text_of
from curate.row import TEXT, Message, Part, Role, Row, ToolCall

_KINDS: Final = frozenset({"image", "audio", "video", "file"})
_ANSWER: Final = "output"


def _take(block: Mapping[str, Any], turn: Turn, at: str) -> None:
    if len(block) == 1 and isinstance(text := block.get("text"), str):
        turn.text(text, {})
        return
    part = camel(block, turn.reader.layout)
    call, answer = part.get("functionCall"), part.get("functionResponse")
    if isinstance(call, dict):
        own = call.get("id")
        rest = {k: v for k, v in part.items() if k != "functionCall"}
        taken = ("name", "args", "id") if isinstance(own, str) else ("name", "args")
        if inner := {k: v for k, v in call.items() if k not in taken}:
            rest["function"] = inner
        turn.call(call["name"], call.get("args"), own if "id" in taken else None, rest)
    elif isinstance(answer, dict) and turn.asks:
        _take_answer(answer, {k: v for k, v in part.items() if k != "functionResponse"}, turn)
    elif turn.thought is None and part.get("thought") is True and _is_thought(part):
        turn.order.append("t")
        turn.thought = part["text"]
        if "thoughtSignature" in part:
            turn.more["signature"] = part["thoughtSignature"]
    else:
        _take_part(part, turn)


def _is_thought(part: Mapping[str, Any]) -> bool:
    if not isinstance(part.get("thoughtSignature"), str | None):
        return False
    return isinstance(part.get("text"), str) and part.keys() <= {
        *("text", "thought", "thoughtSignature")
    }


def _take_part(part: dict[str, Any], turn: Turn) -> None:
    layout = turn.reader.layout
    rest = dict(part)
    if isinstance(part.get("text"), str):
        turn.text(rest.pop("text"), rest)
        return
    for key, name in (("inlineData", "data"), ("fileData", "fileUri")):
        if not isinstance(part.get(key), dict):
            continue
        inner = camel(rest.pop(key), layout)
        mime, ref = inner.pop("mimeType", None), inner.pop(name, None)
        if isinstance(ref, str) and isinstance(mime, str) and mime:
            ref = data_uri(mime, ref) if key == "inlineData" else ref
            more = {**rest, **({key: inner} if inner else {})}
            turn.file(kind_of_mime(mime), ref, mime, more)
            return
    kind = next((key for key in part if key not in ("thought", "thoughtSignature")), "")
    turn.part({"type": kind, "extra": dump(part)})


def _take_answer(answer: Mapping[str, Any], outer: dict[str, Any], turn: Turn) -> None:
    given = answer["response"]
    message: Message = {"role": "tool", "name": answer["name"]}
    if isinstance(answer.get("id"), str):
        message["tool_call_id"] = answer["id"]
    only = given.get(_ANSWER) if len(given) == 1 else None
    message["content"] = only if isinstance(only, str) else dump(given)
    taken = {"name", "response", *(("id",) if "tool_call_id" in message else ())}
    if inner := {k: v for k, v in answer.items() if k not in taken}:
        outer["functionResponse"] = inner
    turn.result(message, outer)


_ROLES: Final[Mapping[str, Role]] = {
    "user": "user",
    "model": "assistant",
    "function": "user",
    "tool": "user",
}
_WORDS: Final[Mapping[Role, str]] = {"user": "user", "assistant": "model"}
READING: Final = Reading("parts", _ROLES, _WORDS, strings=False, take=_take, roleless=True)
COLUMNS: Final = frozenset({"contents", "tools", "systemInstruction", "system_instruction"})


def read_conversation(
    record: Record, reader: Reader, messages: list[Message]
) -> tuple[Row, frozenset[str]]:
    """Return the tools, and the columns that are used; the system text goes to the messages."""
    layout = reader.layout
    snake = "system_instruction" in record and "systemInstruction" not in record
    column = "system_instruction" if snake else "systemInstruction"
    if snake:
        layout.setdefault("snake", []).append("systemInstruction")
    system = record.get(column)
    if system is None:
        mark_empty(layout, record, column)
    else:
        messages.insert(0, _system(system, reader))
    row: Row = {}
    if (tools := record.get("tools")) is None:
        mark_empty(layout, record, "tools")
    else:
        row["tools"] = read_groups(tools, layout)
    return row, frozenset({"contents", "tools", column})


def _system(value: Mapping[str, Any], reader: Reader) -> Message:
    turn = Turn(reader, "/systemInstruction", asks=False)
    for block in value["parts"]:
        _take_part(camel(block, reader.layout), turn)
    if (word := value.get("role")) is not None:
        reader.layout["system_role"] = word
    extra = {k: v for k, v in value.items() if k not in ("role", "parts")}
    return turn.messages("system", extra, strings=False)[0]


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(hits)
    messages = read_turns(record["contents"], reader, "/contents", READING)
    tools, consumed = read_conversation(record, reader, messages)
    row: Row = {"messages": messages, **tools}
    if reader.media:
        row["media"] = reader.media
    return finish(row, record, reader.layout, consumed)


def _text(text: str) -> Block:
    return {"text": text}


def _part(part: Part, writer: Writer, pointer: str) -> Block | None:
    if "media" in part:
        return _write_media(part, writer, pointer)
    extra = parse(part["extra"]) if "extra" in part else {}
    if part["type"] == "text":
        return snake({**extra, "text": part.get("text") or ""}, writer.layout)
    if isinstance(extra, dict) and part["type"] in extra:
        return snake(extra, writer.layout)
    lost_part(part, writer, pointer)
    return None


def _write_media(part: Part, writer: Writer, pointer: str) -> Block | None:
    found = file_of(part, writer, pointer, _KINDS)
    if found is None:
        return None
    entry, extra = found
    ref, held = entry["ref"], inline(entry["ref"])
    if held is not None:
        key, inner = "inlineData", {"mimeType": held[0], "data": held[1]}
    else:
        mime = entry.get("mime") or mime_by_name(ref)
        if mime is None or not ref.startswith(("gs://", "http://", "https://")):
            why = "Gemini takes base64 data or a URI (gs, https) of a known media type"
            writer.lose("LOS022", pointer, why, ref)
            return None
        key, inner = "fileData", {"mimeType": mime, "fileUri": ref}
    more = extra.pop(key, {})
    inner = snake({**more, **inner}, writer.layout)
    return snake({**extra, key: inner}, writer.layout)


def _call(call: ToolCall, given: Any, rest: dict[str, Any], writer: Writer) -> Block:
    inner = {**(rest.pop("function", None) or {}), "name": call["name"]}
    if given is not None:
        inner["args"] = given
    if "id" in call:
        inner["id"] = call["id"]
    return snake({**rest, "functionCall": inner}, writer.layout)


def _result(at: int, message: Message, extra: dict[str, Any], writer: Writer) -> Block | None:
    pointer = f"{writer.column}/{at}"
    name = message.get("name")
    if name is None:
        caller = writer.callers.get((at, message.get("tool_call_id")))
        if caller is None:
            why = "a result that names no function and answers no call has no place"
            writer.lose("LOS010", pointer, why)
            return None
        name = caller["name"]
        writer.lose("LOS013", pointer, "a result needs its function's name; it is the call's", name)
    lose_from_result(message, writer, pointer)
    more = extra.pop("functionResponse", None)
    inner: Block = dict(more) if isinstance(more, dict) else {}
    inner.update(name=name, response=_response(message, writer, pointer))
    if "tool_call_id" in message:
        inner["id"] = message["tool_call_id"]
    return snake({**extra, "functionResponse": inner}, writer.layout)


def _response(message: Message, writer: Writer, pointer: str) -> dict[str, Any]:
    text = text_of(message, writer.hits, pointer)
    held = exact_object(text) if text.lstrip().startswith("{") else None
    if held is None or held.value is None or held.inexact:
        return {_ANSWER: text}
    if len(held.value) == 1 and isinstance(held.value.get(_ANSWER), str):
        return {_ANSWER: text}
    if held.respelled:
        why = "the result is kept, its spelling is not"
        writer.lose("LOS016", f"{pointer}/content", why, text)
    return held.value


def _think(text: str, extra: dict[str, Any]) -> Block:
    block: Block = {"text": text, "thought": True}
    if "signature" in extra and isinstance(extra["signature"], str | None):
        block["thoughtSignature"] = extra.pop("signature")
    return block


WRITING: Final = Writing(READING, True, _text, _part, _call, _result, _think, inner=True)


def write_conversation(row: Row, record: Record, messages: Numbered, writer: Writer) -> None:
    """Write the system text, the turns and the tools into the record."""
    layout = writer.layout
    named_results(messages, writer)
    system, rest = split_system(messages, writer)
    if system is not None:
        record["systemInstruction"] = _write_system(system, writer)
    record["contents"] = write_turns(rest, writer, WRITING)
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_groups(tools, writer.hits, layout)
    put_empty(layout, record, [], "tools")
    put_empty(layout, record, None, "systemInstruction", "system_instruction")
    if "systemInstruction" in record and "systemInstruction" in (layout.get("snake") or ()):
        record["system_instruction"] = record.pop("systemInstruction")


def _write_system(message: Message, writer: Writer) -> Block:
    pointer = f"{writer.column}/0"
    value = {k: v for k, v in extra_of(message).items() if k not in ("role", "parts")}
    if (word := writer.layout.get("system_role")) is not None:
        value["role"] = word
    parts = message.get("parts")
    if parts is None:
        if "content" not in message:
            writer.lose("LOS030", pointer, "a message without content becomes an empty one")
        parts = [{"type": "text", "text": message["content"]}] if "content" in message else []
    elif is_plain(parts, others=False):
        writer.lose("LOS023", f"{pointer}/parts", "one text part is the same as plain text")
    made = (_part(part, writer, f"{pointer}/parts/{n}") for n, part in enumerate(parts))
    return {**value, "parts": [block for block in made if block is not None]}


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or ())
    record: Record = {}
    write_conversation(row, record, divided(row["messages"], hits, "/messages"), writer)
    if not record["contents"]:
        hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
        return None
    return closed(row, record)


def divided(messages: list[Message], hits: list[Hit], pointer: str) -> Numbered:
    """Return the messages, one result for several calls divided (LOS014 where it cannot be).

    Ids are no more than they were: Gemini pairs results with calls by their order.
    """
    own: list[Hit] = []
    numbered = give_ids(messages, own, pointer)
    if len(numbered) == len(messages):
        numbered = list(enumerate(messages))
    else:
        hits += [hit for hit in own if hit.code == "LOS013"]
    hits += [hit for hit in own if hit.code == "LOS014"]
    return numbered


TURNS: Final = pa.list_(
    pa.struct([("role", TEXT), pa.field("parts", pa.string(), metadata=JSON_TEXT)])
)
GEMINI = Format(
    name="gemini",
    title="Gemini and Vertex AI: systemInstruction, contents of parts, tools",
    kind="sft",
    schema="gemini",
    decode=_decode,
    encode=_encode,
    columns=columns_of(
        pa.field("systemInstruction", pa.string(), metadata=JSON_TEXT),
        ("contents", TURNS),
        pa.field("tools", pa.string(), metadata=JSON_TEXT),
    ),
)
