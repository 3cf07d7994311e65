"""Mistral: OpenAI's messages with Mistral's own column names and stricter calls.

Source: mistralai/mistral-finetune, README and `finetune/data/tokenize.py`: `messages` or
`interactions`, `content` or `text`, `tools` or `available_tools`, `system_prompt`; call ids of nine
letters and digits; name, description and parameters on every tool; the last turn the assistant's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.hosted import write_functions, write_messages
from curate.formats.chat.openai import OPENAI
from curate.formats.pieces.columns import (
    HELD_AS_TEXT,
    closed,
    drop_blank,
    finish,
    mark,
    mark_empty,
    marked,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.openai_messages import decode_messages
from curate.formats.pieces.parts import Media
from curate.formats.pieces.services import Service
from curate.formats.pieces.tools import read_tools
from curate.row import TEXT, Row

_ID: Final = re.compile(r"[A-Za-z0-9]{9}")
_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SERVICE: Final = Service("Mistral", lost=("refusal",), by_url=True, alternates=True, ends=True)


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    layout: dict[str, Any] = {}
    column = _either(record, "messages", "interactions", hits)
    key = _either(record, "tools", "available_tools", hits, needed=False)
    if column is None or key is None:
        return None
    if column != "messages":
        layout["messages_key"] = column
    media: list[Media] = []
    items = _with_content(record[column], layout, hits, column)
    consumed = {column, key, "system_prompt"}
    system = record.get("system_prompt")
    put = 0
    if not system:
        mark_empty(layout, record, "system_prompt")
    elif items and items[0]["role"] == "system":
        why = "the record has a system turn too; the column is kept in extra"
        hits.append(Hit("TRN003", "/system_prompt", why, system))
        consumed.remove("system_prompt")
    else:
        items, put = [{"role": "system", "content": system}, *items], 1
        layout["system_from"] = "column"
    known = len(hits)
    messages = decode_messages(items, hits, "/messages", layout=layout, media=media)
    for at in range(known, len(hits)):
        hits[at] = _relocated(hits[at], column, put)
    row: Row = {"messages": messages}
    value = record.get(key)
    if not isinstance(value, list):
        mark_empty(layout, record, key)
    if key != "tools":
        layout["tools_key"] = key
    tools, hints = read_tools(value, hits, f"/{key}")
    layout.update(hints)
    if tools is not None:
        row["tools"] = tools
    if media:
        row["media"] = media
    return finish(row, record, layout, frozenset(consumed))


def _relocated(hit: Hit, column: str, put: int) -> Hit:
    """Return a hit on the messages, before which so many were put, as one on the column."""
    _, _, index, *rest = hit.pointer.split("/")
    return hit._replace(pointer="/".join(["", column, str(int(index) - put), *rest]))


def _either(
    record: Record, usual: str, other: str, hits: list[Hit], *, needed: bool = True
) -> str | None:
    """Return which of two columns the record has; None, with a hit, for both or a missing one."""
    if usual in record and other in record:
        why = f"{usual} and {other} say the same; Mistral takes one of them"
        hits.append(Hit("SCH012", f"/{other}", why, fix="leave one of them out"))
        return None
    if needed and usual not in record and other not in record:
        hits.append(Hit("SCH001", f"/{usual}", f"missing: {usual} or {other} is expected"))
        return None
    return other if other in record else usual


def _with_content(
    items: list[dict[str, Any]], layout: dict[str, Any], hits: list[Hit], column: str
) -> list[dict[str, Any]]:
    """Return the messages with `content` where they had `text`, which the layout remembers."""
    if not any("text" in item for item in items):
        return items
    found = []
    for index, item in enumerate(items):
        if "text" not in item:
            found.append(item)
            continue
        if "content" in item:
            why = "content and text say the same; Mistral takes one of them"
            hits.append(Hit("SCH012", f"/{column}/{index}/text", why, fix="leave one of them out"))
        mark(layout, "text", f"/messages/{index}")
        found.append({("content" if k == "text" else k): v for k, v in item.items()})
    return found


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    items = write_messages(row, hits, layout, _SERVICE)
    record: Record = {}
    if layout.get("system_from") == "column" and items and items[0]["role"] == "system":
        first = items[0]
        if isinstance(first.get("content"), str) and first["content"] and len(first) == 2:
            record["system_prompt"] = first["content"]
            items = items[1:]
    if not items:
        hits.append(Hit("LOS008", "/messages", "no turns are left to write"))
        return None
    texts = marked(layout, "text")
    for index, item in enumerate(items):
        _spell(item, f"/messages/{index}" in texts, hits, f"/messages/{index}")
    _give_ids(items, hits)
    record[layout.get("messages_key", "messages")] = items
    key = "available_tools" if layout.get("tools_key") == "available_tools" else "tools"
    if (tools := row.get("tools")) is not None:
        record[key] = _complete(write_functions(tools, hits, layout, "Mistral"), hits)
    put_empty(drop_blank(layout, key, hits), record, "", "system_prompt", key)
    return closed(row, record)


def _spell(item: dict[str, Any], as_text: bool, hits: list[Hit], pointer: str) -> None:
    """Give a message the text that Mistral demands, under the key that it came with."""
    if item.get("content") is None and not item.get("tool_calls"):
        hits.append(Hit("LOS030", pointer, "a message without content becomes an empty one"))
        item["content"] = ""
    if as_text and "content" in item and not isinstance(item["content"], list):
        item["text"] = item.pop("content")


def _give_ids(items: list[dict[str, Any]], hits: list[Hit]) -> None:
    """Put a digest of nine letters and digits in place of each id that is none of those."""
    calls = [call for item in items for call in item.get("tool_calls") or ()]
    taken = {call["id"] for call in calls if _ID.fullmatch(call["id"])}
    given: dict[str, str] = {}
    for holder, key in [
        *((call, "id") for call in calls),
        *((item, "tool_call_id") for item in items if isinstance(item.get("tool_call_id"), str)),
    ]:
        own = holder[key]
        if _ID.fullmatch(own):
            continue
        if own not in given:
            given[own] = _digest(own, taken)
            taken.add(given[own])
        holder[key] = given[own]
    if given:
        first = next(iter(given))
        why = "ids that are not nine letters or digits become digests of them"
        hits.append(Hit("LOS012", "/messages", why, first))


def _digest(own: str, taken: set[str]) -> str:
    """Return nine letters and digits made of an id, none that is taken."""
    count = 0
    while True:
        number = int.from_bytes(sha256(f"{own}~{count}".encode()).digest()[:8], "big")
        made = ""
        for _ in range(9):
            number, at = divmod(number, len(_SIGNS))
            made += _SIGNS[at]
        if made not in taken:
            return made
        count += 1


def _complete(tools: list[Any], hits: list[Hit]) -> list[Any]:
    """Return tools with the description and parameters that Mistral demands."""
    found = []
    for index, tool in enumerate(tools):
        function: Mapping[str, Any] = tool["function"]
        parameters = function.get("parameters")
        more: dict[str, Any] = {}
        if function.get("description") is None:
            more["description"] = ""
        if not isinstance(parameters, dict):
            more["parameters"] = {}
        if more:
            why = f"a tool without {' and '.join(more)} gets what is empty"
            code = "LOS030" if parameters is None or "parameters" not in more else "LOS032"
            hits.append(Hit(code, f"/tools/{index}", why, parameters))
        found.append({**tool, "function": {**function, **more}} if more else tool)
    return found


MISTRAL = Format(
    name="mistral",
    title="Mistral: messages or interactions, call ids of nine signs, complete tools",
    kind="sft",
    schema="mistral",
    decode=_decode,
    encode=_encode,
    columns=schema(
        ("system_prompt", TEXT),
        OPENAI.columns.field("messages"),
        pa.field("tools", TEXT, metadata=HELD_AS_TEXT),
    ),
)
