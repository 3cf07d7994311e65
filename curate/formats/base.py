"""What a format is: a shape, a decoder into the row and an encoder out of it. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.finding import Hit
from curate.row import Kind, Row

Record = dict[str, Any]
Decode = Callable[[Record, list[Hit]], Row | list[Row] | None]
Encode = Callable[[Row, list[Hit]], Record | None]


@dataclass(frozen=True, slots=True)
class Format:
    """One outside format.

    Attributes:
        name: Its name on the command line.
        title: One line for `curate formats`.
        kind: The kind of row it decodes to and encodes from.
        schema: The JSON Schema of a record, `schemas/NAME.schema.json`; a record is checked by it
            before it is decoded, so a decoder may trust every type that the schema states.
        decode: Record to row. Gets the record without its `id`, may keep references to its values
            but must not change it. Appends hits with pointers into the record; an error hit, or
            None, sets the record aside. Sets the kind's own columns and, where they apply,
            `category`, `extra` (dict of every column not consumed) and `layout` (dict); the
            caller writes both as JSON. A record that makes several rows gives a list, in an order
            that depends on the record alone. None in place of the function: the format cannot be
            read.
        encode: Row to record, `layout` and `extra` given as dicts; the columns of `extra` are put
            back by the caller. Appends LOS hits with pointers into the row; an error hit keeps the
            row out unless its code is allowed, so the encoder still returns its best record. None
            in place of the function: the format cannot be written.
        columns: Arrow types of an encoded record's own columns, for folders of this format.
        personal: Whether a record is somebody's private life: what is made of it is redacted.
    """

    name: str
    title: str
    kind: Kind
    schema: str
    decode: Decode | None
    encode: Encode | None
    columns: pa.Schema
    personal: bool = False


def rest_of(record: Mapping[str, Any], consumed: frozenset[str]) -> dict[str, Any] | None:
    """Return the columns that a decoder did not consume, in the record's order, or None."""
    if consumed.issuperset(record):
        return None
    return {key: value for key, value in record.items() if key not in consumed}
