"""CSV and TSV: records with a header, physical line numbers and raw bytes kept.

`csv.reader` parses one record at a time from the lines it is given, so that a quote that never
closes costs the line it stands on and not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_MOST_LINES = 2_000


def table_chunks(source: Source, stream: BinaryIO, limits: Limits) -> Iterator[Chunk]:
    """Split a CSV file into chunks whose `values` are the rows as objects of text.

    A row with another number of fields than the header, or bytes that are not UTF-8, is a fault of
    that row. Blank lines are no records.
    """
    csv.field_size_limit(limits.record_bytes)
    lines = _Lines(stream)
    header = _header(lines, source)
    chunk, size = Chunk(source, values=[]), 0
    if header is None:
        return
    names, notes = header
    chunk.notes.extend(notes)
    while (record := _next_record(lines, source.delimiter, limits)) is not None:
        raw, line, offset, fields, fault = record
        if fault is None and len(fields) != len(names):
            fault = _count_fault(fields, names)
        if fault is not None:
            raw = raw[:RAW_KEPT_BYTES]
        assert chunk.values is not None
        chunk.values.append({} if fault else dict(zip(names, fields, strict=True)))
        chunk.add(raw, line, offset, fault)
        size += len(raw)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source, values=[]), 0
    if chunk.records or chunk.notes:
        yield chunk


class _Lines:
    """Physical lines with numbers and offsets, and a way to put lines back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._back: list[bytes] = []
        self.number, self.offset = 0, 0

    def take(self) -> bytes:
        """Return the next line with its end, or b"" at the end of the file."""
        line = self._back.pop() if self._back else self._stream.readline()
        if line:
            self.number += 1
            self.offset += len(line)
        return line

    def put_back(self, lines: list[bytes]) -> None:
        """Let lines be taken again, in the order they were taken."""
        for line in reversed(lines):
            self._back.append(line)
            self.number -= 1
            self.offset -= len(line)


_Record = tuple[bytes, int, int, list[str], Hit | None]


def _next_record(lines: _Lines, delimiter: str, limits: Limits) -> _Record | None:
    line = lines.take()
    while line and line.isspace():
        line = lines.take()
    if not line:
        return None
    number, offset = lines.number, lines.offset - len(line)
    if b'"' not in line:
        fields, fault = _parse([line], delimiter)
        return line.rstrip(b"\r\n"), number, offset, fields, fault
    taken = [line]
    size = len(line)
    while True:
        fields, fault = _parse(taken, delimiter)
        if fault is None or fault.code != "SRC017":
            return b"".join(taken).rstrip(b"\r\n"), number, offset, fields, fault
        more = _until_quote(lines)
        size += sum(map(len, more))
        taken += more
        if not more or size > limits.record_bytes or len(taken) > _MOST_LINES:
            lines.put_back(taken[1:])
            return taken[0].rstrip(b"\r\n"), number, offset, [], fault


def _until_quote(lines: _Lines) -> list[bytes]:
    """Take lines up to and including the next that holds a quote, for only that can close one."""
    taken: list[bytes] = []
    while len(taken) <= _MOST_LINES and (line := lines.take()):
        taken.append(line)
        if b'"' in line:
            break
    return taken


def _parse(lines: list[bytes], delimiter: str) -> tuple[list[str], Hit | None]:
    raw = b"".join(lines)
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        message = f"byte 0x{raw[bad.start]:02x} at offset {bad.start} of the record is not UTF-8"
        return [], Hit("SRC004", "", message, raw[:80].decode(errors="backslashreplace"))
    try:
        return next(csv.reader(_split(text), delimiter=delimiter, strict=True)), None
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return [], Hit("SRC017", "", "a quote opens here and never closes", text[:80])
        return [], Hit("SRC016", "", f"the row breaks CSV quoting: {error}", text[:80])


def _split(text: str) -> list[str]:
    """Split at line feeds only; `str.splitlines` also splits at U+2028 and others."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _header(lines: _Lines, source: Source) -> tuple[list[str], list[tuple[int, int, Hit]]] | None:
    raw = lines.take()
    while raw and raw.isspace():
        raw = lines.take()
    if not raw:
        return None
    names, fault = _parse([raw], source.delimiter)
    notes = []
    if fault is not None:
        notes.append((lines.number, 0, fault))
        names = raw.decode(errors="replace").rstrip("\r\n").split(source.delimiter)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        notes.append(
            (lines.number, 0, Hit("SRC007", "", f"the header names {doubled[0]!r} twice", doubled[0]))
        )
        names = [f"{n}.{i}" if n in doubled else n for i, n in enumerate(names)]
    return names, notes


def _count_fault(fields: list[str], names: list[str]) -> Hit:
    if len(fields) > len(names):
        more = ", ".join(repr(value[:40]) for value in fields[len(names) :])
        detail = f"unexpected: {more}"
    else:
        detail = f"missing: {', '.join(names[len(fields) :])}"
    return Hit("SRC016", "", f"{len(fields)} fields, the header has {len(names)} ({detail})", fields[-1])
