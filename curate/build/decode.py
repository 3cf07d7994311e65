"""Records to rows: parse, name the format, check, decode; a fault sets a record aside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from curate.build.by_entry import EntryReader, keep_unread
from curate.build.inputs import export_of
from curate.build.mend import SURROGATES, whole_surrogates
from curate.build.remake import recast_of, remake, stages_of, target_kind
from curate.build.settings import Settings
from curate.build.shape_record import changes_of
from curate.build.verdict import Verdict, code_of
from curate.checks.whole.tree import Watch
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.json_text import Record, loads, parse_record
from curate.files.limits import Limits
from curate.files.registry import Entry
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.base import Decode, Format
from curate.formats.shapes import Ambiguous, Pretokenised, Recognised, said, shape_of
from curate.formats.traits import traits_of
from curate.row import Row
from curate.schema import check as check_schema
from curate.schema import user_schema, validator

# What rows of exports are called, by the columns that they have.
_SHOWN = {"text": "text", "messages": "openai"}


@dataclass(slots=True)
class Decoded:
    """Rows of a chunk with the index of each one's record and its format, as parallel lists."""

    rows: list[Row] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    forms: list[Format] = field(default_factory=list)

    def add(self, row: Row, index: int, form: Format) -> None:
        """Append a row."""
        self.rows.append(row)
        self.at.append(index)
        self.forms.append(form)

    def keys(self) -> set[str]:
        """Return every key that a row has."""
        return set(chain.from_iterable(self.rows))

    def at_positions(self, positions: list[int]) -> Decoded:
        """Return the rows at these positions."""
        return Decoded(
            [self.rows[n] for n in positions],
            [self.at[n] for n in positions],
            [self.forms[n] for n in positions],
        )


class _Usual(NamedTuple):
    """A format that needs no more than its schema and its decoder."""

    name: str
    form: Format
    is_valid: Callable[[Any], bool]
    decode: Decode


