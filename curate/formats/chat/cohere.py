"""Cohere chat fine-tuning: `messages` of System, User and Chatbot with text alone.

Source: Cohere documentation, preparing the chat fine-tuning data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import (
    extra_of,
    report_lost,
    take_audio,
    text_of,
    unknown_role,
    with_reasoning,
    without_taken,
)
from curate.row import TEXT, Message, Role, Row

_ROLES: Final[Mapping[str, Role]] = {"System": "system", "User": "user", "Chatbot": "assistant"}
_WORDS: Final[Mapping[str, str]] = {role: word for word, role in _ROLES.items()}
_LOST: Final = ("name", "refusal", "weight", "tool_call_id", "tool_calls")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    messages: list[Message] = []
    for index, item in enumerate(record["messages"]):
        role = _ROLES.get(item["role"])
        if role is None:
            unknown_role(item["role"], _ROLES, hits, f"/messages/{index}/role")
            role = cast(Role, item["role"])
        message: Message = {"role": role, "content": item["content"]}
        if len(item) > 2:
            message["extra"] = dump({k: v for k, v in item.items() if k not in ("role", "content")})
        messages.append(message)
    return finish({"messages": messages}, record, {}, frozenset({"messages"}))


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "messages", hits) is None:
        return None
    items: list[dict[str, Any]] = []
    for index, message in enumerate(row["messages"]):
        pointer = f"/messages/{index}"
        if message["role"] == "tool":
            why = "the result of a call has no place"
            hits.append(Hit("LOS010", pointer, why, message.get("content")))
        elif message["role"] in ("system", "developer") and items:
            why = "a system turn that is not the first has no place"
            hits.append(Hit("LOS002", pointer, why, message.get("content")))
        else:
            items.append(_write(message, hits, pointer))
    if row.get("tools") is not None:
        hits.append(Hit("LOS010", "/tools", "tool schemas have no place", row["tools"]))
    if not items:
        hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
        return None
    return closed(row, {"messages": items})


def _write(message: Message, hits: list[Hit], pointer: str) -> dict[str, Any]:
    role = message["role"]
    if role == "developer":
        hits.append(Hit("LOS003", f"{pointer}/role", "the developer role becomes system"))
        role = "system"
    if message.keys() == {"role", "content"}:
        return {"role": _WORDS[role], "content": message["content"]}
    report_lost(message, _LOST, hits, pointer)
    text = with_reasoning(message, text_of(message, hits, pointer), hits, pointer)
    extra = extra_of(message)
    take_audio(message, extra, hits, f"{pointer}/extra")
    extra = without_taken(extra, {"role", "content"}, hits, pointer)
    return {**extra, "role": _WORDS[role], "content": text}


COHERE = Format(
    name="cohere",
    title="Cohere: messages of System, User and Chatbot",
    kind="sft",
    schema="cohere",
    decode=_decode,
    encode=_encode,
    columns=schema(("messages", pa.list_(pa.struct([("role", TEXT), ("content", TEXT)])))),
)
