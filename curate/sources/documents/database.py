"""SQLite databases: the rows of tables, or of one query, as records of their columns.

A database is code as well as data: its schema holds views and triggers that somebody else wrote. It
is opened read-only without its journal, nothing in it may be called, attached or changed, and what
gives no row for too long is stopped.

Source: SQLite, "Defense Against The Dark Arts", "Uniform Resource Identifiers" (`immutable`),
`sqlite3_set_authorizer`, `PRAGMA table_list`.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from curate.errors import InputError
from curate.files.chunks import Chunk, Cut
from curate.files.inputs import Source
from curate.files.limits import CHUNK_BYTES, RAW_KEPT_BYTES, Limits
from curate.files.streams import open_bytes
from curate.finding import Hit
from curate.sources.base import Export, Reading

if TYPE_CHECKING:
    import sqlite3

_MAGIC = b"SQLite format 3\x00"
_ENDINGS = (".sqlite", ".sqlite3")
# The longest that may pass between two rows, and a bound for views that never end.
STALL_SECONDS = 30.0
MOST_ROWS = 1_000_000_000
_STEPS = 10_000
# A database inside an archive is held in memory; a text in it may not be longer.
_HELD_BYTES, _TEXT_BYTES = 256 << 20, 128 << 20
_CALLS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


class _Text(bytes):
    """A text as the database holds it, told apart from binary data."""


class _Stopped(Exception):
    """Reading a table ended before its last row; `hit` says why."""

    def __init__(self, hit: Hit) -> None:
        super().__init__(hit.message)
        self.hit = hit


def database_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield the rows of all tables, of the table that was named, or of the query.

    The values are records of the columns, for their format to be recognised: numbers as numbers, a
    NULL left out, binary data left out and said. The path of each source is the database's, `/` and
    the table's name.

    Raises:
        InputError: If the table does not exist, or the query is none that only reads.
    """
    try:
        database = _Database(source, limits)
    except _Stopped as stopped:
        yield Chunk(source, notes=[(1, 0, stopped.hit)])
        return
    try:
        yield from _read(database, source, reading, limits)
    finally:
        database.close()


