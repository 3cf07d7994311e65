"""A document that becomes one row: its bytes within the limits, and the chunk that it makes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import RAW_KEPT_BYTES, Limits
from curate.files.streams import open_bytes
from curate.files.tree import Tree
from curate.finding import Hit

_BLOCK_BYTES = 1 << 20
_MARKS = {
    "utf-8": Hit("SRC014", "", "the byte order mark was skipped"),
    "utf-16": Hit("SRC015", "", "the file is UTF-16 and was decoded"),
    "utf-32": Hit("SRC015", "", "the file is UTF-32 and was decoded"),
}
# Files of data: where they are not outnumbered, a document beside them is about them.
_DATA = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".mbox")


@dataclass(slots=True)
class Whole:
    """The bytes of a document.

    Attributes:
        source: The file.
        raw: Its bytes, decompressed and in UTF-8 where it has a mark of UTF-16 or UTF-32; only the
            head of one that is longer than a record may be.
        marked: Whether a byte order mark said how it is encoded.
        cut: The measure of a document that is too long, or None.
        notes: What was found on the way.
    """

    source: Source
    raw: bytes
    marked: bool
    cut: Cut | None = None
    notes: list[Hit] = field(default_factory=list)

    def chunk(self, value: dict[str, Any], fault: Hit | None = None) -> Chunk:
        """Return the chunk of the document's one record: a value, or why it is set aside."""
        if self.cut is not None:
            what = f"a document of {self.cut.length_bytes:,} bytes, longer than the limit"
            fault = Hit("SRC009", "", what)
        chunk = Chunk(self.source, values=[{} if fault else value])
        chunk.add(self.raw, 1, 0, fault)
        if self.cut is not None:
            chunk.cuts[0] = self.cut
        elif fault is not None and len(self.raw) > RAW_KEPT_BYTES:
            chunk.cuts[0] = Cut(len(self.raw), hashlib.sha256(self.raw).hexdigest())
            chunk.records[0] = self.raw[:RAW_KEPT_BYTES]
        chunk.notes += [(1, 0, hit) for hit in self.notes]
        return chunk


def read_whole(source: Source, limits: Limits) -> Whole:
    """Return a document's bytes; one that is longer than a record may be is measured and cut."""
    with open_bytes(source, limits) as opened:
        raw = opened.stream.read(limits.record_bytes + 1)
        cut = None
        if len(raw) > limits.record_bytes:
            digest, length = hashlib.sha256(raw), len(raw)
            while block := opened.stream.read(_BLOCK_BYTES):
                digest.update(block)
                length += len(block)
            raw, cut = raw[:RAW_KEPT_BYTES], Cut(length, digest.hexdigest())
        whole = Whole(source, raw, opened.mark is not None, cut)
        if opened.mark is not None:
            whole.notes.append(_MARKS[opened.mark])
        if opened.damage is not None:
            whole.notes.append(opened.damage)
    return whole


def not_utf8(raw: bytes) -> Hit | None:
    """Return why bytes are no UTF-8 text, None where they are."""
    if raw.isascii():
        return None
    try:
        raw.decode()
    except UnicodeDecodeError as bad:
        return Hit("SRC004", "", f"byte 0x{raw[bad.start]:02x} at offset {bad.start} is not UTF-8")
    return None


def title_of(source: Source) -> str:
    """Return a document's name without its folder and its ending."""
    return PurePath(source.member or source.path).stem


def left_out(counts: dict[str, int]) -> list[Hit]:
    """Return what is said of parts that were left out, `{"pictures": 2}`; nothing for none."""
    shown = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()) if count)
    return [Hit("SRC086", "", f"left out: {shown}")] if shown else []


def claimed_where_most(tree: Tree, endings: tuple[str, ...]) -> list[str]:
    """Return the documents of a tree by their endings; none where data is not outnumbered.

    The README beside a data set is no row of it.
    """
    names = [name for name in tree.names if name.lower().endswith(endings)]
    data = sum(1 for name in tree.names if name.lower().endswith(_DATA))
    return names if len(names) > data else []
