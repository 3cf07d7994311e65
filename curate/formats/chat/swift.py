"""ms-swift: messages with tool_call and tool_response turns, loss flags and grounding objects.

Source: modelscope/ms-swift 4.6 `docs/source_en/Customization/Custom-dataset.md` and
`swift/dataset/preprocessor/core.py:MessagesPreprocessor`. `objects`, `channel` and the other
columns of a row stay in `extra`; what ms-swift takes out of a message without a word (reasoning
keys, `tool_call_id`, `weight`) is read.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, mark_empty, opened, put_empty, schema
from curate.formats.pieces.media import FIELDS, tagged_reader, tagged_writer
from curate.formats.pieces.messages import report_lost, text_of
from curate.formats.pieces.parts import Media
from curate.formats.pieces.swift_turns import read_turns, write_turns
from curate.formats.pieces.text_lists import list_of_text
from curate.formats.pieces.tools import read_tools, write_tools
from curate.row import TEXT, Message, Row
from curate.schema import check

_CONSUMED = frozenset({"messages", "tools", "system"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    turns = record["messages"]
    layout: dict[str, Any] = {}
    if isinstance(turns, str):
        turns = list_of_text(turns, "/messages", hits)
        if turns is None:
            return None
        if faults := check("swift", {"messages": turns}):
            hits.extend(faults)
            return None
        layout["messages_text"] = True
    media: list[Media] = []
    messages = read_turns(turns, hits, "/messages", layout=layout, media=media)
    consumed = _CONSUMED
    if system := record.get("system"):
        if messages and messages[0]["role"] == "system":
            why = "the row has a system column and a system turn; the turn is used"
            hits.append(Hit("TRN003", "/system", why, system))
            consumed -= {"system"}
        else:
            messages.insert(0, {"role": "system", "content": system})
            layout["system_from"] = "column"
    mark_empty(layout, record, "system")
    if not isinstance(record.get("tools"), list):
        mark_empty(layout, record, "tools")
    tools, hints = read_tools(record.get("tools"), hits, "/tools", default="string")
    layout.update(hints)
    row: Row = {"messages": messages}
    if tools is not None:
        row["tools"] = tools
    if media:
        row["media"] = media
    return finish(row, record, layout, consumed)


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    record: Record = {}
    messages: list[Message] = row["messages"]
    first = 0
    if layout.get("system_from") == "column" and messages[0]["role"] == "system":
        report_lost(messages[0], ("name", "weight", "reasoning", "extra"), hits, "/messages/0")
        record["system"] = text_of(messages[0], hits, "/messages/0")
        if not record["system"]:
            hits.append(Hit("LOS030", "/messages/0", "an empty system turn becomes none"))
        first = 1
    record["messages"] = write_turns(
        messages[first:],
        hits,
        "/messages",
        layout=layout,
        media=row.get("media") or (),
        first=first,
    )
    if layout.get("messages_text"):
        hits.append(Hit("LOS016", "/messages", "messages that were text become a list"))
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(
            tools, hits, "/tools", form="string", bare=True, layout=layout
        )
    put_empty(layout, record, "", "system", "tools")
    return closed(row, record)


TURN = pa.struct(
    [
        ("role", TEXT),
        ("content", TEXT),
        ("loss", pa.bool_()),
        ("loss_scale", pa.float64()),
        ("name", TEXT),
    ]
)
SWIFT = Format(
    name="swift",
    title="ms-swift: messages with tool_call turns, loss, tools, objects",
    kind="sft",
    schema="swift",
    decode=tagged_reader(_decode),
    encode=tagged_writer(_encode, ("system", "messages")),
    columns=schema(("messages", pa.list_(TURN)), ("system", TEXT), ("tools", TEXT), *FIELDS),
)
