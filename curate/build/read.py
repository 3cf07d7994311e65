"""From sources to their chunks: one reader for every container and every export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curate.build.inputs import export_of, recognise
from curate.build.settings import Settings
from curate.errors import printable
from curate.files.chunks import Chunk, Span, line_spans
from curate.files.columnar import columnar_chunks
from curate.files.inputs import Source
from curate.files.streams import Opened, open_bytes, spooled
from curate.files.tables import table_chunks
from curate.files.values import value_chunks
from curate.finding import Hit
from curate.people import Person
from curate.sources.base import Piece
from curate.sources.mail.export import EXPORTS as MAIL
from curate.sources.mail.export import plan_mail

if TYPE_CHECKING:
    from curate.sources.mail.plan import MailPlan

# What is worked on at once: records, or a piece that a worker reads.
Work = Chunk | Span | Piece

_MARKS = {
    "utf-8": ("SRC014", "the byte order mark was skipped"),
    "utf-16": ("SRC015", "the file is UTF-16 and was decoded"),
    "utf-32": ("SRC015", "the file is UTF-32 and was decoded"),
}
_MARK_BYTES = 3
_SHOWN = 5
_MAIL = {export.name for export in MAIL}


@contextmanager
def recognised(sources: Sequence[Source], settings: Settings) -> Iterator[list[Source]]:
    """Give the sources with what their bytes are; standard input lies in a file meanwhile.

    Raises:
        InputError: If one cannot be opened, or nothing says what it is.
    """
    with ExitStack() as stack:
        ready = []
        for source in sources:
            spool = spooled(source)
            if source.stdin:
                stack.callback(spool.file.unlink, missing_ok=True)
            ready.append(recognise(spool, settings.container, settings.limits))
        yield ready


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the sources of one run.

    Attributes:
        settings: The run's.
        mail: What was found out about all mailboxes of the run together, or None without any.
        hears_of_me: Whether a source makes use of who is meant by `--me`.
    """

    settings: Settings
    mail: MailPlan | None
    hears_of_me: bool

    def chunks(self, source: Source, *, lazy: bool) -> Iterator[Work]:
        """Split a recognised source into chunks, or into what a worker reads, in file order.

        Args:
            source: The source with its container and compression known.
            lazy: Leave the reading of plain JSON Lines to `Span.read`.
        """
        if self.mail is not None and source.container in _MAIL:
            yield from self.mail.pieces(source)
        elif (export := export_of(source.container)) is not None:
            yield from export.chunks(source, self.settings.reading, self.settings.limits)
        else:
            yield from _records(source, self.settings, lazy=lazy)

    def who_could_be_me(self, people: Sequence[Person], *, named: bool) -> list[str]:
        """Return what people are told of who could be meant by `--me`.

        Args:
            people: Whom the inputs name.
            named: Whether somebody was named who is none of them.
        """
        if not named and self.mail is not None and self.mail.guess:
            likely = [f"{address} ({count:,} mails)" for address, count in self.mail.guess]
            said = "--me was not given, so every mail was read. Most likely yours: "
            return [printable(said + ", ".join(likely[:_SHOWN]), 500)]
        names = list(dict.fromkeys(person.name or person.handle for person in people))
        if not names:
            return []
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        shown = ", ".join(names[:_SHOWN]) + more
        why = "--me names none of the people" if named else "--me was not given"
        return [printable(f"{why}. The messages are from: {shown}", 500)]


@contextmanager
def reader_of(sources: Sequence[Source], settings: Settings) -> Iterator[Reader]:
    """Give what reads sources; mailboxes are looked through once before, all together."""
    mail = [source for source in sources if source.container in _MAIL]
    exports = [export_of(source.container) for source in sources]
    hears = any(export is not None and export.personal for export in exports)
    if not mail:
        yield Reader(settings, None, hears)
        return
    plan = plan_mail(mail, settings.reading, settings.limits)
    try:
        yield Reader(settings, plan, hears)
    finally:
        plan.close()


def chunk_of(work: Work) -> Chunk:
    """Return a piece of work as its records, read now where that was left to a worker."""
    return work if isinstance(work, Chunk) else work.read()


def size_of(source: Source) -> int:
    """Return the bytes of a source's file, or of all files of its folder."""
    if source.file.is_dir():
        return sum(path.stat().st_size for path in source.file.rglob("*") if path.is_file())
    return source.file.stat().st_size


def chunks_of(source: Source, settings: Settings, *, lazy: bool) -> Iterator[Work]:
    """Split one recognised source, as `Reader.chunks`."""
    with reader_of([source], settings) as reader:
        yield from reader.chunks(source, lazy=lazy)


def _records(source: Source, settings: Settings, *, lazy: bool) -> Iterator[Chunk | Span]:
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
        plain = source.compression is None and source.member is None
        plain = plain and opened.mark in (None, "utf-8")
        skip = _MARK_BYTES if opened.mark == "utf-8" else 0
        yield from line_spans(source, stream, limits, lazy=lazy and plain, skip=skip)
    elif source.container == "json":
        yield from value_chunks(source, stream, limits)
    else:
        yield from table_chunks(source, stream, limits)


def _note(source: Source, found: tuple[str, str]) -> Chunk:
    return Chunk(source, notes=[(1, 0, Hit(found[0], "", found[1]))])
