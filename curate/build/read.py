"""From a source to its chunks: one generator for every container."""

from __future__ import annotations

from collections.abc import Iterator

from curate.build.settings import Settings
from curate.files.chunks import Chunk, Span, line_spans
from curate.files.columnar import columnar_chunks
from curate.files.inputs import Source
from curate.files.streams import Opened, open_bytes
from curate.files.tables import table_chunks
from curate.files.values import value_chunks
from curate.finding import Hit
from curate.sources.mbox import mbox_chunks

_MARKS = {
    "utf-8": ("SRC014", "the byte order mark was skipped"),
    "utf-16": ("SRC015", "the file is UTF-16 and was decoded"),
    "utf-32": ("SRC015", "the file is UTF-32 and was decoded"),
}
_MARK_BYTES = 3


def chunks_of(source: Source, settings: Settings, *, lazy: bool) -> Iterator[Chunk | Span]:
    """Split a recognised source into chunks, or into spans that a worker reads, in file order.

    Args:
        source: The source with its container and compression known.
        settings: Limits, and whose mail is kept.
        lazy: Leave the reading of plain JSON Lines to `Span.read`.
    """
    if source.container in ("parquet", "arrow"):
        yield from columnar_chunks(source)
        return
    with open_bytes(source, settings.limits) as opened:
        if opened.mark is not None:
            yield _note(source, _MARKS[opened.mark])
        yield from _split(source, opened, settings, lazy)
        if opened.damage is not None:
            yield _note(source, (opened.damage.code, opened.damage.message))


def _split(
    source: Source, opened: Opened, settings: Settings, lazy: bool
) -> Iterator[Chunk | Span]:
    stream, limits = opened.stream, settings.limits
    if source.container in ("jsonl", "lines"):
        plain = source.compression is None and opened.mark in (None, "utf-8")
        skip = _MARK_BYTES if opened.mark == "utf-8" else 0
        yield from line_spans(source, stream, limits, lazy=lazy and plain, skip=skip)
    elif source.container == "json":
        yield from value_chunks(source, stream, limits)
    elif source.container == "csv":
        yield from table_chunks(source, stream, limits)
    else:
        yield from mbox_chunks(source, stream, limits, settings.me)


def _note(source: Source, found: tuple[str, str]) -> Chunk:
    return Chunk(source, notes=[(1, 0, Hit(found[0], "", found[1]))])
