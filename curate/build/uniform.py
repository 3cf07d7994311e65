"""Records that every trainer's loader reads alike: all columns on every row, one type for each.

`datasets` makes one table of a JSON file: a column that comes late, or has another type there, ends
the load (4.0, which LLaMA-Factory 0.9.5 needs), or has its texts parsed as JSON (4.7 and later).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from curate.build.settings import Settings
from curate.consumers import BY_NAME
from curate.consumers.llama_factory import LLAMA_FACTORY
from curate.files.json_text import dumps
from curate.finding import Hit
from curate.formats.base import Record
from curate.row import Row

# What a column without a value holds. Tools are parsed as JSON by all, so they are an empty list;
# an empty system text would stand in for the default one in ms-swift, so that column is null.
_EMPTY: dict[str, Any] = {"tools": "[]", "extra": "{}", "system": None}
# What a layout says of the spelling of roles, turns, arguments and tools.
_SPELLED = frozenset(
    {
        *("turn_keys", "role_words", "chosen_words", "rejected_words"),
        *("arguments", "string_arguments", "tools"),
    }
)


def is_uniform(settings: Settings) -> bool:
    """Return whether the output is for trainers, in a format that the strictest loader reads.

    The formats of one trainer alone hold what its own loader takes, such as arguments as objects.
    """
    return bool(settings.consumers) and settings.to in LLAMA_FACTORY.formats


def usual_spelling(settings: Settings, loose: Row) -> Row:
    """Return a row whose layout asks for no spelling but the one that the trainers are told of.

    Role words, the keys of a turn and the types of tools and arguments are then the format's own. A
    system text is a turn, where the format has turns, since all of them read it there.
    """
    layout = loose.get("layout")
    spelled = _SPELLED | {"system_from"} if settings.to.startswith("sharegpt") else _SPELLED
    if not layout or spelled.isdisjoint(layout):
        return loose
    return {**loose, "layout": {k: v for k, v in layout.items() if k not in spelled}}


def columns_of(schema: pa.Schema) -> dict[str, Any]:
    """Return what each column of a schema holds where a record has nothing for it."""
    return {field.name: _empty(field) for field in schema}


def uniform(columns: Mapping[str, Any], record: Record, own_id: str) -> Record:
    """Return the record with every column; `extra` is JSON text, and `id` is there.

    Args:
        columns: As `columns_of` gives them.
        record: The record.
        own_id: The row's id, for a record without one.
    """
    given: Record = {**record, "id": str(record.get("id", own_id))}
    if isinstance(extra := given.get("extra"), dict):
        given["extra"] = dumps(extra)
    for name in _EMPTY:
        if not given.get(name):
            given[name] = None
    return {
        name: empty if (value := given.get(name)) is None else value
        for name, empty in columns.items()
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
