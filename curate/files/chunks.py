"""Records in chunks: the unit of work that every container is split into.

A chunk ends after 5,000 records or 32 MiB, so its bounds do not depend on how many processes work.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, BinaryIO, cast

from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, CHUNK_RECORDS, RAW_KEPT_BYTES, Limits
from curate.finding import Hit
from curate.people import Person

_BLOCK_BYTES = 1 << 18


@dataclass(slots=True)
class Cut:
    """A record of which only the head was kept."""

    length_bytes: int
    sha256: str


@dataclass(slots=True)
class Chunk:
    """Consecutive records of one source.

    Attributes:
        source: The file they are in.
        records: Their bytes.
        lines: First physical line of each, from 1.
        offsets: Byte offset of each in the decompressed UTF-8 text.
        faults: What the splitter found, by position in `records`; an error sets the record aside.
        values: Records that the splitter has parsed already (CSV, mail), or None.
        cuts: Records longer than the limit, by position.
        notes: What was found beside the records, as (line, byte offset, hit).
        people: Whom the records name, each once.
        names: Where each record is a file of its own below the source: its path there.
    """

    source: Source
    records: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    faults: dict[int, Hit] = field(default_factory=dict)
    values: list[dict[str, Any]] | None = None
    cuts: dict[int, Cut] = field(default_factory=dict)
    notes: list[tuple[int, int, Hit]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    names: list[str] | None = None

    def add(self, record: bytes, line: int, offset: int, fault: Hit | None = None) -> None:
        """Append one record."""
        if fault is not None:
            self.faults[len(self.records)] = fault
        self.records.append(record)
        self.lines.append(line)
        self.offsets.append(offset)

    def path_of(self, index: int) -> str:
        """Return the file that a record stands in."""
        return f"{self.source.path}/{self.names[index]}" if self.names else self.source.path

    @property
    def full(self) -> bool:
        """Whether the chunk has as many records as one may have."""
        return len(self.records) >= CHUNK_RECORDS


@dataclass(frozen=True, slots=True)
class Span:
    """Whole lines of a text file, not read yet or already at hand.

    Attributes:
        source: The file.
        first_line: Number of the first line, from 1.
        offset: Offset of the first byte, a skipped byte order mark not counted.
        length: Bytes, line ends included.
        skip: Bytes before offset 0 in the file (the byte order mark).
        lines: The lines without their ends, or None where a worker reads them itself.
        over: Set where the span is one line longer than the limit; `lines` has its head.
    """

    source: Source
    first_line: int
    offset: int
    length: int
    skip: int = 0
    lines: list[bytes] | None = None
    over: Cut | None = None

    def read(self) -> Chunk:
        """Return the span's lines as a chunk; blank lines are no records."""
        lines = self.lines
        if lines is None:
            with self.source.file.open("rb") as file:
                file.seek(self.skip + self.offset)
                lines = file.read(self.length).removesuffix(b"\n").split(b"\n")
        if self.over is not None:
            return self._too_long(lines[0], self.over)
        offsets = list(accumulate((len(line) + 1 for line in lines), initial=self.offset))
        offsets.pop()
        numbers = list(range(self.first_line, self.first_line + len(lines)))
        full = [at for at, line in enumerate(lines) if line and not line.isspace()]
        if len(full) != len(lines):
            lines = [lines[at] for at in full]
            offsets = [offsets[at] for at in full]
            numbers = [numbers[at] for at in full]
        chunk = Chunk(self.source, lines, numbers, offsets)
        if self.source.container == "lines":
            chunk.values = [_text_value(chunk, at) for at in range(len(lines))]
        return chunk

    def _too_long(self, head: bytes, over: Cut) -> Chunk:
        found = f"one line of {over.length_bytes:,} bytes, longer than the limit"
        hit = Hit("SRC009", "", found, head[:80].decode(errors="replace"))
        chunk = Chunk(self.source, cuts={0: over})
        chunk.add(head, self.first_line, self.offset, hit)
        return chunk


def _text_value(chunk: Chunk, at: int) -> dict[str, Any]:
    """Return a line of a text file as a record, and note a line that is not UTF-8."""
    raw = chunk.records[at].removesuffix(b"\r")
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError as bad:
        message = f"byte 0x{raw[bad.start]:02x} at offset {bad.start} of the line is not UTF-8"
        chunk.faults[at] = Hit("SRC004", "", message, raw[:80].decode(errors="backslashreplace"))
        return {}


