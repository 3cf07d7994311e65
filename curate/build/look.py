"""Rows one at a time, for a person to look at; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from curate.build.chunk import ChunkWorker
from curate.build.emit import output_schema
from curate.build.inputs import expand, recognise
from curate.build.read import chunk_of, chunks_of
from curate.build.reports import Report
from curate.build.runner import Run
from curate.build.settings import Settings
from curate.errors import UsageError
from curate.files.chunks import Chunk
from curate.finding import Finding
from curate.row import Row, from_batch


def first_rows(
    inputs: Sequence[str], settings: Settings, report: Report | None = None
) -> Iterator[Row]:
    """Yield the rows that inputs become, in order; `report` is filled with what was read so far."""
    settings = replace(settings, payload="arrow", to="row")
    for _, outcome in Run(report or Report("sample"), settings).outcomes(inputs):
        if outcome.rows:
            (kind,) = outcome.kinds
            schema = output_schema("row", kind)
            yield from from_batch(pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), schema))


def record_at(
    path: str, line: int, settings: Settings
) -> tuple[bytes, Row | None, list[Finding]] | None:
    """Return the record that begins at a line, the row it becomes or None, and its findings.

    None where no record begins there.
    """
    settings = replace(settings, payload="arrow", to="row")
    sources, _ = expand([path])
    if len(sources) != 1 or sources[0].stdin:
        raise UsageError(f"{path}: expected one file", hint="name the file itself: FILE:LINE")
    source = recognise(sources[0], settings.container, settings.limits)
    for piece in chunks_of(source, settings, lazy=False):
        chunk = chunk_of(piece)
        if line not in chunk.lines:
            continue
        at = chunk.lines.index(line)
        one = Chunk(
            chunk.source,
            chunk.records[at : at + 1],
            chunk.lines[at : at + 1],
            chunk.offsets[at : at + 1],
            {0: chunk.faults[at]} if at in chunk.faults else {},
            chunk.values[at : at + 1] if chunk.values is not None else None,
            {0: chunk.cuts[at]} if at in chunk.cuts else {},
        )
        outcome = ChunkWorker(settings).run(one)
        row = None
        if outcome.rows:
            (kind,) = outcome.kinds
            schema = output_schema("row", kind)
            row = from_batch(pa.ipc.read_record_batch(pa.py_buffer(outcome.payload), schema))[0]
        return chunk.records[at], row, outcome.findings
    return None
