"""Pygmalion: `conversations` of `{role, value}` with the roles system, human and bot.

Source: axolotl-ai-cloud/axolotl 0.19 `prompt_strategies/pygmalion.py`, which warns on any other
role and goes on without the turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.formats.pieces.held_json import dump
from curate.formats.pieces.messages import (
    extra_of,
    report_lost,
    text_of,
    unknown_role,
    with_reasoning,
    without_taken,
)
from curate.row import TEXT, Message, Role, Row

_ROLES: Mapping[str, str] = {"system": "system", "human": "user", "bot": "assistant"}
_WORDS: Mapping[str, str] = {role: word for word, role in _ROLES.items()}
_KEYS = frozenset({"role", "value"})
_LOST = ("name", "refusal", "weight", "tool_calls", "tool_call_id")


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    messages: list[Message] = []
    for index, turn in enumerate(record["conversations"]):
        role = _ROLES.get(turn["role"])
        if role is None:
            unknown_role(turn["role"], _ROLES, hits, f"/conversations/{index}/role")
            role = "user"
        message: Message = {"role": cast(Role, role), "content": turn["value"]}
        if len(turn) > len(_KEYS):
            message["extra"] = dump({k: v for k, v in turn.items() if k not in _KEYS})
        messages.append(message)
    return finish({"messages": messages}, record, {}, frozenset({"conversations"}))


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "messages", hits) is None:
        return None
    if row.get("tools") is not None:
        hits.append(Hit("LOS010", "/tools", "tool schemas have no place"))
    turns: list[dict[str, Any]] = []
    for index, message in enumerate(row["messages"]):
        at = f"/messages/{index}"
        report_lost(message, _LOST, hits, at)
        role = message["role"]
        if role == "tool":
            hits.append(Hit("LOS010", at, "a tool's result has no place"))
            continue
        if role == "developer":
            hits.append(Hit("LOS003", f"{at}/role", "the developer role becomes system"))
        text = with_reasoning(message, text_of(message, hits, at), hits, at)
        extra = without_taken(extra_of(message), _KEYS, hits, at)
        turns.append({**extra, "role": _WORDS.get(role, "system"), "value": text})
    if not turns:
        return None
    return closed(row, {"conversations": turns})


PYGMALION = Format(
    name="pygmalion",
    title="Pygmalion: conversations of role and value, of human and bot",
    kind="sft",
    schema="pygmalion",
    decode=_decode,
    encode=_encode,
    columns=schema(("conversations", pa.list_(pa.struct([("role", TEXT), ("value", TEXT)])))),
)