def line_spans(
    source: Source, stream: BinaryIO, limits: Limits, *, lazy: bool, skip: int = 0
) -> Iterator[Span]:
    """Split a stream of lines into spans, holding at most one span in memory.

    Args:
        source: The file the stream is of.
        stream: Decompressed UTF-8 bytes.
        limits: A longer line becomes a span of its own with only its head.
        lazy: True leaves the reading of the bytes to `Span.read`.
        skip: Bytes of the file before the stream's first.
    """
    cutter = _Cutter(source, skip, lazy)
    bounded = _Bounded(stream, limits.record_bytes)
    reader = io.BufferedReader(bounded, _BLOCK_BYTES)
    while lines := reader.readlines(_BLOCK_BYTES):
        head = lines.pop() if bounded.stopped else b""
        if lines:
            last = lines[-1]
            lines = [line[:-1] for line in lines]
            lines[-1] = last.removesuffix(b"\n")
            if max(map(len, lines)) > limits.record_bytes:
                yield from _cut_out(cutter, lines, limits)
            else:
                cutter.add(lines)
        while len(cutter.kept) >= CHUNK_RECORDS:
            yield cutter.take(CHUNK_RECORDS)
        if head:
            yield from cutter.rest()
            over, length = _skip_line(reader, bounded, head)
            yield cutter.one(head, over, length)
        elif cutter.size > CHUNK_BYTES:
            yield from cutter.rest()
    yield from cutter.rest()


class _Bounded(io.RawIOBase):
    """A stream that ends, for now, where a line has grown beyond the limit.

    So a reader's own fast splitting into lines cannot take a line of any length into memory.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = cast("io.BufferedReader", stream)
        self._limit = limit
        self._unended = 0

    @property
    def stopped(self) -> bool:
        """Whether the last line read is longer than the limit and has not ended."""
        return self._unended > self._limit

    def go_on(self) -> None:
        """Read on behind a line that is too long."""
        self._unended = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.stopped:
            return 0
        count = self._stream.readinto(buffer)
        end = bytes(buffer[:count]).rfind(b"\n")
        self._unended = count - end - 1 if end >= 0 else self._unended + count
        return count


class _Cutter:
    """Lines that wait to become a span, and the place in the file where they begin."""

    def __init__(self, source: Source, skip: int, lazy: bool) -> None:
        self._source, self._skip, self._lazy = source, skip, lazy
        self._line, self._offset = 1, 0
        self.kept: list[bytes] = []
        self.size = 0

    def add(self, lines: list[bytes]) -> None:
        """Let lines wait."""
        self.kept += lines
        self.size += sum(map(len, lines)) + len(lines)

    def take(self, count: int) -> Span:
        """Return the first lines as a span."""
        lines, self.kept = self.kept[:count], self.kept[count:]
        length = sum(map(len, lines)) + len(lines)
        self.size -= length
        return self._span(len(lines), length, None if self._lazy else lines)

    def rest(self) -> Iterator[Span]:
        """Yield all lines that wait as a span, if there are any."""
        if self.kept:
            yield self.take(len(self.kept))

    def one(self, line: bytes, over: Cut, length: int) -> Span:
        """Return a span of one line that is longer than the limit."""
        return self._span(1, length, [line[:RAW_KEPT_BYTES]], over)

    def _span(
        self, count: int, length: int, lines: list[bytes] | None, over: Cut | None = None
    ) -> Span:
        span = Span(self._source, self._line, self._offset, length, self._skip, lines, over)
        self._line, self._offset = self._line + count, self._offset + length
        return span


def _cut_out(cutter: _Cutter, lines: list[bytes], limits: Limits) -> Iterator[Span]:
    """Let lines wait, but for those that are longer than the limit."""
    for line in lines:
        if len(line) <= limits.record_bytes:
            cutter.add([line])
            continue
        yield from cutter.rest()
        over = Cut(len(line), hashlib.sha256(line).hexdigest())
        yield cutter.one(line, over, len(line) + 1)


def _skip_line(reader: BinaryIO, bounded: _Bounded, head: bytes) -> tuple[Cut, int]:
    """Read on to the line's end; return the line's measure and how many bytes it takes."""
    digest, length = hashlib.sha256(head), len(head)
    bounded.go_on()
    while block := reader.readline(_BLOCK_BYTES):
        record = block.removesuffix(b"\n")
        digest.update(record)
        length += len(record)
        if record is not block:
            return Cut(length, digest.hexdigest()), length + 1
        bounded.go_on()
    return Cut(length, digest.hexdigest()), length
