"""LLaMA-Factory v1: messages of `{type, value}` items, and pairs of such conversations.

Source: hiyouga/LLaMA-Factory `src/llamafactory/v1/utils/types.py` and `data/v1_sft_demo.jsonl`.
Pairs are `chosen_messages` and `rejected_messages`, whole conversations; `chosen` and `rejected`,
as the `pair` converter calls them, are read as well.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import (
    closed,
    drop_blank,
    finish,
    mark_empty,
    opened,
    put_empty,
    schema,
)
from curate.formats.pieces.common_prompt import shared_prompt
from curate.formats.pieces.sides import first_of, lose_margin, lose_shared
from curate.formats.pieces.tools import read_tools, write_tools
from curate.formats.pieces.valued_items import Reader, Writer
from curate.row import TEXT, Row


def _finish(row: Row, record: Record, reader: Reader, consumed: frozenset[str]) -> Row:
    """Add tools, media, category, layout and the columns that are left."""
    value = record.get("tools")
    if value is None and reader.tools is not None:
        value = reader.tools
    elif not isinstance(value, list):
        mark_empty(reader.layout, record, "tools")
    tools, hints = read_tools(value, reader.hits, "/tools", default="string")
    reader.layout.update(hints)
    if tools is not None:
        row["tools"] = tools
    if reader.media:
        row["media"] = reader.media
    return finish(row, record, reader.layout, consumed | {"tools"})


def _close(row: Row, record: Record, layout: dict[str, Any], hits: list[Hit]) -> Record:
    if layout.get("items") == "first":
        hits.append(Hit("LOS055", "/layout", "items of the first versions are written as today's"))
    if (tools := row.get("tools")) is not None:
        record["tools"] = write_tools(
            tools, hits, "/tools", form="string", bare=True, layout=layout
        )
    if layout:
        put_empty(drop_blank(layout, "tools", hits), record, "", "tools")
    return closed(row, record)


def _decode_v1(record: Record, hits: list[Hit]) -> Row | None:
    reader = Reader(hits)
    row: Row = {"messages": reader.messages(record["messages"], "messages", "/messages")}
    return _finish(row, record, reader, frozenset({"messages"}))


def _encode_v1(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "messages", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or ())
    return _close(row, {"messages": writer.messages(row["messages"], "messages")}, layout, hits)


_SIDES = {
    "chosen": ("chosen_messages", "chosen"),
    "rejected": ("rejected_messages", "rejected"),
}


def _decode_v1_pair(record: Record, hits: list[Hit]) -> Row | None:
    names = [first_of(record, spellings, hits) for spellings in _SIDES.values()]
    if None in names:
        return None
    chosen, rejected = (str(name) for name in names)
    reader = Reader(hits)
    sides = (f"/{chosen}", record[chosen]), (f"/{rejected}", record[rejected])
    shared = shared_prompt(hits, reader.turns, *sides)
    if not shared:
        return None
    row: Row = {"prompt": reader.messages(record[chosen][:shared], "prompt", f"/{chosen}")}
    for side, name in (("chosen", chosen), ("rejected", rejected)):
        row[side] = reader.messages(record[name][shared:], side, f"/{name}", shared)
    return _finish(row, record, reader, frozenset({chosen, rejected}))


def _encode_v1_pair(row: Row, hits: list[Hit]) -> Record | None:
    layout = opened(row, "chosen", hits)
    if layout is None:
        return None
    writer = Writer(hits, layout, row.get("media") or ())
    prompt = writer.messages(row["prompt"], "prompt")
    record: Record = {
        names[0]: prompt + writer.messages(row[side], side) for side, names in _SIDES.items()
    }
    lose_shared(row, hits)
    lose_margin(row, hits)
    return _close(row, record, layout, hits)


_ITEMS = pa.list_(
    pa.struct(
        [
            ("role", TEXT),
            ("content", pa.list_(pa.struct([("type", TEXT), ("value", TEXT)]))),
            ("loss_weight", pa.float64()),
        ]
    )
)
LLAMAFACTORY_V1 = Format(
    name="llamafactory-v1",
    title="LLaMA-Factory v1: messages of {type, value} items with loss_weight",
    kind="sft",
    schema="llamafactory-v1",
    decode=_decode_v1,
    encode=_encode_v1,
    columns=schema(("messages", _ITEMS), ("tools", TEXT)),
)
LLAMAFACTORY_V1_PREFERENCE = Format(
    name="llamafactory-v1-preference",
    title="LLaMA-Factory v1 pairs: chosen_messages and rejected_messages",
    kind="preference",
    schema="llamafactory-v1-preference",
    decode=_decode_v1_pair,
    encode=_encode_v1_pair,
    columns=schema(("chosen_messages", _ITEMS), ("rejected_messages", _ITEMS), ("tools", TEXT)),
)
