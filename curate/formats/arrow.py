"""Records made to fit the Arrow columns of their format, with what does not fit reported.

Arrow drops a key that a struct has no field for without a word, and refuses an object where a
column holds JSON text; both are settled here, before a record batch is built.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.formats.base import Record
from curate.formats.columns import JSON_TEXT
from curate.formats.json_text import dump

_NAME = b"ARROW:extension:name"


def fit(schema: pa.Schema, record: Record, hits: list[Hit]) -> Record:
    """Return the record as values that the schema's columns take; it is not changed.

    Args:
        schema: The columns; the record's other columns are left as they are.
        record: An encoded record.
        hits: Gets LOS032 for each key inside a value that has no field, and LOS034 for each value
            of another type than its column has, which becomes null; pointers are into the record.
    """
    fitted = dict(record)
    for field in schema:
        if field.name in record:
            fitted[field.name] = _fit(field, record[field.name], hits, f"/{field.name}")
    return fitted


def _fit(field: pa.Field, value: Any, hits: list[Hit], pointer: str) -> Any:
    kind = field.type
    if value is None:
        return None
    if (field.metadata or {}).get(_NAME) == JSON_TEXT[_NAME]:
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
        elif item is not None:
            hits.append(Hit("LOS032", f"{pointer}/{key}", "the column has no field for this", item))
    return fitted


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
