"""The rows that the steps left, as payloads for an output in any format."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.build.chunk import Outcome, selection_of
from curate.build.emit import Block, emit
from curate.build.line.base import Indices, Rows
from curate.build.settings import Settings
from curate.build.verdict import Verdict
from curate.checks import suppressor
from curate.files.chunks import Chunk
from curate.files.hashes import text_hashes
from curate.files.inputs import Source
from curate.files.json_text import dumps, loads
from curate.row import ORIGIN, SCHEMAS, TEXT, Kind, from_batch

if TYPE_CHECKING:
    from curate.files.ids import Hashes


def finished(rows: Rows) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield `(index of the first row, batch)` of the rows as they are written.

    Copies have ids of their own and name their parent; what steps put into `extra` stands there.
    """
    ids = _Ids(rows)
    for start, batch in rows.batches():
        nth = ids.nth[start : start + batch.num_rows]
        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
        if nth.any():
            arrays["origin"] = _with_parents(batch, nth)
            arrays["id"] = ids.of(batch, nth)
        for name, values in rows.extra.items():
            part = values.slice(start, batch.num_rows)
            arrays["extra"] = _with_extra(arrays["extra"], name, part)
        schema = SCHEMAS[rows.kind]
        yield start, pa.RecordBatch.from_arrays([arrays[n] for n in schema.names], schema=schema)


class _Ids:
    """Ids of copies: `~2`, `~3`, … behind the id of the original, passing over those that exist."""

    def __init__(self, rows: Rows) -> None:
        again = np.zeros(len(rows), np.bool_)
        again[1:] = rows.positions[1:] == rows.positions[:-1]
        run = np.cumsum(~again)
        first = np.flatnonzero(~again)
        self.nth: Indices = np.arange(len(rows), dtype=np.int64)
        if len(rows):
            self.nth -= first[run - 1]
        self._taken: Hashes = np.zeros(0, np.uint64)
        self._last: tuple[str, int] = ("", 1)
        if again.any():
            self._taken = np.unique(np.concatenate([*_suffixed(rows), self._taken]))

    def of(self, batch: pa.RecordBatch, nth: Indices) -> pa.Array:
        """Return the batch's ids, a copy's its own."""
        made = []
        for own, number in zip(batch.column("id").to_pylist(), nth.tolist(), strict=True):
            made.append(self._next(own) if number else own)
            if not number:
                self._last = (own, 1)
        return pa.array(made, TEXT)

    def _next(self, own: str) -> str:
        number = self._last[1] if self._last[0] == own else 1
        while self._is_taken(found := f"{own}~{number + 1}"):
            number += 1
        self._last = (own, number + 1)
        return found

    def _is_taken(self, made: str) -> bool:
        (wanted,) = text_hashes([made])
        at = int(np.searchsorted(self._taken, wanted))
        return at < len(self._taken) and bool(self._taken[at] == wanted)


def _suffixed(rows: Rows) -> Iterator[Hashes]:
    """Yield the hashes of ids with a `~`, which an id that is made could be; 8 bytes an id."""
    for _, batch in rows.batches(["id"]):
        column = batch.column(0)
        yield text_hashes(column.filter(pc.match_substring(column, "~")).to_pylist())


def _with_parents(batch: pa.RecordBatch, nth: Indices) -> pa.Array:
    origin = batch.column("origin")
    copies = pa.array(nth > 0)
    children = [origin.field(at) for at in range(origin.type.num_fields)]
    parent = ORIGIN.get_field_index("parent")
    children[parent] = pc.if_else(copies, batch.column("id"), children[parent])
    mask = origin.is_null() if origin.null_count else None
    return pa.StructArray.from_arrays(children, fields=list(ORIGIN), mask=mask)


def _with_extra(column: pa.Array, name: str, values: pa.Array) -> pa.Array:
    """Return `extra` with a value put under a key; a null puts nothing there."""
    made = []
    for text, value in zip(column.to_pylist(), values.to_pylist(), strict=True):
        if value is None:
            made.append(text)
            continue
        made.append(dumps({**(loads(text) if text else {}), name: value}))
    return pa.array(made, TEXT)


def payloads(rows: Rows, settings: Settings) -> Iterator[tuple[Outcome, str]]:
    """Yield what comes of the rows in the format that the settings name, with their split.

    Rows that the format cannot hold are among the outcome's removed ones.

    Args:
        rows: The rows.
        settings: Say which format and which payload.
    """
    encoder = _Encoder(settings)
    for start, batch in finished(rows):
        of_row = rows.splits.of_row[start : start + batch.num_rows]
        for number in np.unique(of_row).tolist():
            name = rows.splits.names[number]
            part = batch
            if int((of_row == number).sum()) != batch.num_rows:
                part = batch.filter(pa.array(of_row == number))
            if settings.to == "row" and settings.payload == "arrow":
                yield _as_it_is(part), name
                continue
            for piece in _by_path(part):
                yield encoder.run(piece, rows.kind), name


def _as_it_is(batch: pa.RecordBatch) -> Outcome:
    out = Outcome(rows=batch.num_rows, payload=batch.serialize())
    out.ledger.rows_in = out.ledger.rows_out = batch.num_rows
    return out


def _by_path(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield runs of rows of one input file, whose findings stand in that file."""
    paths = batch.column("origin").field("path").to_pylist()
    start = 0
    for _, run in groupby(paths):
        n = len(list(run))
        yield batch.slice(start, n)
        start += n


class _Encoder:
    """Writes batches in a format."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._selection = selection_of(settings)
        self._suppressor = suppressor(self._selection, ())

    def run(self, batch: pa.RecordBatch, kind: Kind) -> Outcome:
        """Return what comes of rows of one input file."""
        n = batch.num_rows
        rows = from_batch(batch)
        origins = [row.get("origin") or {} for row in rows]
        source = Source(str(origins[0].get("path")), Path(str(origins[0].get("path"))))
        chunk = Chunk(source)
        for row, origin in zip(rows, origins, strict=True):
            chunk.add(dumps(row).encode(), origin.get("line") or 0, origin.get("byte_offset") or 0)
        out = Outcome()
        out.ledger.rows_in = n
        out.kinds[kind] = n
        verdict = Verdict(chunk, out, self._selection, self._settings.allow_loss, self._suppressor)
        digests: list[Any] = list(map(itemgetter("id"), rows))
        block = Block(rows, list(range(n)), digests, _digests(origins, digests), batch)
        emit(self._settings, kind, block, verdict)
        verdict.settle()
        return out


def _digests(origins: list[dict[str, Any]], ids: list[str]) -> list[str]:
    """Return the sha256 of each row's record, by which a made id is known from an own one."""
    return [
        origin.get("sha256") or own.rjust(64, "0") for origin, own in zip(origins, ids, strict=True)
    ]