def _read(database: _Database, source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    notes = [(1, 0, hit) for hit in database.notes]
    if reading.query is not None:
        cursor = database.query(reading.query, source)
        if notes:
            yield Chunk(source, notes=notes)
        yield from _Rows(replace(source, path=f"{source.path}/query"), limits).chunks(cursor)
        return
    try:
        tables, others = database.tables()
    except _Stopped as stopped:
        yield Chunk(source, notes=[*notes, (1, 0, stopped.hit)])
        return
    if reading.table is not None:
        if reading.table not in (*tables, *others):
            raise InputError(
                f"{source.path}: the database has no such table",
                code="SRC090",
                hint="it has " + (", ".join(map(repr, tables[:20])) or "no tables"),
            )
        tables, others = [reading.table], []
    if others:
        what = f"left out: {len(others):,} views, virtual tables and what they store"
        notes.append((1, 0, Hit("SRC086", "", what)))
    if not tables:
        notes.append((1, 0, Hit("SRC089", "", "the database has no tables")))
    if notes:
        yield Chunk(source, notes=notes)
    for name in tables:
        place = replace(source, path=f"{source.path}/{name.replace('/', '_')}")
        yield from _Rows(place, limits).chunks(database.rows(name))


class _Database:
    """A database that can only be read.

    Raises:
        _Stopped: If it cannot be opened.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        import sqlite3

        self._errors = (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, ValueError)
        self._deadline = math.inf
        self.notes: list[Hit] = []
        packed = source.member is not None or source.compression is not None
        content = _held(source, limits) if packed else None
        if not (content if content is not None else _head(source.file)).startswith(_MAGIC):
            raise _Stopped(Hit("SRC087", "", "no SQLite database"))
        try:
            self._connection = _connection(source.file if content is None else None)
            if content is not None:
                self._connection.deserialize(content)
            self._restrict()
        except self._errors as error:
            raise _Stopped(_damage(error)) from None
        journal = source.file.with_name(source.file.name + "-wal")
        if not packed and journal.is_file() and journal.stat().st_size:
            what = "changes that lie in its -wal file were not read; close the application first"
            self.notes.append(Hit("SRC088", "", what))

    def _restrict(self) -> None:
        import sqlite3

        held = self._connection
        held.text_factory = _Text
        held.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _TEXT_BYTES)
        held.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        held.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
        for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            held.execute(f"PRAGMA {setting}")
        held.set_progress_handler(lambda: time.monotonic() > self._deadline, _STEPS)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def tables(self) -> tuple[list[str], list[str]]:
        """Return the tables' names in the order of the schema, and views and virtual tables.

        Raises:
            _Stopped: If the schema is damaged.
        """
        tables: list[str] = []
        others: list[str] = []
        try:
            self._deadline = time.monotonic() + STALL_SECONDS
            for row in self._connection.execute("PRAGMA main.table_list"):
                name, kind = row[1].decode(), row[2].decode()
                if not name.startswith("sqlite_"):
                    (tables if kind == "table" else others).append(name)
        except self._errors as error:
            raise _Stopped(_damage(error)) from None
        return sorted(tables), sorted(others)

    def rows(self, table: str) -> Iterator[tuple[list[str], list[Any]]]:
        """Yield the column names and the values of each row of a table.

        Raises:
            _Stopped: If it is damaged, or gives no row for too long.
        """
        quoted = _quoted(table)
        try:
            found = self._execute(f"SELECT * FROM {quoted} LIMIT 0")
            names = [column[0] for column in found.description]
            # Of binary data the length is all that is told, so it is not taken into memory.
            columns = ", ".join(
                f"CASE typeof({_quoted(name)}) WHEN 'blob' THEN x'' ELSE {_quoted(name)} END"
                for name in names
            )
            found = self._execute(f"SELECT {columns} FROM {quoted}")
        except self._errors as error:
            raise _Stopped(_damage(error)) from None
        yield from self._fetched(found, names)

    def query(self, text: str, source: Source) -> Iterator[tuple[list[str], list[Any]]]:
        """Return the column names and the values of each row of a query, to be iterated.

        Raises:
            InputError: If it is not one query that only reads.
        """
        try:
            found = self._execute(text)
        except self._errors as error:
            raise InputError(
                f"{source.path}: the query cannot be run: {error}",
                code="SRC090",
                hint="write one SELECT over the tables of the database",
            ) from None
        if found.description is None:
            raise InputError(f"{source.path}: the query is no SELECT", code="SRC090")
        return self._fetched(found, [column[0] for column in found.description])

    def _execute(self, text: str) -> sqlite3.Cursor:
        import sqlite3

        reads = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}

        def judge(action: int, _: str | None, name: str | None, *__: object) -> int:
            if action in reads:
                return sqlite3.SQLITE_OK
            called = action == sqlite3.SQLITE_FUNCTION and (name or "").lower() not in _CALLS
            return sqlite3.SQLITE_OK if called else sqlite3.SQLITE_DENY

        self._connection.set_authorizer(judge)
        self._deadline = time.monotonic() + STALL_SECONDS
        return self._connection.execute(text)

    def _fetched(
        self, found: sqlite3.Cursor, names: list[str]
    ) -> Iterator[tuple[list[str], list[Any]]]:
        for _ in range(MOST_ROWS):
            self._deadline = time.monotonic() + STALL_SECONDS
            try:
                row = found.fetchone()
            except self._errors as error:
                raise _Stopped(_damage(error)) from None
            if row is None:
                return
            yield names, list(row)
        raise _Stopped(Hit("SRC091", "", f"stopped after {MOST_ROWS:,} rows"))


def _connection(file: Path | None) -> sqlite3.Connection:
    import sqlite3

    if file is None:
        return sqlite3.connect(":memory:", isolation_level=None)
    place = file.resolve().as_uri() + "?mode=ro&immutable=1"
    return sqlite3.connect(place, uri=True, isolation_level=None)


def _held(source: Source, limits: Limits) -> bytes:
    with open_bytes(source, limits) as opened:
        content = opened.stream.read(_HELD_BYTES + 1)
        if opened.damage is not None:
            raise _Stopped(opened.damage)
    if len(content) > _HELD_BYTES:
        what = f"a database inside an archive is longer than {_HELD_BYTES:,} bytes; unpack it"
        raise _Stopped(Hit("SRC097", "", what))
    return content


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as raw:
            return raw.read(len(_MAGIC))
    except OSError as error:
        raise _Stopped(Hit("SRC021", "", f"it cannot be read: {error.strerror}")) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _damage(error: BaseException) -> Hit:
    """Return what is said of an error; its own message may show data, so its name does."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if name == "SQLITE_INTERRUPT":
        return Hit("SRC091", "", f"stopped: no row for {STALL_SECONDS:.0f} seconds")
    return Hit("SRC087", "", f"the database cannot be read on: {name}")


class _Rows:
    """The rows of one table or query on their way to chunks."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._chunk = Chunk(source, values=[])
        self._number = self._offset = self._size = self._binary = 0

    def chunks(self, rows: Iterator[tuple[list[str], list[Any]]]) -> Iterator[Chunk]:
        """Yield the rows; damage ends them and is said."""
        names: list[str] = []
        try:
            for columns, cells in rows:
                names = names or self._names(columns)
                self._number += 1
                self._add(dict(zip(names, cells, strict=True)))
                if self._chunk.full or self._size > CHUNK_BYTES:
                    yield self._chunk
                    self._chunk, self._size = Chunk(self._source, values=[]), 0
        except _Stopped as stopped:
            self._note(self._number + 1, stopped.hit)
        else:
            if not self._number:
                self._note(1, Hit("SRC089", "", "the table has no rows"))
        if self._binary:
            what = f"{self._binary:,} binary values were left out"
            self._note(1, Hit("SRC088", "", what))
        if self._chunk.records or self._chunk.notes:
            yield self._chunk

    def _note(self, line: int, hit: Hit) -> None:
        self._chunk.notes.append((line, self._offset, hit))

    def _names(self, columns: list[str]) -> list[str]:
        doubled = {name for name, count in Counter(columns).items() if count > 1}
        if doubled:
            what = f"{len(doubled):,} columns have the name of another"
            self._note(1, Hit("SRC007", "", what))
        return [f"{name}.{at}" if name in doubled else name for at, name in enumerate(columns)]

    def _add(self, cells: dict[str, Any]) -> None:
        value: dict[str, Any] = {}
        shown: dict[str, Any] = {}
        fault: Hit | None = None
        for name, cell in cells.items():
            if isinstance(cell, bytes):
                shown[name], hit = self._bytes(name, cell, value)
                fault = fault or hit
            elif cell is not None:
                value[name] = shown[name] = cell
                if isinstance(cell, float) and not math.isfinite(cell):
                    fault = Hit("SRC006", "", "a number is infinite")
                    shown[name] = str(cell)
        raw = orjson.dumps(shown)
        cut = None
        if len(raw) > self._limits.record_bytes:
            fault = Hit("SRC009", "", f"a row of {len(raw):,} bytes, longer than the limit")
        if fault is not None and len(raw) > RAW_KEPT_BYTES:
            cut = Cut(len(raw), hashlib.sha256(raw).hexdigest())
            self._chunk.cuts[len(self._chunk.records)] = cut
        assert self._chunk.values is not None
        self._chunk.values.append({} if fault else value)
        self._chunk.add(raw[:RAW_KEPT_BYTES] if cut else raw, self._number, self._offset, fault)
        self._size += len(raw)
        self._offset += len(raw) + 1

    def _bytes(self, name: str, cell: bytes, value: dict[str, Any]) -> tuple[Any, Hit | None]:
        """Put a text into the row; return what stands for it in the record, and its fault."""
        if not isinstance(cell, _Text):
            self._binary += 1
            return {"binary": hashlib.sha256(cell).hexdigest()}, None
        try:
            value[name] = text = cell.decode()
        except UnicodeDecodeError as bad:
            what = f"byte 0x{cell[bad.start]:02x} at offset {bad.start} of a text is not UTF-8"
            return cell.decode(errors="backslashreplace"), Hit("SRC004", "", what)
        return text, None


def _is_database(head: bytes, name: str) -> bool:
    del name
    return head.startswith(_MAGIC)


EXPORTS = (
    Export(
        "database",
        "SQLite databases (.sqlite, .db)",
        "table",
        database_chunks,
        sniff=_is_database,
        endings=_ENDINGS,
        personal=False,
    ),
)
