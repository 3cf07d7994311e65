"""Records that every trainer's loader reads alike: all columns on every row, one type for each.

`datasets` makes one table of a JSON file: a column that comes late, or has another type there, ends
the load (4.0, which LLaMA-Factory 0.9.5 needs), or has its texts parsed as JSON (4.7 and later).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.build.settings import Settings
from curate.consumers import BY_NAME
from curate.files.json_text import dumps
from curate.finding import Hit
from curate.formats.base import Record
from curate.row import Row

# What a column without a value holds. Tools are parsed as JSON by all, so they are an empty list;
# an empty system text would stand in for the default one in ms-swift, so that column is null.
_EMPTY: dict[str, Any] = {"tools": "[]", "extra": "{}", "system": None}


def is_uniform(settings: Settings) -> bool:
    """Return whether the output is for trainers that need such records.

    TRL's own formats hold arguments as objects, which its loader takes as they are.
    """
    return bool(settings.consumers) and not settings.to.startswith("trl-")


def system_in_turn(settings: Settings, loose: Row) -> Row:
    """Return a row whose system text is a turn, where the format has turns: all read it there."""
    layout = loose.get("layout")
    if not layout or "system_from" not in layout or not settings.to.startswith("sharegpt"):
        return loose
    return {**loose, "layout": {k: v for k, v in layout.items() if k != "system_from"}}


def uniform(schema: pa.Schema, record: Record, own_id: str) -> Record:
    """Return the record with every column of the schema; `extra` is JSON text, `id` is there."""
    given: Record = {**record, "id": str(record.get("id", own_id))}
    if isinstance(extra := given.get("extra"), dict):
        given["extra"] = dumps(extra)
    return {
        field.name: _empty(field) if given.get(field.name) is None else given[field.name]
        for field in schema
    }


def _empty(field: pa.Field) -> Any:
    if field.name in _EMPTY:
        return _EMPTY[field.name]
    if pa.types.is_list(field.type):
        return []
    return "" if pa.types.is_large_string(field.type) or pa.types.is_string(field.type) else None


def unread(settings: Settings, record: Record) -> list[Hit]:
    """Return what the trainers that the output is for would not read of a record."""
    return [
        Hit("SCH029", pointer, why)
        for name in settings.consumers
        for pointer, why in BY_NAME[name].unread(settings.to, record)
    ]
