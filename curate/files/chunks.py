"""Records in chunks: the unit of work that every container is split into.

A chunk ends after 5,000 records or 32 MiB, so its bounds do not depend on how many processes work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, CHUNK_RECORDS, RAW_KEPT_BYTES, Limits
from curate.finding import Hit

_BLOCK_BYTES = 1 << 20


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
    """

    source: Source
    records: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    faults: dict[int, Hit] = field(default_factory=dict)
    values: list[dict[str, Any]] | None = None
    cuts: dict[int, Cut] = field(default_factory=dict)
    notes: list[tuple[int, int, Hit]] = field(default_factory=list)

    def add(self, record: bytes, line: int, offset: int, fault: Hit | None = None) -> None:
        """Append one record."""
        if fault is not None:
            self.faults[len(self.records)] = fault
        self.records.append(record)
        self.lines.append(line)
        self.offsets.append(offset)

    @property
    def full(self) -> bool:
        """Whether the chunk has as many records as one may have."""
        return len(self.records) >= CHUNK_RECORDS


@dataclass(frozen=True, slots=True)
class Span:
    """Whole lines of a JSON Lines file, not read yet or already at hand.

    Attributes:
        source: The file.
        first_line: Number of the first line, from 1.
        offset: Offset of the first byte, a skipped byte order mark not counted.
        length: Bytes.
        skip: Bytes before offset 0 in the file (the byte order mark).
        data: The bytes, or None where a worker can read them itself.
        over: Set where the span is one line longer than the limit; `data` is its head.
    """

    source: Source
    first_line: int
    offset: int
    length: int
    skip: int = 0
    data: bytes | None = None
    over: Cut | None = None

    def read(self) -> Chunk:
        """Return the span's lines as a chunk; blank lines are no records."""
        data = self.data
        if data is None:
            with self.source.file.open("rb") as file:
                file.seek(self.skip + self.offset)
                data = file.read(self.length)
        chunk = Chunk(self.source)
        if self.over is not None:
            found = f"one line of {self.over.length_bytes:,} bytes, longer than the limit"
            hit = Hit("SRC009", "", found, data[:80].decode(errors="replace"))
            chunk.cuts[0] = self.over
            chunk.add(data, self.first_line, self.offset, hit)
            return chunk
        offset, line = self.offset, self.first_line
        for record in data.split(b"\n"):
            if record and not record.isspace():
                chunk.records.append(record)
                chunk.lines.append(line)
                chunk.offsets.append(offset)
            offset += len(record) + 1
            line += 1
        if self.source.container == "lines":
            chunk.values = [_text_value(chunk, at) for at in range(len(chunk.records))]
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
    kept: list[bytes] = []
    count = size = offset = 0
    first = 1

    def span(data: bytes | None, length: int, over: Cut | None = None) -> Span:
        return Span(source, first, offset, length, skip, data, over)

    longest = limits.record_bytes + 1
    while line := stream.readline(longest):
        over = len(line) == longest and not line.endswith(b"\n")
        if count and (over or count == CHUNK_RECORDS or size + len(line) > CHUNK_BYTES):
            yield span(None if lazy else b"".join(kept), size)
            first, offset = first + count, offset + size
            kept, count, size = [], 0, 0
        if over:
            cut, length = _skip_line(stream, line)
            yield span(line[:RAW_KEPT_BYTES], length, cut)
            first, offset = first + 1, offset + length
            continue
        if not lazy:
            kept.append(line)
        count += 1
        size += len(line)
    if count:
        yield span(None if lazy else b"".join(kept), size)


def _skip_line(stream: BinaryIO, head: bytes) -> tuple[Cut, int]:
    """Read on to the line's end; return the record's measure and the bytes that were passed."""
    digest, length, passed = hashlib.sha256(head), len(head), len(head)
    while block := stream.readline(_BLOCK_BYTES):
        record = block.removesuffix(b"\n")
        digest.update(record)
        length += len(record)
        passed += len(block)
        if record is not block:
            break
    return Cut(length, digest.hexdigest()), passed
