"""Ids and origins of a chunk's rows, as columns."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa

from curate.build.inputs import export_of
from curate.files.chunks import Chunk
from curate.row import ORIGIN, TEXT, column

if TYPE_CHECKING:
    from curate.build.decode import Decoded


def name_rows(done: Decoded, chunk: Chunk, keys: set[str]) -> tuple[list[str], list[str]]:
    """Return each row's id and its record's sha256 (64 hex).

    The id is the export's own (`row["id"]`), else the first 16 digits of the hash of the record's
    bytes. A row that was read from a dataset folder keeps the hash that it came with. `keys` are
    all keys that the rows have.
    """
    records = chunk.records
    digests = [sha256(records[index]).hexdigest() for index in done.at]
    if keys.isdisjoint(("id", "origin")):
        return [digest[:16] for digest in digests], digests
    ids: list[str] = []
    for position, row in enumerate(done.rows):
        if (origin := row.get("origin")) is not None:
            digests[position] = origin.get("sha256") or digests[position]
        own = row.get("id")
        ids.append(digests[position][:16] if own is None else own)
    return ids, digests


def origin_column(done: Decoded, chunk: Chunk, digests: list[str], keys: set[str]) -> pa.Array:
    """Return the rows' origins as one struct column, built from the chunk's own lists."""
    if "origin" in keys:
        return column([row.get("origin") for row in done.rows], ORIGIN)
    count, at = len(done.rows), done.at
    first = done.forms[0]
    if export_of(chunk.source.container) is not None:
        names = pa.repeat(pa.scalar(chunk.source.container, TEXT), count)
    elif done.forms.count(first) == count:
        names = pa.repeat(pa.scalar(first.name, TEXT), count)
    else:
        names = pa.array([form.name for form in done.forms], TEXT)
    parents = pa.nulls(count, TEXT)
    if "parent" in keys:
        parents = pa.array([row.get("parent") for row in done.rows], TEXT)
    paths = pa.repeat(pa.scalar(chunk.source.path, TEXT), count)
    if chunk.names is not None:
        paths = pa.array([chunk.path_of(index) for index in at], TEXT)
    whole = "parent" not in keys and len(at) == len(chunk.records)
    lines = chunk.lines if whole else [chunk.lines[index] for index in at]
    offsets = chunk.offsets if whole else [chunk.offsets[index] for index in at]
    return pa.StructArray.from_arrays(
        [
            paths,
            pa.array(lines, pa.int64()),
            pa.array(offsets, pa.int64()),
            pa.array(digests, TEXT),
            names,
            parents,
        ],
        fields=list(ORIGIN),
    )
