"""Records made to fit the Arrow columns of their format, with what does not fit reported.

Arrow drops a key that a struct has no field for without a word, and refuses an object where a
column holds JSON text; both are settled here, before a record batch is built. Spellings that the
columns have no name for (a legacy `function_call`, a `role` where the column says `from`) are
settled before the encoder runs: the record is written in the spelling that the columns have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.pieces.columns import HELD_AS_TEXT, JSON_TEXT
from curate.formats.pieces.held_json import dump
from curate.row import Row

_NAME = b"ARROW:extension:name"
# What carries trained content: dropped, it changes what a model learns.
_TRAINED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("function_call", "tool_calls", "custom", "functions", "tools"), "LOS010"),
    **dict.fromkeys(("reasoning_content", "reasoning", "thinking"), "LOS021"),
    **dict.fromkeys(("content", "value", "text"), "LOS034"),
    **dict.fromkeys(("images", "image", "videos", "audios"), "LOS022"),
}
_SYSTEM: Final = frozenset({"system", "system_prompt", "systemInstruction", "system_instruction"})
_WORDS: Final = ("role_words", "chosen_words", "rejected_words")


def in_columns(schema: pa.Schema, row: Row) -> Row:
    """Return the row with a layout that asks for no spelling that the columns lack.

    Legacy function calls are then written as tool calls, `functions` as `tools`, and turns,
    reasoning and labels under the columns' names. The row is not changed.

    Args:
        schema: The format's columns.
        row: A row with its `layout` as an object.
    """
    if not (layout := row.get("layout")):
        return row
    names = set(_names(schema))
    asked = {
        "legacy": "function_call",
        "tools_key": layout.get("tools_key"),
        "reasoning": layout.get("reasoning"),
        "label_column": layout.get("label_column"),
        "messages_key": layout.get("messages_key"),
        "text": "text",
        "snake": "system_instruction",
    }
    gone = {key for key, name in asked.items() if key in layout and name not in names}
    if not names.issuperset((layout.get("columns") or {}).values()):
        gone.add("columns")
    if "system_from" in layout and _SYSTEM.isdisjoint(names):
        gone.add("system_from")
    if "side_forms" in layout:  # a column of answers has one type, which is a message
        gone.add("side_forms")
    if not names.issuperset(layout.get("turn_keys") or ()):
        gone.update(("turn_keys", *_WORDS))
    return {**row, "layout": {k: v for k, v in layout.items() if k not in gone}} if gone else row


def _names(fields: pa.Schema | pa.StructType) -> Iterator[str]:
    """Yield the names of the fields, at every depth."""
    for field in fields:
        yield field.name
        kind = field.type
        while pa.types.is_list(kind):
            kind = kind.value_type
        if pa.types.is_struct(kind):
            yield from _names(kind)


def fit(schema: pa.Schema, record: Record, hits: list[Hit]) -> Record:
    """Return the record as values that the schema's columns take; it is not changed.

    Args:
        schema: The columns; the record's other columns are left as they are.
        record: An encoded record.
        hits: Gets a loss for each key that has no field: LOS010, LOS021 or LOS034, which keep the
            row out, where it carries trained content, else LOS032; and LOS034 for each value of
            another type than its column has, which becomes null. Pointers are into the record.
    """
    fitted = dict(record)
    for key in sorted(record.keys() & (_TRAINED.keys() - set(schema.names))):
        _report(key, record, fitted, hits, f"/{key}")
    for field in schema:
        if field.name in record:
            fitted[field.name] = _fit(field, record[field.name], hits, f"/{field.name}")
    return fitted


def lost_null(schema: pa.Schema, record: Record) -> Hit | None:
    """Return the loss of a null in a table, which is read as a missing key; None for no null."""
    places = (_null_in(field, record[field.name]) for field in schema if field.name in record)
    at = next((place for place in places if place is not None), None)
    return None if at is None else Hit("LOS030", at, "null and missing are the same in a table")


def _null_in(field: pa.Field, value: Any) -> str | None:
    """Return where the first null stands, from the field on; JSON text keeps its nulls."""
    kind, here = field.type, f"/{field.name}"
    if value is None:
        return here
    if (field.metadata or {}).get(_NAME) == JSON_TEXT[_NAME]:
        return None
    if pa.types.is_list(kind) and isinstance(value, list):
        inner = kind.value_field
        for index, item in enumerate(value):
            if (found := _null_in(inner, item)) is not None:
                return f"{here}/{index}{found.removeprefix(f'/{inner.name}')}"
    elif pa.types.is_struct(kind) and isinstance(value, dict):
        for field_ in kind:
            if field_.name in value and (found := _null_in(field_, value[field_.name])):
                return f"{here}{found}"
    return None


def _fit(field: pa.Field, value: Any, hits: list[Hit], pointer: str) -> Any:
    kind = field.type
    if value is None:
        return None
    about = field.metadata or {}
    if about.get(_NAME) == JSON_TEXT[_NAME]:
        return dump(value)
    if HELD_AS_TEXT.items() <= about.items() and not isinstance(value, str):
        return dump(value)
    if pa.types.is_list(kind) and isinstance(value, list):
        inner = kind.value_field
        return [_fit(inner, item, hits, f"{pointer}/{i}") for i, item in enumerate(value)]
    if pa.types.is_struct(kind) and isinstance(value, dict):
        return _fit_struct(kind, value, hits, pointer)
    if _takes(kind, value):
        return value
    why = f"a column of {kind} has no place for this; write JSON lines instead (--container jsonl)"
    hits.append(Hit("LOS034", pointer, why, value))
    return None


def _fit_struct(
    kind: pa.StructType, value: dict[str, Any], hits: list[Hit], pointer: str
) -> dict[str, Any]:
    fields = {field.name: field for field in kind}
    fitted: dict[str, Any] = {}
    for key, item in value.items():
        if key in fields:
            fitted[key] = _fit(fields[key], item, hits, f"{pointer}/{key}")
    for key, item in value.items():
        if key not in fields and item is not None:
            _report(key, value, fitted, hits, f"{pointer}/{key}")
    return fitted


def _report(
    key: str, value: Mapping[str, Any], fitted: Mapping[str, Any], hits: list[Hit], pointer: str
) -> None:
    """Report a key without a field; its content is lost where no kept key says the same."""
    item = value[key]
    said = any(other == item for name, other in fitted.items() if name != key)
    code = _TRAINED.get(key, "LOS032") if item and not said else "LOS032"
    why = "the column has no field for this"
    if code != "LOS032":
        why += "; write JSON lines instead (-o FILE.jsonl, or --container jsonl)"
    hits.append(Hit(code, pointer, why, item))


def _takes(kind: pa.DataType, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(pa.types.is_boolean(kind))
    if isinstance(value, str):
        return bool(pa.types.is_large_string(kind) or pa.types.is_string(kind))
    if isinstance(value, int):
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
    return isinstance(value, float) and bool(
        pa.types.is_floating(kind) or (pa.types.is_integer(kind) and value.is_integer())
    )
