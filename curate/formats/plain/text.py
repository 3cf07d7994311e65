"""Plain text for pretraining: `{text}`, as TRL, LLaMA-Factory and Together read it."""

from __future__ import annotations

from typing import Any

from curate.finding import Hit
from curate.formats.base import Format, Record
from curate.formats.pieces.columns import closed, finish, opened, schema
from curate.row import TEXT as LARGE_STRING
from curate.row import Row


def _decode(record: Record, hits: list[Hit]) -> Row | None:
    del hits  # the schema has checked all that can be wrong
    layout: dict[str, Any] = {}
    return finish({"text": record["text"]}, record, layout, frozenset({"text"}))


def _encode(row: Row, hits: list[Hit]) -> Record | None:
    if opened(row, "text", hits) is None:
        return None
    return closed(row, {"text": row["text"]})


TEXT = Format(
    name="text",
    title="plain text for pretraining",
    kind="text",
    schema="text",
    decode=_decode,
    encode=_encode,
    columns=schema(("text", LARGE_STRING)),
)
