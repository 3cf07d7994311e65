"""The one row: its kinds, its Arrow schema, and the way between Python rows and record batches.

This is the only module that names columns. A Python row is a plain dict that holds only the keys
it has: a missing key is a null in Arrow, and a null in Arrow is a missing key. `row_of` types say
what a decoder must give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from operator import itemgetter
from typing import Any, Literal, NotRequired, TypedDict

import pyarrow as pa

Kind = Literal["sft", "preference", "unpaired", "prompt_only", "text", "stepwise", "segments"]
Role = Literal["system", "developer", "user", "assistant", "tool"]


class ToolCall(TypedDict):
    """One call; `arguments` keeps its original text, byte for byte."""

    id: NotRequired[str]
    type: str
    name: str
    arguments: str


class Part(TypedDict):
    """One part of a message; `media` is an index into the row's media list."""

    type: str
    text: NotRequired[str]
    media: NotRequired[int]
    extra: NotRequired[str]


class Message(TypedDict):
    """One message; `content` and `parts` are never both set."""

    role: Role
    content: NotRequired[str]
    parts: NotRequired[list[Part]]
    tool_calls: NotRequired[list[ToolCall]]
    tool_call_id: NotRequired[str]
    name: NotRequired[str]
    refusal: NotRequired[str]
    reasoning: NotRequired[str]
    weight: NotRequired[float]
    extra: NotRequired[str]


Row = dict[str, Any]

TEXT = pa.large_string()
PART = pa.struct([("type", TEXT), ("text", TEXT), ("media", pa.int32()), ("extra", TEXT)])
TOOL_CALL = pa.struct([("id", TEXT), ("type", TEXT), ("name", TEXT), ("arguments", TEXT)])
MESSAGE = pa.struct(
    [
        ("role", TEXT),
        ("content", TEXT),
        ("parts", pa.list_(PART)),
        ("tool_calls", pa.list_(TOOL_CALL)),
        ("tool_call_id", TEXT),
        ("name", TEXT),
        ("refusal", TEXT),
        ("reasoning", TEXT),
        ("weight", pa.float64()),
        ("extra", TEXT),
    ]
)
MESSAGES = pa.list_(MESSAGE)
MEDIA = pa.list_(pa.struct([("type", TEXT), ("ref", TEXT), ("mime", TEXT)]))
SEGMENTS = pa.list_(pa.struct([("text", TEXT), ("train", pa.bool_())]))
ORIGIN = pa.struct(
    [
        ("path", TEXT),
        ("line", pa.int64()),
        ("byte_offset", pa.int64()),
        ("sha256", TEXT),
        ("format", TEXT),
        ("parent", TEXT),
    ]
)
GENERATED = pa.struct(
    [
        ("backend", TEXT),
        ("model", TEXT),
        ("prompt_id", TEXT),
        ("prompt_sha256", TEXT),
        ("seed", pa.int64()),
        ("params", TEXT),
    ]
)

_COMMON = [
    ("category", TEXT),
    ("language", TEXT),
    ("group", TEXT),
    ("extra", TEXT),
    ("layout", TEXT),
    ("origin", ORIGIN),
    ("generated", GENERATED),
]
_OWN: dict[Kind, list[tuple[str, pa.DataType]]] = {
    "sft": [("messages", MESSAGES), ("tools", TEXT), ("media", MEDIA)],
    "preference": [
        ("prompt", MESSAGES),
        ("chosen", MESSAGES),
        ("rejected", MESSAGES),
        ("margin", pa.float64()),
        ("tools", TEXT),
        ("media", MEDIA),
    ],
    "unpaired": [
        ("prompt", MESSAGES),
        ("completion", MESSAGES),
        ("label", pa.bool_()),
        ("tools", TEXT),
        ("media", MEDIA),
    ],
    "prompt_only": [("prompt", MESSAGES)],
    "text": [("text", TEXT)],
    "stepwise": [
        ("prompt", MESSAGES),
        ("completions", pa.list_(TEXT)),
        ("labels", pa.list_(pa.bool_())),
    ],
    "segments": [("segments", SEGMENTS)],
}
KINDS: tuple[Kind, ...] = tuple(_OWN)
SCHEMAS: dict[Kind, pa.Schema] = {
    kind: pa.schema([("id", TEXT), *own, *_COMMON]) for kind, own in _OWN.items()
}
# Metadata of a table in another format that Tunesmith wrote: the format's name.
FORMAT_KEY = b"tunesmith.format"
# A column of `extra` that names codes which are not reported of the row.
IGNORED = "curate_ignore"
MESSAGE_COLUMNS = ("messages", "prompt", "chosen", "rejected", "completion")


def kind_of(schema: pa.Schema) -> Kind | None:
    """Return the kind whose columns a schema has, or None where it is no row schema."""
    names = set(schema.names)
    for kind, expected in SCHEMAS.items():
        if names == set(expected.names):
            return kind
    return None


