"""AutoTrain's chat rows: a `text` column that holds the list of messages, or its JSON text.

Source: huggingface/autotrain-advanced, `docs/source/llm_finetuning.mdx` (rows of role and content)
and `src/autotrain/trainers/clm/utils.py`, which puts the column through the chat template. Its
column mapping is `--map text=COLUMN`, which also names a `messages` or `conversations` column that
was written as JSON text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.openai import OPENAI
from curate.formats.chat.sharegpt import SHAREGPT
from curate.formats.pieces.columns import closed, finish, schema
from curate.formats.pieces.text_lists import list_of_text
from curate.row import Row
from curate.schema import check, validator


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    value = record["text"]
    held = isinstance(value, str)
    turns = list_of_text(value, "/text", hits) if isinstance(value, str) else value
    if turns is None:
        return None
    form, key = _read_as(turns)
    found: list[Hit] = []
    row = None
    if form.decode is not None and validator(form.schema).is_valid({key: turns}):
        row = form.decode({key: turns}, found)
    else:
        found = check(form.schema, {key: turns})
    hits += [hit._replace(pointer="/text" + hit.pointer.removeprefix(f"/{key}")) for hit in found]
    if not isinstance(row, dict):
        return None
    layout = (row.get("layout") or {}) | ({"text_list": True} if held else {})
    return finish(row, record, layout, frozenset({"text"}))


def _read_as(turns: Sequence[Any]) -> tuple[Format, str]:
    """Return the format of the turns, and the column that it has them in."""
    first = turns[0] if turns else None
    if isinstance(first, dict) and "from" in first and "role" not in first:
        return SHAREGPT, "conversations"
    return OPENAI, "messages"


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    assert OPENAI.encode is not None
    record = OPENAI.encode(row, hits)
    if record is None:
        return None
    if (tools := row.get("tools")) is not None:
        code = "LOS030" if tools == "[]" else "LOS010"
        hits.append(Hit(code, "/tools", "AutoTrain reads the messages and no tools"))
    if row.get("media"):
        hits.append(Hit("LOS022", "/media", "AutoTrain's chats are text"))
    for index, message in enumerate(row["messages"]):
        if message.get("tool_calls") or message["role"] == "tool":
            why = "AutoTrain's own templates leave calls and results out"
            hits.append(Hit("LOS010", f"/messages/{index}", why))
    if (row.get("layout") or {}).get("text_list"):
        hits.append(Hit("LOS016", "/messages", "the text of a list becomes the list"))
    return closed(row, {"text": record["messages"]})


_MESSAGES: pa.DataType = OPENAI.columns.field("messages").type
AUTOTRAIN_CHAT = Format(
    name="autotrain-chat",
    title="AutoTrain: text as a list of messages, or its JSON text",
    kind="sft",
    schema="autotrain-chat",
    decode=_decode,
    encode=_encode,
    columns=schema(("text", _MESSAGES)),
)
