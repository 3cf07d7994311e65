"""OpenAI fine-tuning lines: `messages` with `tools`, or the legacy `functions`.

Source: OpenAI API specification, `FinetuneChatRequestInput`. LLaMA-Factory has such messages with
media tags in their texts and the files in columns (hiyouga/LLaMA-Factory `data/mllm_demo.json`):
read as OpenAI's they become parts, `llamafactory-messages` writes tags and columns.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.calls import give_ids
from curate.formats.pieces.columns import (
    HELD_AS_TEXT,
    closed,
    finish,
    mark_empty,
    marked,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.media import (
    FIELDS,
    MEDIA_COLUMNS,
    lose_tags,
    tagged_reader,
    tagged_writer,
)
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.parts import Media
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row


def _decode_line(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    media: list[Media] = []
    row: Row = {
        "messages": decode_messages(
            record["messages"], hits, "/messages", layout=layout, media=media
        )
    }
    key = "tools"
    if "functions" in record and "tools" not in record:
        key = layout["tools_key"] = "functions"
    value = record.get(key)
    if not isinstance(value, list):
        mark_empty(layout, record, key)
    tools, hints = read_tools(value, hits, f"/{key}")
    layout.update(hints)
    if tools is not None:
        row["tools"] = tools
    if media:
        row["media"] = media
    return finish(row, record, layout, frozenset({"messages", key}))


def _encode_line(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    messages: list[Message] = row["messages"]
    old = marked(layout, "legacy")
    legacy = frozenset(i for i in range(len(messages)) if f"/messages/{i}" in old)
    numbered = give_ids(messages, hits, "/messages", legacy)
    record: Record = {
        "messages": encode_messages(
            [message for _, message in numbered],
            hits,
            "/messages",
            layout=layout,
            media=row.get("media") or (),
            indexes=[index for index, _ in numbered],
        )
    }
    key = "functions" if layout.get("tools_key") == "functions" else "tools"
    if (tools := row.get("tools")) is not None:
        record[key] = write_tools(tools, hits, "/tools", bare=key == "functions", layout=layout)
    put_empty(layout, record, "", key)
    return closed(row, record)


_decode_tagged = tagged_reader(_decode_line)


def _decode(record: Record, hits: list[Hit]) -> Row | list[Row] | None:
    if MEDIA_COLUMNS.isdisjoint(record):
        return _decode_line(record, hits)
    row = _decode_tagged(record, hits)
    if isinstance(row, dict) and "media" in row:
        row.setdefault("layout", {})["media"] = "tags"
    return row


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if layout := row.get("layout"):
        lose_tags(layout, hits)
    return _encode_line(row, hits)


_CALL = pa.struct(
    [
        ("id", TEXT),
        ("type", TEXT),
        ("function", pa.struct([("name", TEXT), ("arguments", TEXT)])),
    ]
)
_MESSAGE = pa.struct(
    [
        ("role", TEXT),
        ("content", TEXT),
        ("reasoning_content", TEXT),
        ("tool_calls", pa.list_(_CALL)),
        ("tool_call_id", TEXT),
        ("name", TEXT),
        ("refusal", TEXT),
        ("weight", pa.float64()),
    ]
)
OPENAI = Format(
    name="openai",
    title="OpenAI fine-tuning: messages, tools",
    kind="sft",
    schema="openai",
    decode=_decode,
    encode=_encode,
    columns=schema(
        ("messages", pa.list_(_MESSAGE)), pa.field("tools", TEXT, metadata=HELD_AS_TEXT)
    ),
)
LLAMAFACTORY_MESSAGES = Format(
    name="llamafactory-messages",
    title="LLaMA-Factory messages: media as tags, images, videos, audios",
    kind="sft",
    schema="llamafactory-messages",
    decode=_decode_tagged,
    encode=tagged_writer(_encode_line, ("messages",)),
    columns=schema(
        ("messages", pa.list_(_MESSAGE)),
        pa.field("tools", TEXT, metadata=HELD_AS_TEXT),
        *FIELDS,
    ),
)
