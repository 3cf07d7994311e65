"""axolotl chat_template rows: OpenAI messages with `train` and `train_detail`.

Source: axolotl-ai-cloud/axolotl 0.19 `docs/dataset-formats/conversation.qmd` and
`prompt_strategies/chat_template.py`. `train` (the usual `message_field_training`) says whether a
turn is in the loss, `train_detail` gives spans of characters and stays with the message. A tool's
`parameters` may be JSON text, and arguments may be an object or text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.openai import OPENAI
from curate.formats.pieces.columns import (
    closed,
    finish,
    mark,
    mark_empty,
    marked,
    opened,
    put_empty,
)
from curate.formats.pieces.columns import schema as columns_schema
from curate.formats.pieces.held_json import dump, parse
from curate.formats.pieces.holding_parts import holding_files
from curate.formats.pieces.messages import report_lost
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.parts import Media
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row

_CONSUMED = frozenset({"messages", "tools", "system"})
_TEXT_SCHEMA = '"parameters": "'


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    media: list[Media] = []
    items: list[dict[str, Any]] = record["messages"]
    plain = [_untrained(item) if "train" in item else item for item in items]
    messages = decode_messages(plain, hits, "/messages", layout=layout, media=media)
    for index, (item, message) in enumerate(zip(items, messages, strict=True)):
        if "train" in item:
            _read_train(item, message, f"/messages/{index}", layout)
        if "weight" in message and item.get("train") is None:
            mark(layout, "weight_key", f"/messages/{index}")
    row: Row = {"messages": messages}
    tools = _read_tools(record, hits, layout)
    if tools is not None:
        row["tools"] = tools
    if media:
        row["media"] = media
    consumed = _read_system(record, row, layout, hits)
    return finish(row, record, layout, consumed)


def _untrained(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "train"}


def _read_train(item: Mapping[str, Any], message: Message, at: str, layout: dict[str, Any]) -> None:
    train = item["train"]
    if train is None:
        mark(layout, "null", f"{at}/train")
        return
    if "weight" in message:
        layout.setdefault("weight_beside", {})[at] = item["weight"]
    message["weight"] = 1.0 if train else 0.0


def _read_system(
    record: Record, row: Row, layout: dict[str, Any], hits: list[Hit]
) -> frozenset[str]:
    mark_empty(layout, record, "system")
    system = record.get("system")
    if not system:
        return _CONSUMED
    if row["messages"][0]["role"] == "system":
        why = "the row has a system column and a system turn; the turn is used"
        hits.append(Hit("TRN003", "/system", why, system))
        return _CONSUMED - {"system"}
    row["messages"].insert(0, {"role": "system", "content": system})
    layout["system_from"] = "column"
    return _CONSUMED


def _read_tools(record: Record, hits: list[Hit], layout: dict[str, Any]) -> str | None:
    value = record.get("tools")
    if not isinstance(value, list):
        mark_empty(layout, record, "tools")
    tools, hints = read_tools(value, hits, "/tools", default="string")
    layout.update(hints)
    if tools is None or _TEXT_SCHEMA not in tools:
        return tools
    found: list[Any] = parse(tools)
    for index, tool in enumerate(found):
        function = tool.get("function")
        text = function.get("parameters") if isinstance(function, dict) else None
        if isinstance(text, str):
            try:
                function["parameters"] = parse(text)
            except ValueError as error:
                why = f"expected parameters as an object or its JSON text, but {error}"
                hits.append(Hit("TOL001", f"/tools/{index}/parameters", why, text))
                return None
            layout["parameters"] = "string"
    return dump(found)


def _readable(tools: str, hits: list[Hit]) -> str:
    """Return the tools but for those whose parameters are text that is no JSON (LOS010)."""
    if _TEXT_SCHEMA not in tools:
        return tools
    kept = []
    for index, tool in enumerate(parse(tools)):
        function = tool.get("function")
        text = function.get("parameters") if isinstance(function, dict) else None
        try:
            parse(text if isinstance(text, str) else "{}")
        except ValueError:
            why = "axolotl reads parameters that are text as JSON, which these are not"
            hits.append(Hit("LOS010", f"/tools/{index}", why, text))
        else:
            kept.append(tool)
    return dump(kept)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    record: Record = {}
    messages: list[Message] = row["messages"]
    first = 0
    if layout.get("system_from") == "column" and _is_text(messages[0]):
        record["system"], first = messages[0]["content"], 1
    media = row.get("media") or ()
    record["messages"] = write_side(messages[first:], hits, "/messages", layout, media, first)
    if (tools := row.get("tools")) is not None:
        tools = _readable(tools, hits)
        record["tools"] = write_tools(tools, hits, "/tools", form="string", layout=layout)
        if layout.get("parameters") == "string":
            hits.append(Hit("LOS016", "/tools", "parameters that were text become objects"))
    put_empty(layout, record, "", "system", "tools")
    return closed(row, record)


def _is_text(message: Message) -> bool:
    plain = message.keys() == {"role", "content"} and message["role"] == "system"
    return plain and bool(message["content"])


def write_side(
    messages: Sequence[Message],
    hits: list[Hit],
    pointer: str,
    layout: Mapping[str, Any],
    media: Sequence[Media],
    first: int = 0,
) -> list[dict[str, Any]]:
    """Return messages as axolotl has them: `train` for the weight, arguments as text.

    Args:
        messages: The messages.
        hits: Gets LOS018 for a weight between 0 and 1, LOS020 for refusals.
        pointer: Where the messages stand in the row.
        layout: The row's layout.
        media: The row's media list.
        first: The index of the first message in the row.
    """
    null, beside = marked(layout, "null"), layout.get("weight_beside") or {}
    keyed = marked(layout, "weight_key")
    plain = []
    for index, message in enumerate(messages, first):
        report_lost(message, ("refusal",), hits, f"{pointer}/{index}")
        kept = without(message, "weight", "refusal")
        if media and "parts" in kept:
            kept = holding_files(kept, media, hits, f"{pointer}/{index}")
        plain.append(kept)
    indexes = range(first, first + len(messages))
    items = encode_messages(plain, hits, pointer, layout=layout, media=media, indexes=indexes)
    for index, (message, item) in enumerate(zip(messages, items, strict=True)):
        if f"{pointer}/{index}/train" in null:
            item.setdefault("train", None)
        if (weight := message.get("weight")) is None:
            continue
        if f"{pointer}/{index}" in keyed and weight.is_integer():
            item["weight"] = int(weight)
            continue
        item["train"] = weight > 0
        if f"{pointer}/{index}" in beside:
            item["weight"] = beside[f"{pointer}/{index}"]
        if weight not in (0, 1):
            why = "the format trains a turn or does not; a weight between is dropped"
            hits.append(Hit("LOS018", f"{pointer}/{first + index}/weight", why, weight))
    return items


def without(message: Message, *keys: str) -> Message:
    """Return a message without some of its keys."""
    if not any(key in message for key in keys):
        return message
    return {key: value for key, value in message.items() if key not in keys}  # type: ignore[return-value]


_MESSAGE = OPENAI.columns.field("messages").type.value_type
_FIELDS = [field for field in _MESSAGE if field.name not in ("weight", "refusal")]
_SPAN = [("begin_offset", pa.int64()), ("end_offset", pa.int64()), ("train", pa.bool_())]
_TRAIN = [
    pa.field("train", pa.bool_()),
    pa.field("train_detail", pa.list_(pa.struct(_SPAN))),
]
AXOLOTL = Format(
    name="axolotl",
    title="axolotl chat_template: messages with train, tools",
    kind="sft",
    schema="axolotl",
    decode=_decode,
    encode=_encode,
    columns=columns_schema(
        ("messages", pa.list_(pa.struct([*_FIELDS, *_TRAIN]))),
        ("system", TEXT),
        ("tools", TEXT),
    ),
)
