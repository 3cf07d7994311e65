"""Workbooks (.xlsx): each sheet is a table whose first row names its columns, as in a CSV file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

import orjson

from curate.errors import InputError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, Limits
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.documents.workbook.parts import Parts
from curate.sources.documents.workbook.sheets import Book, Sheet, SheetRow, open_book, rows_of

__all__ = ["EXPORTS", "workbook_chunks"]

_ENDINGS = (".xlsx", ".xlsm")
_MISSING = {
    "formula": "a formula without a value: the file was written by what does not calculate",
    "error": "a cell that shows an error",
    "number": "a number or a date that is none",
}


def workbook_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of all sheets that are shown, or of the one that was named.

    The values are records of the sheet's columns, all of them text, for their format to be
    recognised; the path of each sheet's source is the workbook's, `/` and the sheet's name.

    Raises:
        InputError: If the sheet that was named does not exist.
    """
    if source.member is not None or source.compression is not None:
        hit = Hit("SRC097", "", "a workbook inside an archive is not read; unpack it")
        yield Chunk(source, notes=[(1, 0, hit)])
        return
    try:
        parts = Parts(source.file, limits)
        book = open_book(parts)
    except InputError as error:
        yield _told(source, error)
        return
    for sheet in _chosen(source, book, reading):
        place = replace(source, path=f"{source.path}/{sheet.name.replace('/', '_')}")
        if not sheet.part or (sheet.is_hidden and reading.table is None):
            what = "a hidden sheet" if sheet.part else "a sheet without cells (a chart)"
            yield Chunk(place, notes=[(1, 0, Hit("SRC086", "", f"left out: {what}"))])
            continue
        yield from _Table(place, limits).chunks(parts, book, sheet)


def _chosen(source: Source, book: Book, reading: Reading) -> list[Sheet]:
    if reading.table is None:
        return book.sheets
    found = [sheet for sheet in book.sheets if sheet.name == reading.table]
    if not found:
        raise InputError(
            f"{source.path}: the workbook has no such sheet",
            code="SRC090",
            hint="it has " + ", ".join(repr(sheet.name) for sheet in book.sheets[:20]),
        )
    return found


def _told(source: Source, error: InputError, line: int = 1) -> Chunk:
    return Chunk(source, notes=[(line, 0, Hit(error.code or "SRC087", "", error.message))])


class _Table:
    """One sheet on its way to chunks."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._chunk = Chunk(source, values=[])
        self._size = self._offset = 0
        self._names: list[str] = []
        self._last = self._empty = 0

    def chunks(self, parts: Parts, book: Book, sheet: Sheet) -> Iterator[Chunk]:
        """Yield the sheet's rows; damage ends it and is said."""
        try:
            for row in rows_of(parts, book, sheet, self._limits):
                if isinstance(row, int):
                    what = f"{row:,} merged ranges: only the first cell of each has its text"
                    self._note(1, Hit("SRC086", "", what))
                elif not self._names:
                    self._header(row)
                else:
                    self._add(row)
                if self._chunk.full or self._size > CHUNK_BYTES:
                    yield self._chunk
                    self._chunk, self._size = Chunk(self._source, values=[]), 0
        except InputError as error:
            self._note(self._last + 1, Hit(error.code or "SRC087", "", error.message))
        if not self._names:
            self._note(1, Hit("SRC089", "", "the sheet is empty"))
        if self._empty:
            self._note(1, Hit("SRC089", "", f"{self._empty:,} empty rows between others"))
        if self._chunk.records or self._chunk.notes:
            yield self._chunk

    def _note(self, line: int, hit: Hit) -> None:
        self._chunk.notes.append((line, self._offset, hit))

    def _header(self, row: SheetRow) -> None:
        names = [row.cells.get(column, "") for column in range(1, max(row.cells, default=1) + 1)]
        doubled = {name for name, count in Counter(names).items() if count > 1}
        if doubled:
            what = f"the header has {len(doubled):,} names or gaps more than once"
            self._note(row.number, Hit("SRC007", "", what))
        self._names = [f"{n}.{i}" if n in doubled else n for i, n in enumerate(names)]
        self._last = row.number

    def _add(self, row: SheetRow) -> None:
        self._empty += row.number - self._last - 1
        self._last = row.number
        width = max(row.cells, default=0)
        names = self._names
        value = {name: row.cells.get(at, "") for at, name in enumerate(names, 1)}
        fault = None
        if width > len(names):
            what = f"a value in column {width:,}, the header has {len(names):,}"
            fault = Hit("SRC016", "", what)
        elif not row.cells and not row.missing:
            self._empty += 1
            return
        raw = orjson.dumps(value if fault is None else list(row.cells.items()))
        for why in sorted(set(row.missing.values())):
            self._note(row.number, Hit("SRC088", "", _MISSING[why]))
        assert self._chunk.values is not None
        self._chunk.values.append({} if fault else dict(value))
        self._chunk.add(raw, row.number, self._offset, fault)
        self._size += len(raw)
        self._offset += len(raw) + 1


def _is_workbook(head: bytes, name: str) -> bool:
    return head.startswith(b"PK") and PurePath(name.lower()).suffix in _ENDINGS


EXPORTS = (
    Export(
        "workbook",
        "Excel workbooks (.xlsx)",
        "table",
        workbook_chunks,
        sniff=_is_workbook,
        endings=_ENDINGS,
        personal=False,
    ),
)