class Decoder:
    """Decodes records under fixed settings; keeps nothing between records.

    Args:
        settings: The run's settings.

    Raises:
        UsageError: If a template or the user's schema is wrong.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.changes = changes_of(settings)
        self.mends = any(name == SURROGATES.name for name, _ in settings.repairs)
        self.stages = stages_of(settings)
        self.row_stages = self.stages + recast_of(settings)
        self.target = target_kind(settings)
        self.user_check = user_schema(settings.user_schema) if settings.user_schema else None
        self._valid: dict[str, Callable[[Any], bool]] = {}
        self._readers: dict[Entry, EntryReader] = {}

    def _compile(self, schema: str) -> Callable[[Any], bool]:
        """Return the fast yes or no of a shipped schema, and keep it."""
        self._valid[schema] = validator(schema).is_valid
        return self._valid[schema]

    def block(
        self, chunk: Chunk, start: int, end: int, verdict: Verdict, watch: Watch | None = None
    ) -> Decoded:
        """Decode some of a chunk's records; one that cannot become a row is removed.

        Args:
            chunk: The chunk.
            start: Index of the first record.
            end: Index behind the last one; it may lie beyond the chunk's end.
            verdict: Takes what is found.
            watch: Is shown every record that was parsed.
        """
        done = Decoded()
        values, faults, limits = chunk.values, chunk.faults, self.settings.limits
        fixed = self.settings.source_format or _said(chunk.source)
        reader = self._reader(chunk)
        if reader is not None:
            fixed = reader.entry.source_format
        usual: _Usual | None = None
        for index, raw in enumerate(chunk.records[start:end], start):
            if faults and index in faults:
                verdict.remove(index, [faults[index]])
                continue
            if values is None:
                record, hits = parse_record(raw, limits)
                if record is None and self.mends:
                    record, hits = _mended(raw, hits, limits)
                if record is None:
                    verdict.remove(index, hits)
                    continue
            else:
                record, hits = values[index], []
            if watch is not None:
                watch.see(record, index)
            unread: dict[str, Any] = {}
            if reader is not None:
                record, unread = reader.read(record, hits)
            made: list[Row] | None = None
            if usual is not None and not hits and not unread:
                shape = fixed or shape_of(record)
                if shape == usual.name and "id" not in record and usual.is_valid(record):
                    row = usual.decode(record, hits)
                    if type(row) is dict and not hits:
                        done.add(row, index, usual.form)
                        continue
                    made = _listed(row)
            found = self._one(index, record, hits, chunk, fixed, verdict, made)
            if found is not None:
                rows, form = found
                keep_unread(rows, unread)
                for row in rows:
                    done.add(row, index, _as_shown(form, chunk.source))
                usual = self._usual(form, chunk)
        return done

    def _reader(self, chunk: Chunk) -> EntryReader | None:
        """Return what reads the chunk's records by their registry's entry, None without one."""
        if (entry := chunk.source.entry) is None:
            return None
        if entry not in self._readers:
            self._readers[entry] = EntryReader(entry)
        return self._readers[entry]

    def _usual(self, form: Format, chunk: Chunk) -> _Usual | None:
        """Return what decodes more records like the last, None where more must be done to them."""
        settings = self.settings
        more = self.changes or self.stages or self.user_check is not None or settings.traits
        if more or form.decode is None or form.name == "row" or _is_table(chunk.source):
            return None
        only = settings.kind
        if self.target is not None and (form.kind != self.target or only not in (None, form.kind)):
            return None
        return _Usual(form.name, form, self._valid[form.schema], form.decode)

    def _one(
        self,
        index: int,
        record: dict[str, Any],
        hits: list[Hit],
        chunk: Chunk,
        fixed: str | None,
        verdict: Verdict,
        made: list[Row] | None,
    ) -> tuple[list[Row], Format] | None:
        """Decode one record in full; None where nothing of it is left.

        Where the usual way has decoded it already, `made` are its rows and the hits are theirs.
        """
        read = len(hits) if made is None else 0
        if self.changes or self.user_check is not None:
            record = self._change(record, hits)
        if _is_table(chunk.source):
            record = _opened(record)
        shape = fixed or shape_of(record)
        if self.settings.traits:
            verdict.out.traits.update({f"shape: {said(shape)}", *traits_of(record)})
        form = BY_NAME[shape] if type(shape) is str else None
        if form is not None and _is_table(chunk.source):
            record = _from_cells(record, form)
        rows: list[Row] = []
        if made is not None:
            rows = made
        elif hits:
            rows = self._decode_found(record, form, hits)
        elif form is None:
            hits = [_no_format(shape, record)]
        else:
            rows = self._decode(record, form, hits)
        if (reader := self._reader(chunk)) is not None:
            hits = reader.placed(hits, read)
        done = remake(rows, self.row_stages, hits, chunk.records[index])
        own = rows[0].get("id") if len(rows) == 1 else None
        name = form.name if form is not None else None
        by_nature = not rows and all(code_of(hit.code).severity != "error" for hit in hits)
        if hits and not by_nature and verdict.weigh(index, hits, own, form=name):
            as_one = not (done.grown or done.gone)
            if not (as_one and verdict.is_row(hits, rows)):
                return None
        if not rows or form is None:
            hits = hits or [Hit("SCH005", "", f"not a record of {shape}")]
            verdict.remove(index, hits, form=name)
            return None
        for code, count in done.grown:
            verdict.grow(index, code, count)
        for own, why in done.gone:
            verdict.remove(index, [why], own)
        return (done.rows, form) if done.rows else None

    def _change(self, record: dict[str, Any], hits: list[Hit]) -> dict[str, Any]:
        for change in self.changes:
            record, found = change(record)
            hits += found
        if self.user_check is not None:
            hits += self.user_check(record)
        return record

    def _decode_found(
        self, record: dict[str, Any], form: Format | None, hits: list[Hit]
    ) -> list[Row]:
        """Decode a record of which something was found before; only warnings let it pass."""
        if form is None or any(code_of(hit.code).severity == "error" for hit in hits):
            return []
        return self._decode(record, form, hits)

    def _decode(self, record: dict[str, Any], form: Format, hits: list[Hit]) -> list[Row]:
        """Check a record by its format's schema and decode it; its own id becomes the row's."""
        is_valid = self._valid.get(form.schema) or self._compile(form.schema)
        if not is_valid(record):
            hits += check_schema(form.schema, record)
            return []
        if form.decode is None:
            return []
        own = record.get("id") if "id" in record else None
        if own is None or form.name == "row" or type(own) not in (str, int) or own == "":
            return _listed(form.decode(record, hits))
        rest = {key: value for key, value in record.items() if key != "id"}
        rows = _listed(form.decode(rest, hits))
        for row in rows[:1]:
            row["id"] = str(own)
            if type(own) is int:
                row["layout"] = {**(row.get("layout") or {}), "id": "number"}
        return rows


def _mended(raw: bytes, hits: list[Hit], limits: Limits) -> tuple[Record | None, list[Hit]]:
    """Parse once more without half surrogate pairs; what was found stays where that is no help."""
    whole, mended = whole_surrogates(raw)
    if not mended:
        return None, hits
    record, more = parse_record(whole, limits)
    return record, mended + more


def _said(source: Source) -> str | None:
    """Return the format that a source itself names: its folder's card, or its container."""
    if source.form in BY_NAME and BY_NAME[source.form].decode is not None:
        return source.form
    if (export := export_of(source.container)) is not None and export.columns in _SHOWN:
        return "row"
    return "text" if source.container == "lines" else None


