"""CSV and TSV: records with a header, physical line numbers and raw bytes kept.

`csv.reader` parses one record at a time from the lines it is given, so that a quote that never
closes costs the line it stands on and not the rest of the file.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_MOST_LINES = 2_000
_UNCLOSED = Hit("SRC017", "", "a quote opens here and never closes")


def table_chunks(source: Source, stream: BinaryIO, limits: Limits) -> Iterator[Chunk]:
    """Split a CSV file into chunks whose `values` are the rows as objects of text.

    A row with another number of fields than the header, or bytes that are not UTF-8, is a fault of
    that row. Blank lines are no records.
    """
    csv.field_size_limit(limits.record_bytes)
    lines = _Lines(stream, limits)
    header = _header(lines, source, limits)
    chunk, size = Chunk(source, values=[]), 0
    if header is None:
        return
    names, notes = header
    chunk.notes.extend(notes)
    while (record := _next_record(lines, source.delimiter, limits)) is not None:
        raw, fields, fault = record.raw, record.fields, record.fault
        if fault is None and len(fields) != len(names):
            fault = _count_fault(fields, names)
        elif fault is not None and fault.value is None:
            fault = fault._replace(value=raw[:80].decode(errors="backslashreplace"))
        cut = record.cut
        if fault is not None and cut is None and len(raw) > RAW_KEPT_BYTES:
            cut = Cut(len(raw), hashlib.sha256(raw).hexdigest())
        if cut is not None:
            chunk.cuts[len(chunk.records)] = cut
            raw = raw[:RAW_KEPT_BYTES]
        assert chunk.values is not None
        chunk.values.append({} if fault else dict(zip(names, fields, strict=True)))
        chunk.add(raw, record.line, record.offset, fault)
        size += len(raw)
        if chunk.full or size > CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(source, values=[]), 0
    if chunk.records or chunk.notes:
        yield chunk


class _Lines:
    """Physical lines with numbers and offsets, and a way to put lines back.

    A line longer than the limit comes as its head, with its measure in `over`.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._stream, self._limit = stream, limits.record_bytes
        self._back: list[bytes] = []
        self._held: tuple[bytes, Cut] | None = None
        self.number, self.offset = 0, 0
        self.over: Cut | None = None

    def take(self) -> bytes:
        """Return the next line with its end, or b"" at the end of the file."""
        line, self.over = self._next()
        if line:
            self.number += 1
            self.offset += self.over.length_bytes if self.over else len(line)
        return line

    def _next(self) -> tuple[bytes, Cut | None]:
        if self._back:
            return self._back.pop(), None
        if self._held is not None:
            held, self._held = self._held, None
            return held
        line = self._stream.readline(self._limit + 1)
        if len(line) <= self._limit:
            return line, None
        return line[:RAW_KEPT_BYTES], self._pass_over(line)

    def hold(self, line: bytes) -> None:
        """Let the line that was taken last, and is longer than the limit, be taken again."""
        assert self.over is not None
        self._held = line, self.over
        self.number -= 1
        self.offset -= self.over.length_bytes

    def _pass_over(self, head: bytes) -> Cut:
        digest, length, last = hashlib.sha256(head), len(head), head
        while not last.endswith(b"\n") and (last := self._stream.readline(1 << 20)):
            digest.update(last)
            length += len(last)
        return Cut(length, digest.hexdigest())

    def put_back(self, lines: list[bytes]) -> None:
        """Let lines be taken again, in the order they were taken."""
        for line in reversed(lines):
            self._back.append(line)
            self.number -= 1
            self.offset -= len(line)


@dataclass(slots=True)
class _Record:
    """One record: its bytes, where it begins, its fields, and what is wrong with it."""

    raw: bytes
    line: int
    offset: int
    fields: list[str]
    fault: Hit | None = None
    cut: Cut | None = None


def _next_record(lines: _Lines, delimiter: str, limits: Limits) -> _Record | None:
    line = lines.take()
    while line and _is_blank(line, delimiter):
        line = lines.take()
    if not line:
        return None
    if (over := lines.over) is not None:
        start = lines.offset - over.length_bytes
        what = f"one line of {over.length_bytes:,} bytes, longer than the limit"
        too_long = Hit("SRC009", "", what, line[:80].decode(errors="replace"))
        return _Record(line, lines.number, start, [], too_long, over)
    number, offset = lines.number, lines.offset - len(line)
    taken = [line]
    fields, fault = _parse(_fed(lines, taken, limits), delimiter)
    if fault is not None and len(taken) > 1:
        # The lines make no record together: only the first is lost.
        lines.put_back(taken[1:])
        taken, fault = taken[:1], _UNCLOSED
    raw = b"".join(taken).rstrip(b"\r\n")
    return _Record(raw, number, offset, fields, fault or _not_utf8(raw))


def _is_blank(line: bytes, delimiter: str) -> bool:
    """Return whether a line is empty; a line of tabs is a record of a TSV file."""
    return line.isspace() and delimiter.encode() not in line


def _fed(lines: _Lines, taken: list[bytes], limits: Limits) -> Iterator[str]:
    """Yield the lines of one record, as many as the parser asks for, and keep what was taken."""
    yield taken[0].decode(errors="surrogateescape")
    size = len(taken[0])
    while len(taken) <= _MOST_LINES and size <= limits.record_bytes and (line := lines.take()):
        if lines.over is not None:
            lines.hold(line)
            return
        taken.append(line)
        size += len(line)
        yield line.decode(errors="surrogateescape")


def _parse(texts: Iterator[str], delimiter: str) -> tuple[list[str], Hit | None]:
    try:
        return next(csv.reader(texts, delimiter=delimiter, strict=True)), None
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return [], _UNCLOSED
        return [], Hit("SRC016", "", f"the row breaks CSV quoting: {error}")


def _not_utf8(raw: bytes) -> Hit | None:
    if raw.isascii():
        return None
    try:
        raw.decode()
    except UnicodeDecodeError as bad:
        message = f"byte 0x{raw[bad.start]:02x} at offset {bad.start} of the record is not UTF-8"
        return Hit("SRC004", "", message, raw[:80].decode(errors="backslashreplace"))
    return None


def _header(
    lines: _Lines, source: Source, limits: Limits
) -> tuple[list[str], list[tuple[int, int, Hit]]] | None:
    header = _next_record(lines, source.delimiter, limits)
    if header is None:
        return None
    names, notes = header.fields, []
    if header.fault is not None:
        notes.append((header.line, header.offset, header.fault))
        names = header.raw.decode(errors="replace").rstrip("\r\n").split(source.delimiter)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        notes.append(
            (
                header.line,
                header.offset,
                Hit("SRC007", "", f"the header names {doubled[0]!r} twice", doubled[0]),
            )
        )
        names = [f"{n}.{i}" if n in doubled else n for i, n in enumerate(names)]
    return names, notes


def _count_fault(fields: list[str], names: list[str]) -> Hit:
    if len(fields) > len(names):
        more = ", ".join(repr(value[:40]) for value in fields[len(names) :])
        detail = f"unexpected: {more}"
    else:
        detail = f"missing: {', '.join(names[len(fields) :])}"
    message = f"{len(fields)} fields, the header has {len(names)} ({detail})"
    return Hit("SRC016", "", message, fields[-1])
