"""The fields of rows that are compared, and a key of each, so that changes are counted by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.checks.columns import flat_list, mask_of
from curate.lexical.keys import joined, keys_of
from curate.row import MESSAGE_COLUMNS, SCHEMAS, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Indices = NDArray[np.int64]
else:
    Keys = Indices = Any

# How a row is called, where it was read and how it was spelled there is no content.
NOT_COMPARED = ("id", "origin", "layout")


def compared(kind: Kind) -> list[str]:
    """Return the columns that are compared."""
    return [name for name in SCHEMAS[kind].names if name not in NOT_COMPARED]


def content_keys(batch: pa.RecordBatch, kind: Kind) -> Keys:
    """Return a key of all that is compared of each row, `(n,) uint64`."""
    keys = np.zeros(batch.num_rows, np.uint64)
    for name in compared(kind):
        keys = joined(keys, keys_of(batch.column(name)))
    return keys


def field_keys(batch: pa.RecordBatch, kind: Kind) -> dict[str, Keys]:
    """Return a key of each field of each row by the field's pointer; 0 where a row has none.

    Of messages each key is a field of its own, `/messages/*/content`, in which their order counts.
    """
    found: dict[str, Keys] = {}
    for name in compared(kind):
        column = batch.column(name)
        if name not in MESSAGE_COLUMNS:
            if column.null_count < len(column):
                there = mask_of(column.is_valid())
                found[f"/{name}"] = np.where(there, keys_of(column), np.uint64(0))
            continue
        messages, owners = flat_list(column)
        if not len(messages):
            continue
        for field in messages.type:
            values = messages.field(field.name)
            if values.null_count < len(values):
                pointer = f"/{name}/*/{field.name}"
                found[pointer] = _summed(values, owners, batch.num_rows)
    return found


def _summed(values: pa.Array, owners: Indices, n_rows: int) -> Keys:
    """Return one key for the values of each row that are there, and for where they stand."""
    starts = np.searchsorted(owners, np.arange(n_rows))
    places = (np.arange(len(owners)) - starts[owners]).astype(np.uint64)
    there = mask_of(values.is_valid())
    terms = joined(keys_of(values), places)[there]
    totals = np.zeros(len(terms) + 1, np.uint64)
    np.cumsum(terms, out=totals[1:])
    bounds = np.searchsorted(owners[there], np.arange(n_rows + 1))
    return np.asarray(totals[bounds[1:]] - totals[bounds[:-1]])
