"""ShareGPT: `conversations` of `{from, value}`, with LLaMA-Factory's tools and system column.

Lists of `{role, content}` under `conversations` are read as messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, mark_empty, opened, put_empty, schema
from curate.formats.pieces.media import FIELDS, tagged_reader, tagged_writer
from curate.formats.pieces.messages import report_lost, text_of
from curate.formats.pieces.openai_messages import decode_messages, encode_messages
from curate.formats.pieces.sharegpt_turns import KEYS, messages_to_turns, turns_to_messages
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row
from curate.schema import check


def read_record(record: Record, hits: list[Hit]) -> Row | None:
    """Return a record as a row, media tags left in the text; see `Format.decode`."""
    layout: dict[str, Any] = {}
    messages = _read_turns(record["conversations"], hits, layout)
    if messages is None:
        return None
    row: Row = {"messages": messages}
    consumed = {"conversations", "tools", "system"}
    if system := record.get("system"):
        if row["messages"] and row["messages"][0]["role"] == "system":
            why = "the row has a system column and a system turn; the turn is used"
            hits.append(Hit("TRN003", "/system", why, system))
            consumed.remove("system")
        else:
            row["messages"].insert(0, {"role": "system", "content": system})
            layout["system_from"] = "column"
    mark_empty(layout, record, "system")
    if not isinstance(record.get("tools"), list):
        mark_empty(layout, record, "tools")
    tools, hints = read_tools(record.get("tools"), hits, "/tools", default="string")
    layout.update(hints)
    if tools is not None:
        row["tools"] = tools
    return finish(row, record, layout, frozenset(consumed))


def _read_turns(
    turns: Sequence[Mapping[str, Any]], hits: list[Hit], layout: dict[str, Any]
) -> list[Message] | None:
    """Read turns by the keys that they have, which are the first turn's; None after a fault."""
    keys = _keys(turns[0]) if turns else KEYS
    lacking = [(at, key) for at, turn in enumerate(turns) for key in keys if key not in turn]
    if lacking:
        for index, key in lacking:
            why = f"the key {key!r} is missing"
            hits.append(Hit("SCH001", f"/conversations/{index}/{key}", why))
        return None
    if keys != KEYS:
        layout["turn_keys"] = list(keys)
    only = {"human", "gpt", "function_call", "observation"}
    if keys == ("role", "content") and not any(turn["role"] in only for turn in turns):
        layout["turn_keys"].append("messages")
        if faults := check("openai", {"messages": turns}):
            moved = (h.pointer.replace("/messages", "/conversations", 1) for h in faults)
            hits.extend(h._replace(pointer=p) for h, p in zip(faults, moved, strict=True))
            return None
        return decode_messages(turns, hits, "/conversations", layout=layout)
    for index, turn in enumerate(turns):
        if not isinstance(turn[keys[1]], str):
            why = "the text of a turn is expected to be a string"
            at = f"/conversations/{index}/{keys[1]}"
            hits.append(Hit("SCH002", at, why, turn[keys[1]]))
            return None
    return turns_to_messages(turns, hits, "/conversations", layout=layout, keys=keys)


def _keys(turn: Mapping[str, Any]) -> tuple[str, str]:
    return (
        "from" if "from" in turn or "role" not in turn else "role",
        "value" if "value" in turn or "content" not in turn else "content",
    )


def write_record(row: Row, hits: list[Hit]) -> Record | None:
    """Return a row as a record, without media tags; see `Format.encode`."""
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    record: Record = {}
    messages: list[Message] = row["messages"]
    shift = 0
    if layout.get("system_from") == "column" and messages and messages[0]["role"] == "system":
        report_lost(messages[0], ("name", "weight", "extra"), hits, "/messages/0")
        record["system"] = text_of(messages[0], hits, "/messages/0")
        if not record["system"]:
            hits.append(Hit("LOS030", "/messages/0", "an empty system turn becomes none"))
        messages, shift = messages[1:], 1
    own: list[Hit] = []
    keys = layout.get("turn_keys") or KEYS
    if len(keys) == 3:
        record["conversations"] = encode_messages(
            messages, own, "/messages", layout=layout, at="/conversations"
        )
    else:
        record["conversations"] = messages_to_turns(
            messages, own, "/messages", layout=layout, at="/conversations", keys=tuple(keys)
        )
    hits.extend(_shifted(hit, shift) for hit in own)
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(
            tools, hits, "/tools", form="string", bare=True, layout=layout
        )
    put_empty(layout, record, "", "system", "tools")
    return closed(row, record)


def _shifted(hit: Hit, by: int) -> Hit:
    """Return a hit in messages whose first `by` were taken out, with its pointer into the row."""
    if not by or not hit.pointer.startswith("/messages/"):
        return hit
    _, column, index, *rest = hit.pointer.split("/")
    return hit._replace(pointer="/".join(["", column, str(int(index) + by), *rest]))


SHAREGPT = Format(
    name="sharegpt",
    title="ShareGPT: conversations of from and value, tools as LLaMA-Factory has them",
    kind="sft",
    schema="sharegpt",
    decode=tagged_reader(read_record),
    encode=tagged_writer(write_record, ("system", "conversations")),
    columns=schema(
        ("conversations", pa.list_(pa.struct([("from", TEXT), ("value", TEXT)]))),
        ("system", TEXT),
        ("tools", TEXT),
        *FIELDS,
    ),
)