def _is_table(source: Source) -> bool:
    """Return whether a source's records are rows of a table, whose cells are text."""
    export = export_of(source.container)
    return source.container == "csv" or (export is not None and export.columns == "table")


def _as_shown(form: Format, source: Source) -> Format:
    """Return the format that a row of an export counts as: its reader gives the row itself."""
    export = export_of(source.container)
    return (
        BY_NAME[_SHOWN[export.columns]] if export is not None and export.columns in _SHOWN else form
    )


def _listed(made: Row | list[Row] | None) -> list[Row]:
    return made if type(made) is list else [made] if type(made) is dict else []


_TURNS = ("messages", "conversations", "contents")
_LABELS = ("label", "kto_tag")
_BOOLEANS = {"true": True, "false": False, "True": True, "False": False}
_BESIDE = ("category", "extra", "id")
_MAY_LACK = {*_BESIDE, "tools", "system", "images", "videos", "audios", "objects", "margin"}


def _opened(record: dict[str, Any]) -> dict[str, Any]:
    """Return a table's row with turns as lists, labels as booleans, and `extra` in its columns.

    The columns that hold turns are no text in any format, so JSON there is what it says. A row that
    ends on `extra` and `id` and has a `category` is one of ours, whose empty cells say nothing.
    """
    opened = dict(record)
    for name in _TURNS:
        if isinstance(cell := opened.get(name), str) and cell[:1] == "[":
            with suppress(ValueError):
                opened[name] = loads(cell)
    for name in _LABELS:
        if name in opened:
            opened[name] = _BOOLEANS.get(opened[name], opened[name])
    if tuple(opened)[-2:] == _BESIDE[1:] and "category" in opened:
        opened = {k: v for k, v in opened.items() if v != "" or k not in _MAY_LACK}
        with suppress(ValueError, TypeError):
            more = loads(opened.get("extra", ""))
            if isinstance(more, dict) and more.keys().isdisjoint(opened):
                opened |= more
                del opened["extra"]
    return opened


def _from_cells(record: dict[str, Any], form: Format) -> dict[str, Any]:
    """Return a table's row with the cells of columns that are no text as values, empty ones absent.

    A cell that is not JSON is left as text, for the schema to report.
    """
    nested = [field.name for field in form.columns if _is_no_text(field.type)]
    found = [name for name in nested if name in record]
    if not found:
        return record
    opened = dict(record)
    for name in found:
        if not opened[name]:
            del opened[name]
            continue
        if isinstance(cell := opened[name], str):
            with suppress(ValueError):
                opened[name] = loads(cell)
    return opened


def _is_no_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_floating(kind))


_ENTRY = {"file_name", "hf_hub_url", "ms_hub_url", "script_url", "cloud_file_name"}


def _no_format(shape: object, record: dict[str, Any]) -> Hit:
    found = ", ".join(list(record)[:10]) or "no keys"
    if isinstance(shape, Ambiguous):
        names = " or ".join(shape.candidates)
        return Hit("SCH007", "", f"{shape.why}: {names}", found, shape.fix)
    if isinstance(shape, Recognised):
        return Hit("SCH006", "", f"this is {shape.name}, which is not read", found, shape.hint)
    if isinstance(shape, Pretokenised):
        return Hit("SCH009", "", "the record holds token ids", found)
    entries = [isinstance(each, dict) and not _ENTRY.isdisjoint(each) for each in record.values()]
    if entries and all(entries):
        why = f"a registry of data sets, not a record: {found}"
        return Hit("SCH006", "", why, None, "name an entry of it: FILE#NAME, or 'FILE#*' for all")
    return Hit("SCH006", "", f"the columns fit no format: {found}")
