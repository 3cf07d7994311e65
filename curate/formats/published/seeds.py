"""Self-Instruct's tasks: `instruction` and `instances`, a list of inputs with their outputs.

Source: yizhongw/self-instruct and tatsu-lab/stanford_alpaca, `seed_tasks.jsonl`. Each instance is a
row, its texts as in Alpaca; columns beside them are kept, an instance's own under `instance`. A row
is written as a task of one instance.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.instruct.alpaca import ALPACA
from curate.formats.pieces.columns import opened, schema
from curate.formats.pieces.plain_turns import lose_tools, without_media
from curate.formats.pieces.sides import decode_as, encode_as
from curate.row import TEXT, Row

_TEXTS = ("input", "output")


def _decode(record: Record, hits: list[Hit]) -> Row | list[Row] | None:
    rest = {key: value for key, value in record.items() if key not in ("instruction", "instances")}
    category = rest.pop("category") if isinstance(rest.get("category"), str) else None
    rows: list[Row] = []
    for instance in record["instances"]:
        texts = {name: instance[name] for name in _TEXTS if name in instance}
        row = decode_as(ALPACA, {"instruction": record["instruction"], **texts}, hits)
        if row is None:
            return None
        if category is not None:
            row["category"] = category
        own = {key: value for key, value in instance.items() if key not in _TEXTS}
        if extra := {**rest, **({"instances": [own]} if own else {})}:
            row["extra"] = extra
        rows.append(row)
    return rows if len(rows) > 1 else rows[0]


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    lose_tools(row, hits)
    if opened(row, "messages", []) is not None:
        row = without_media(row, hits)
    record: dict[str, Any] | None = encode_as(ALPACA, row, hits)
    if record is None:
        return None
    record.pop("tools", None)
    if system := record.pop("system", None):
        hits.append(Hit("LOS002", "/messages/0", "a task has no system text", system))
    if before := record.pop("history", None):
        why = f"{len(before) + 1} exchanges do not fit a task's instance, which holds one"
        hits.append(Hit("LOS008", "/messages", why))
    instance = {name: record.pop(name) for name in _TEXTS if name in record}
    match (row.get("extra") or {}).get("instances"):
        case [dict(more)] if more.keys().isdisjoint(_TEXTS):
            instance = {**more, **instance}
    record["instances"] = [instance]
    return record


SELF_INSTRUCT = Format(
    "self-instruct",
    "Self-Instruct tasks: instruction, instances of input and output",
    "sft",
    "self-instruct",
    _decode,
    _encode,
    schema(("instruction", TEXT), ("instances", pa.list_(pa.struct([(n, TEXT) for n in _TEXTS])))),
)
