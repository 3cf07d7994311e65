"""Evaluation files to items: whatever container they come in, and no line lost in silence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast, get_args

from curate.build.inputs import expand, recognise
from curate.build.read import chunk_of, chunks_of
from curate.build.settings import Settings
from curate.build.steps.texts import columns_for, texts_of
from curate.build.verdict import code_of
from curate.decontamination import (
    BY_SHAPE,
    Item,
    Piece,
    Shape,
    ShapeName,
    id_of,
    pieces_of_fields,
    shape_of,
)
from curate.errors import InputError, UsageError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.json_text import parse_record
from curate.files.limits import Limits
from curate.files.streams import open_bytes
from curate.files.tables import table_chunks
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.base import Format
from curate.formats.shapes import shape_of as format_of
from curate.row import Row, to_batch
from curate.schema import validator

Record = dict[str, Any]
ROWS = "rows"
AUTO = "auto"
FORMATS: tuple[str, ...] = (AUTO, *get_args(ShapeName), ROWS)
_ROWS_EXPECTED = "a record of a format that `curate formats` lists, with messages or instructions"
# MMLU is published as tables without a header: question, four choices, letter.
_MMLU_HEADER = b"question,A,B,C,D,answer\n"
_MMLU_LETTERS = frozenset("ABCD")
_HEAD_BYTES = 1 << 16
# Rows that are made into columns together.
_TOGETHER = 1_000
# A record's line, its own id, and its texts or rows.
_Held = tuple[int, str | None, list[Any]]


@dataclass(slots=True)
class Evaluation:
    """One evaluation file.

    Attributes:
        file: As it was typed, with `/`.
        shape: The shape that its records were read as.
        records: How many records it has.
        items: How many of them became items.
        first: The number of its first item among all items.
        unread: Records that became none: line and why.
    """

    file: str
    shape: str = ""
    records: int = 0
    items: int = 0
    first: int = 0
    unread: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Evaluations:
    """What was read.

    Attributes:
        items: All items, file by file, in the order of their records.
        files: The files in order.
        findings: What was found of the files themselves.
    """

    items: list[Item] = field(default_factory=list)
    files: list[Evaluation] = field(default_factory=list)
    findings: list[Hit] = field(default_factory=list)


def read_evaluations(
    against: Sequence[str], form: str, fields: Sequence[str], settings: Settings
) -> Evaluations:
    """Read evaluation files.

    Args:
        against: Files, folders, patterns, `hf:` addresses, or `FOLDER#SPLIT` of a dataset folder.
        form: One of FORMATS; `auto` takes the shape of each file's first record that has one.
        fields: The columns that are looked for, whatever the shape; empty for the shape's own.
        settings: Limits on reading.

    Raises:
        InputError: If a file has no record (LEK013), or none of the expected shape (LEK012).
        UsageError: If nothing is named, or standard input is.
        BackendError: If a data set of the Hub cannot be fetched.
    """
    if not against:
        raise UsageError("there is nothing to look for", hint="--against FILE names an evaluation")
    found = Evaluations()
    for argument in against:
        for source in _sources(argument, found):
            reader = _Reader(source, form, tuple(fields), settings, len(found.items))
            found.items += reader.read()
            found.files.append(reader.about)
    return found


def _sources(argument: str, found: Evaluations) -> list[Source]:
    if argument == "-":
        raise UsageError("an evaluation cannot be read from standard input", hint="name a file")
    folder, mark, split = argument.rpartition("#")
    if mark and (Path(folder) / "card.json").is_file():
        sources, _ = expand([folder])
        chosen = [source for source in sources if source.split == split]
        if not chosen:
            names = ", ".join(sorted({str(source.split) for source in sources}))
            raise InputError(f"{folder}: no split {split!r}; there are {names}", code="SRC021")
        return chosen
    sources, findings = expand([argument])
    found.findings += [Hit(f.code, "", f"{f.file}: {f.message}") for f in findings]
    return sources


@dataclass(slots=True)
class _Way:
    """How the records of a file are read: as a shape, by columns, or as rows of a format."""

    name: str
    expected: str
    shape: Shape | None = None
    form: Format | None = None
    fields: tuple[str, ...] = ()

    def texts(self, record: Record) -> list[Any] | None:
        """Return the texts of a record, or its rows; None where it is not of the shape."""
        if self.fields:
            return pieces_of_fields(record, self.fields)
        if self.form is not None:
            return _decoded(record, self.form)
        assert self.shape is not None
        return self.shape.pieces(record) if self.shape.fits(record) else None


class _Reader:
    """Reads one file."""

    def __init__(
        self, source: Source, form: str, fields: tuple[str, ...], settings: Settings, first: int
    ) -> None:
        self.settings = settings
        self.source = recognise(source, None, settings.limits)
        self.about = Evaluation(source.path, first=first)
        self._form, self._fields = form, fields

    def read(self) -> list[Item]:
        """Return the items of the file, in the order of its records."""
        items: list[Item] = []
        about = self.about
        way = self._fixed()
        misfits: list[tuple[int, str]] = []
        held: list[_Held] = []
        for line, record, why in self._records():
            about.records += 1
            if record is None:
                about.unread.append((line, why))
                continue
            if way is None:
                way = self._way(record)
            found = way.texts(record)
            if found is None:
                misfits.append((line, f"expected {way.expected}, found {_keys(record)}"))
                continue
            held.append((line, id_of(record), found))
            if len(held) == _TOGETHER:
                items += self._items(way, held)
                held = []
        items += self._items(way, held)
        about.shape = way.name if way else ""
        about.items = len(items)
        self._check(items, misfits)
        about.unread = sorted(about.unread + misfits)
        return items

    def _items(self, way: _Way | None, held: list[_Held]) -> list[Item]:
        """Return items of what records hold."""
        texts = [found for _, _, found in held]
        if way is not None and way.form is not None:
            texts = _sides(texts, way.form)
        return [
            Item(self.about.file, line, own, tuple(pieces))
            for (line, own, _), pieces in zip(held, texts, strict=True)
        ]

    def _check(self, items: list[Item], misfits: list[tuple[int, str]]) -> None:
        about = self.about
        if not about.records:
            raise InputError(
                f"{about.file}: the evaluation file holds no record",
                code="LEK013",
                hint="an empty evaluation would find nothing and look clean; check the path",
            )
        if not items:
            line, why = (misfits or about.unread)[0]
            self._refuse(line, why)
        if not any(item.pieces for item in items):
            self._refuse(items[0].line, "no record has text where it was looked for")

    def _refuse(self, line: int, why: str) -> NoReturn:
        of = f" of the shape {self.about.shape}" if self.about.shape else ""
        raise InputError(
            f"{self.about.file}:{line}: not an evaluation{of}: {why}",
            code="LEK012",
            hint="--against-format names another shape, --field the columns to look for",
        )

    def _fixed(self) -> _Way | None:
        """Return the way that was asked for, None where the first record is to tell."""
        if self._fields:
            return _Way("fields", f"the columns {', '.join(self._fields)}", fields=self._fields)
        if self._form in BY_SHAPE:
            shape = BY_SHAPE[self._form]
            return _Way(shape.name, shape.expected, shape=shape)
        return None

    def _way(self, record: Record) -> _Way:
        """Return how the file is read, by its first record."""
        shape = shape_of(record)
        if self._form == AUTO and self.source.form is None and shape.name != "any":
            return _Way(shape.name, shape.expected, shape=shape)
        form = BY_NAME.get(self.source.form or str(format_of(record)))
        asked = self._form == ROWS or self.source.form is not None
        if form is not None and form.decode is not None and (asked or _is_row(record, form)):
            return _Way(ROWS, _ROWS_EXPECTED, form=form)
        if self._form == ROWS:
            found = _keys(record)
            raise InputError(
                f"{self.about.file}: expected {_ROWS_EXPECTED}, found {found}", code="LEK012"
            )
        return _Way(shape.name, shape.expected, shape=shape)

    def _records(self) -> Iterator[tuple[int, Record | None, str]]:
        """Yield every record: its line, its value, and why it has none."""
        limits = self.settings.limits
        for chunk in self._chunks():
            for line, _, hit in chunk.notes:
                if code_of(hit.code).severity == "error":
                    yield line, None, hit.message
            for at, raw in enumerate(chunk.records):
                line = chunk.lines[at]
                fault = chunk.faults.get(at)
                if fault is not None and code_of(fault.code).severity == "error":
                    yield line, None, fault.message
                elif chunk.values is not None:
                    yield line, chunk.values[at], ""
                else:
                    record, hits = parse_record(raw, limits)
                    yield line, record, hits[0].message if record is None else ""

    def _chunks(self) -> Iterator[Chunk]:
        if self.source.container == "csv" and _lacks_header(self.source, self.settings.limits):
            yield from _headed_chunks(self.source, self.settings.limits)
            return
        yield from map(chunk_of, chunks_of(self.source, self.settings, lazy=False))


def _keys(record: Record) -> str:
    return ", ".join(list(record)[:10]) or "no keys"


def _is_row(record: Record, form: Format) -> bool:
    """Return whether a record is a conversation or an instruction that this format reads."""
    return form.kind != "text" and _decoded(record, form) is not None


def _decoded(record: Record, form: Format) -> list[Row] | None:
    """Return the rows of a record with what has text in them, None where it cannot be decoded."""
    if form.decode is None or not validator(form.schema).is_valid(record):
        return None
    made = form.decode(record, [])
    rows = made if isinstance(made, list) else [made] if made else []
    wanted = columns_for(form.kind)
    return [{k: v for k, v in row.items() if k in wanted} for row in rows] or None


def _sides(found: list[list[Row]], form: Format) -> list[list[Piece]]:
    """Return the prompts and the responses of the rows of each record."""
    batch = to_batch(form.kind, [row for rows in found for row in rows])
    asks, answers = (texts_of(batch, form.kind, on).joined() for on in ("prompt", "response"))
    if form.kind == "text":
        asks, answers = answers, [""] * len(answers)
    pieces: list[list[Piece]] = []
    done = 0
    for rows in found:
        upto = done + len(rows)
        both = [
            *(Piece("question", "prompt", text) for text in asks[done:upto]),
            *(Piece("answer", "response", text) for text in answers[done:upto]),
        ]
        pieces.append([piece for piece in both if piece.text.strip()])
        done = upto
    return pieces


def _lacks_header(source: Source, limits: Limits) -> bool:
    """Return whether a table's first line is a question of MMLU and no header."""
    with open_bytes(source, limits) as opened:
        head = opened.stream.read(_HEAD_BYTES).decode(errors="replace")
    csv.field_size_limit(limits.record_bytes)
    first = next(csv.reader(io.StringIO(head, newline="")), [])
    return len(first) == _MMLU_HEADER.count(b",") + 1 and first[-1].strip() in _MMLU_LETTERS


def _headed_chunks(source: Source, limits: Limits) -> Iterator[Chunk]:
    """Split a table that lacks its header into chunks."""
    with open_bytes(source, limits) as opened:
        stream = io.BufferedReader(_Headed(opened.stream))
        for chunk in table_chunks(replace(source, delimiter=","), stream, limits):
            chunk.lines = [line - 1 for line in chunk.lines]
            yield chunk


class _Headed(io.RawIOBase):
    """A stream with the header that it lacks before it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._header = _MMLU_HEADER
        self._stream = cast("io.BufferedReader", stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._header:
            taken, self._header = self._header[: len(buffer)], self._header[len(buffer) :]
            buffer[: len(taken)] = taken
            return len(taken)
        return self._stream.readinto(buffer)
