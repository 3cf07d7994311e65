"""Records into a table's fixed columns: free values become JSON text, what has no place is said.

A table has one type per leaf (formats differ per record), so that every reader sees the same rows.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from curate.files.json_text import dumps
from curate.finding import Hit


def fitted(value: Any, kind: pa.DataType, pointer: str, hits: list[Hit]) -> Any:
    """Return a value as a column of this type can hold it.

    A value that is no text becomes JSON text in a text column. A key that a struct lacks is
    reported as LOS032, unless it is null; a value of another shape than the column's as LOS032 too.
    """
    if value is None:
        return None
    if pa.types.is_large_string(kind) or pa.types.is_string(kind):
        return value if isinstance(value, str) else dumps(value)
    if pa.types.is_list(kind):
        if not isinstance(value, list):
            return _no_place(value, pointer, hits)
        items = enumerate(value)
        return [fitted(item, kind.value_type, f"{pointer}/{n}", hits) for n, item in items]
    if pa.types.is_struct(kind):
        if not isinstance(value, dict):
            return _no_place(value, pointer, hits)
        return _struct(value, kind, pointer, hits)
    return value


def _struct(
    value: dict[str, Any], kind: pa.StructType, pointer: str, hits: list[Hit]
) -> dict[str, Any]:
    types = {field.name: field.type for field in kind}
    for key in value.keys() - types.keys():
        if value[key] is not None:
            _no_place(value[key], f"{pointer}/{key}", hits)
    return {
        key: fitted(value[key], types[key], f"{pointer}/{key}", hits)
        for key in types
        if key in value
    }


def _no_place(value: Any, pointer: str, hits: list[Hit]) -> None:
    hits.append(Hit("LOS032", pointer, "the table has no column for this", value))
