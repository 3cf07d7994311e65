"""The columns that formats share, and the marks by which a layout remembers what a row can't say.

Marks are lists of JSON Pointers into the record: `absent` (a key that the format usually has is
missing), `null` (a key is null that is usually missing) and `blank` (a key holds "" or [] and is
usually missing).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Record, rest_of
from curate.row import Row


def mark(layout: dict[str, Any], name: str, pointer: str) -> None:
    """Add a pointer to one of the layout's lists."""
    layout.setdefault(name, []).append(pointer)


def marked(layout: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the pointers of one of the layout's lists."""
    found = layout.get(name)
    return frozenset(found) if found else _NONE


_NONE: frozenset[str] = frozenset()


def mark_empty(layout: dict[str, Any], record: Record, *keys: str) -> None:
    """Mark each of these optional columns that is there and empty: null, "" or []."""
    for key in keys:
        if key in record and not record[key]:
            mark(layout, "null" if record[key] is None else "blank", f"/{key}")


def drop_blank(layout: Mapping[str, Any], key: str, hits: list[Hit]) -> dict[str, Any]:
    """Return the layout without the mark that a column was "" or [], which LOS030 reports.

    For formats whose readers parse whatever text the column holds.
    """
    pointer = f"/{key}"
    if pointer not in marked(layout, "blank"):
        return dict(layout)
    hits.append(Hit("LOS030", pointer, f"an empty {key} column is left out"))
    return {**layout, "blank": [other for other in layout["blank"] if other != pointer]}


def put_empty(layout: Mapping[str, Any], record: Record, blank: Any, *keys: str) -> None:
    """Put back the columns that `mark_empty` marked, where the record has no value for them."""
    for key in keys if layout else ():
        if key not in record:
            if f"/{key}" in marked(layout, "null"):
                record[key] = None
            elif f"/{key}" in marked(layout, "blank"):
                record[key] = blank


def finish(row: Row, record: Record, layout: dict[str, Any], consumed: frozenset[str]) -> Row:
    """Set the row's category, layout and extra, and return it.

    A `category` that is text becomes the row's own; any other stays in `extra`.
    """
    if layout:
        row["layout"] = layout
    if isinstance(category := record.get("category"), str):
        row["category"] = category
        consumed |= {"category"}
    if rest := rest_of(record, consumed):
        row["extra"] = rest
    return row


def opened(row: Row, column: str, hits: list[Hit], *, plain: bool = False) -> dict[str, Any] | None:
    """Return the row's layout ({} for none), or None with a loss where there is nothing to write.

    Args:
        row: The row.
        column: The column that the format is made of.
        hits: Gets LOS034 where the row lacks the column, LOS008 where its conversation is empty,
            and LOS033 where it came as plain texts.
        plain: The format can hold plain texts, and reports LOS033 itself where it does not.
    """
    if column == "messages" and row.get(column) == []:
        hits.append(Hit("LOS008", "/messages", "the conversation has no messages"))
        return None
    if column in row:
        layout = row.get("layout") or {}
        if not plain:
            chat_from_text(layout, hits)
        return layout
    hits.append(Hit("LOS034", "", f"the row has no {column}: it is of another kind"))
    return None


def chat_from_text(layout: Mapping[str, Any], hits: list[Hit]) -> None:
    """Report LOS033 where a prompt and answer that came as plain texts become a conversation."""
    if layout.get("prompt") == "string":
        why = "plain text becomes messages, which trainers put through the chat template"
        hits.append(Hit("LOS033", "/prompt", why))


def closed(row: Row, record: Record) -> Record:
    """Return the record with the row's category, where it has one."""
    if (category := row.get("category")) is not None:
        record["category"] = category
    return record


JSON_TEXT = {b"ARROW:extension:name": b"arrow.json", b"ARROW:extension:metadata": b""}
# JSON that is plain text to a reader of tables: `datasets` before 4.7 opens no `arrow.json`.
HELD_AS_TEXT = {b"tunesmith.json": b"text"}


def schema(*fields: tuple[str, pa.DataType] | pa.Field) -> pa.Schema:
    """Return the Arrow types of a format's own columns, `category` last."""
    return pa.schema([*fields, ("category", pa.large_string())])
