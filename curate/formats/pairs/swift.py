"""ms-swift's answer pairs: messages with the chosen answer, and the rejected one beside them.

Source: modelscope/ms-swift 4.6 `swift/dataset/preprocessor/core.py` and
`docs/source_en/Customization/Custom-dataset.md`. The rejected answer is `rejected_response`, a text
or the turns behind the last question, or `rejected_messages`, a whole conversation. A row whose
`rejected_response` is null is deleted there, so a file has one of the two columns: rows of other
formats are written with `rejected_messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.chat.swift import TURN
from curate.formats.pieces.columns import closed, opened, put_empty, schema
from curate.formats.pieces.common_prompt import misspelt, shared_prompt
from curate.formats.pieces.media import FIELDS, tagged_reader, tagged_writer
from curate.formats.pieces.sides import (
    Reader,
    assistant,
    first_of,
    put_margin,
    repeats,
    system_first,
)
from curate.formats.pieces.swift_turns import read_turns, write_turns
from curate.formats.pieces.tools import write_tools
from curate.row import TEXT, Message, Row

_CONSUMED = frozenset({"messages", "rejected_response", "margin", "tools"})
_WHOLE = frozenset({"messages", "rejected_messages", "margin", "tools"})
_ANSWERS = frozenset({"assistant", "tool", "tool_call", "tool_response"})


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(record, hits)
    items: list[Any] = record["messages"]
    whole = record.get("rejected_messages")
    if whole is not None:
        sides = ("/messages", items), ("/rejected_messages", whole)
        shared = shared_prompt(hits, partial(_turns, reader), *sides)
        if not shared:
            return None
        rejected = _turns(reader, whole[shared:], "/rejected_messages", shared)
    else:
        shared = _answer_at(items)
        if shared in (0, len(items)):
            if misspelt(hits, partial(_turns, reader), "/messages", items):
                return None
            why = "the conversation is expected to be a question and, at its end, the chosen answer"
            hits.append(Hit("SCH005", "/messages", why))
            return None
        if first_of(record, ("rejected_response", "rejected_messages"), hits) is None:
            return None
        refused = record["rejected_response"]
        reader.layout["columns"] = {"rejected_messages": "rejected_response"}
        if isinstance(refused, str):
            rejected = assistant(refused)
        else:
            skipped = shared if repeats(items[:shared], refused) else 0
            rejected = _turns(reader, refused[skipped:], "/rejected_response", skipped)
            reader.layout["rejected_turns"] = True
    row: Row = {
        "prompt": _turns(reader, items[:shared], "/messages"),
        "chosen": _turns(reader, items[shared:], "/messages", shared),
        "rejected": rejected,
    }
    consumed = _CONSUMED if whole is None else _WHOLE
    system = record.get("system")
    if isinstance(system, str) and system and system_first(row, "prompt", system, hits):
        consumed |= {"system"}
        reader.layout["system_from"] = "column"
    return reader.finish(row, consumed, "string")


def _turns(reader: Reader, items: list[Any], source: str, skipped: int = 0) -> list[Message]:
    return read_turns(
        items, reader.hits, source, layout=reader.layout, media=reader.media, skipped=skipped
    )


def _answer_at(items: list[Any]) -> int:
    """Return where the turns behind the last question begin: calls, results and the answer."""
    at = len(items)
    while at and items[at - 1]["role"] in _ANSWERS:
        at -= 1
    return at


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    record: Record = {}
    prompt: list[Message] = row["prompt"]
    first = 0
    from_column = layout.get("system_from") == "column"
    if from_column and prompt and prompt[0].keys() == {"role", "content"}:
        record["system"], first = prompt[0]["content"], 1
    media = row.get("media") or ()
    turns = write_turns(
        prompt[first:], hits, "/prompt", layout=layout, media=media, at="/messages", first=first
    )
    start = len(turns)
    chosen = write_turns(
        row["chosen"], hits, "/chosen", layout=layout, media=media, at="/messages", skipped=start
    )
    record["messages"] = [*turns, *chosen]
    short = (layout.get("columns") or {}).get("rejected_messages") == "rejected_response"
    if short and _ends_on_question(prompt, row["chosen"]):
        record["rejected_response"] = _rejected(row, layout, hits)
    else:
        rejected = write_turns(
            row["rejected"],
            hits,
            "/rejected",
            layout=layout,
            media=media,
            at="/rejected_messages",
            skipped=start,
        )
        record["rejected_messages"] = [*turns, *rejected]
        _report_shared(chosen, rejected, hits)
    put_margin(row, record, layout)
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(
            tools, hits, "/tools", form="string", bare=True, layout=layout
        )
    put_empty(layout, record, "", "tools", "margin")
    return closed(row, record)


def _ends_on_question(prompt: list[Message], chosen: list[Message]) -> bool:
    """Return whether a reader finds the boundary again by the last question."""
    answers = all(message["role"] in ("assistant", "tool") for message in chosen)
    return answers and bool(prompt) and prompt[-1]["role"] not in ("assistant", "tool")


def _rejected(row: Row, layout: Mapping[str, Any], hits: list[Hit]) -> str | list[dict[str, Any]]:
    (message, *more) = row["rejected"] or assistant("")
    if not more and message.keys() == {"role", "content"} and not layout.get("rejected_turns"):
        text: str = message["content"]
        return text
    return write_turns(
        row["rejected"],
        hits,
        "/rejected",
        layout=layout,
        media=row.get("media") or (),
        at="/rejected_response",
    )


def _report_shared(chosen: list[Any], rejected: list[Any], hits: list[Hit]) -> None:
    if min(len(chosen), len(rejected)) > 1 and chosen[0] == rejected[0]:
        why = "both answers begin with the same turn, which is read as part of the prompt"
        hits.append(Hit("LOS033", "/chosen/0", why))


_encode_tagged = tagged_writer(_encode, ("system",), ("messages", "rejected_messages"))


def _encode_files(row: Row, hits: list[Hit]) -> Record | None:
    """Write a row; with files both sides are whole conversations, whose tags then agree."""
    if row.get("media") and (layout := row.get("layout")):
        row = {**row, "layout": {k: v for k, v in layout.items() if k != "columns"}}
    return _encode_tagged(row, hits)


SWIFT_PREFERENCE = Format(
    name="swift-preference",
    title="ms-swift: messages with rejected_response or rejected_messages",
    kind="preference",
    schema="swift-preference",
    decode=tagged_reader(_decode),
    encode=_encode_files,
    columns=schema(
        ("messages", pa.list_(TURN)),
        ("rejected_messages", pa.list_(TURN)),
        ("margin", pa.float64()),
        ("system", TEXT),
        ("tools", TEXT),
        *FIELDS,
    ),
)