def to_batch(
    kind: Kind, rows: Sequence[Row], made: Mapping[str, pa.Array] | None = None
) -> pa.RecordBatch:
    """Build a record batch by column, in the rows' order.

    Args:
        kind: The kind of every row.
        rows: Rows as dicts that hold only the keys they have.
        made: Columns that are built already; they win over the rows' own values.

    Raises:
        pyarrow.ArrowInvalid, pyarrow.ArrowTypeError: If a value is not of its column's type; a
            decoder that lets that happen is wrong.
    """
    schema = SCHEMAS[kind]
    made = made or {}
    present = set(chain.from_iterable(rows))
    arrays = [
        made[f.name]
        if f.name in made
        else column([row.get(f.name) for row in rows], f.type)
        if f.name in present
        else pa.nulls(len(rows), f.type)
        for f in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return one Arrow column of Python values, None being null.

    Structs and lists are built from their flat children, which is several times as fast as
    `pa.array` on nested values, and keys that a whole column lacks cost nothing.
    """
    nested = pa.types.is_list(kind) or pa.types.is_struct(kind)
    if not nested:
        return pa.array(values, kind)
    found = set(map(type, values))
    if found <= {type(None)}:
        return pa.nulls(len(values), kind)
    build = _list_column if pa.types.is_list(kind) else _struct_column
    return build(values, kind, type(None) in found)


def _list_column(values: list[Any], kind: pa.ListType, nulls: bool) -> pa.Array:
    if nulls:
        ends = list(accumulate((len(value) if value else 0 for value in values), initial=0))
        offsets = [None if v is None else end for v, end in zip(values, ends, strict=False)]
        offsets.append(ends[-1])
        values = [value for value in values if value]
    else:
        offsets = list(accumulate(map(len, values), initial=0))
    flat = list(chain.from_iterable(values))
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), column(flat, kind.value_type), type=kind
    )


def _struct_column(values: list[Any], kind: pa.StructType, nulls: bool) -> pa.Array:
    fields = list(kind)
    mask = None
    if nulls:
        mask = pa.array([value is None for value in values])
        values = [{} if value is None else value for value in values]
    taken = _taken(values)
    children = [
        column(taken[f.name], f.type) if f.name in taken else pa.nulls(len(values), f.type)
        for f in fields
    ]
    return pa.StructArray.from_arrays(children, fields=fields, mask=mask)


def _taken(values: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of each key that some of the structs have, None where one lacks it.

    Most structs of a batch have the same keys: equal sizes and no missing key prove it, without
    asking each struct for its keys.
    """
    if len(set(map(len, values))) == 1:
        try:
            return {key: list(map(itemgetter(key), values)) for key in values[0]}
        except KeyError:
            pass
    some = set(chain.from_iterable(set(map(tuple, values))))
    return {key: [value.get(key) for value in values] for key in some}


def from_batch(batch: pa.RecordBatch) -> list[Row]:
    """Return a batch's rows as dicts that hold only the keys that are not null, in order."""
    filled = [
        (name, _values(column), column.null_count > 0)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        if column.null_count < len(column)
    ]
    return _structs(filled, batch.num_rows)


def _values(column: pa.Array) -> list[Any]:
    """Return a column's values, objects without keys that are null.

    Lists and structs are taken apart into their flat children, which is several times as fast as
    `to_pylist` on nested values, and keys that a whole column lacks cost nothing.
    """
    if pa.types.is_list(column.type):
        offsets = column.offsets.to_pylist()
        first = offsets[0]
        flat = _values(column.values.slice(first, offsets[-1] - first))
        lists: list[Any] = [flat[a - first : b - first] for a, b in pairwise(offsets)]
        return _masked(lists, column)
    if not pa.types.is_struct(column.type):
        values: list[Any] = column.to_pylist()
        return values
    filled = []
    for at, field in enumerate(column.type):
        child = column.field(at)
        if child.null_count < len(child):
            filled.append((field.name, _values(child), child.null_count > 0))
    return _masked(_structs(filled, len(column)), column)


def _structs(filled: list[tuple[str, list[Any], bool]], count: int) -> list[dict[str, Any]]:
    """Return objects of columns, given with whether they hold nulls, without keys that are null."""
    if not filled:
        return [{} for _ in range(count)]
    names = [name for name, _, _ in filled]
    rows = zip(*(values for _, values, _ in filled), strict=True)
    if any(has_nulls for _, _, has_nulls in filled):
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in rows
        ]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _masked(values: list[Any], column: pa.Array) -> list[Any]:
    if not column.null_count:
        return values
    there = column.is_valid().to_pylist()
    return [value if valid else None for value, valid in zip(values, there, strict=True)]


def without_nulls(value: Any) -> Any:
    """Return a value whose objects hold only the keys that are not null, at every depth."""
    if isinstance(value, dict):
        return {
            k: v if type(v) is str else without_nulls(v) for k, v in value.items() if v is not None
        }
    if isinstance(value, list):
        return [without_nulls(v) for v in value]
    return value


def message_lists(row: Row) -> Iterable[tuple[str, list[Message]]]:
    """Yield each message column that the row has, as (column name, messages), in schema order."""
    for name in MESSAGE_COLUMNS:
        messages = row.get(name)
        if messages is not None:
            yield name, messages
