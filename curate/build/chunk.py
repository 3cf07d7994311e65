"""One chunk of records to rows, findings and removed records: a pure function of its input.

This is where every record becomes a row or a removed record with a code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pyarrow as pa

from curate.build.emit import Named, emit
from curate.build.naming import name_rows, origin_column
from curate.build.reverse import reverse_row
from curate.build.settings import Settings
from curate.build.shape_record import changes_of
from curate.build.verdict import Verdict, code_of
from curate.checks import check_batch, fix_rows, profile_named, select
from curate.files.chunks import Chunk
from curate.files.json_text import dumps, parse_record
from curate.finding import Finding, Hit, Ledger, Removed
from curate.formats import BY_NAME
from curate.formats.base import Format
from curate.formats.shapes import Ambiguous, Pretokenised, Recognised, shape_of
from curate.row import TEXT, Kind, Row, to_batch
from curate.schema import check as check_schema
from curate.schema import user_schema

_BY_CONTAINER = {"lines": "text", "mbox": "text"}


@dataclass(slots=True)
class Outcome:
    """What came of one chunk.

    Attributes:
        ledger: The chunk's counts; `rows_out` counts the rows in `payload`.
        findings: All findings, in the records' order.
        removed: The records that left, in order.
        shapes: How many records had which format, with the place of the first.
        kinds: How many rows were of which kind; with two there is no payload.
        rows: Rows in the payload.
        hashes: For each row the first 8 bytes of its id's hash, for finding repeated ids.
        ids: The id of each row.
        lines: The line of each row.
        own: Positions of rows whose id is the export's own.
        payload: An Arrow IPC message, JSON lines or CSV text, as the settings ask.
        fixed: How many rows were changed by which fix.
    """

    ledger: Ledger = field(default_factory=Ledger)
    findings: list[Finding] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    shapes: dict[str, tuple[int, int]] = field(default_factory=dict)
    kinds: Counter[Kind] = field(default_factory=Counter)
    rows: int = 0
    hashes: bytes = b""
    ids: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    payload: bytes | pa.Buffer = b""
    fixed: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Decoded:
    """Rows of a chunk with the index of each one's record and its format, as parallel lists."""

    rows: list[Row] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    forms: list[Format] = field(default_factory=list)

    def keys(self) -> set[str]:
        """Return every key that a row has."""
        return set(chain.from_iterable(self.rows))

    def keep(self, positions: list[int]) -> None:
        """Keep the rows at these positions."""
        self.rows = [self.rows[n] for n in positions]
        self.at = [self.at[n] for n in positions]
        self.forms = [self.forms[n] for n in positions]


class ChunkWorker:
    """Turns chunks into outcomes under fixed settings; keeps nothing between chunks.

    Args:
        settings: The run's settings.

    Raises:
        UsageError: If a template, a code, a profile or the user's schema is wrong.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        profile = profile_named(settings.profile)
        self.selection = select(profile, settings.select, settings.ignore)
        self.changes = changes_of(settings)
        self.user_check = user_schema(settings.user_schema) if settings.user_schema else None

    def run(self, chunk: Chunk) -> Outcome:
        """Return what came of a chunk; the chunk's kind is the settings' or its first row's."""
        out = Outcome()
        out.ledger.rows_in = len(chunk.records)
        verdict = Verdict(chunk, out, self.selection, self.settings.allow_loss)
        decoded = self._decode_all(chunk, verdict)
        self._count(decoded, verdict)
        if len(out.kinds) == 1:
            self._finish(decoded, verdict)
        verdict.settle()
        return out

    def _decode_all(self, chunk: Chunk, verdict: Verdict) -> Decoded:
        """Decode every record; one that cannot become a row is removed."""
        done = Decoded()
        rows, at, forms = done.rows, done.at, done.forms
        values, faults, limits = chunk.values, chunk.faults, self.settings.limits
        fixed_form = self.settings.source_format or _BY_CONTAINER.get(chunk.source.container or "")
        changes, user_check = self.changes, self.user_check
        for index, raw in enumerate(chunk.records):
            if faults and index in faults:
                verdict.remove(index, [faults[index]])
                continue
            if values is None:
                record, hits = parse_record(raw, limits)
                if record is None:
                    verdict.remove(index, hits)
                    continue
            else:
                record, hits = values[index], []
            if changes or user_check is not None:
                record = self._change(record, hits)
            shape = fixed_form or shape_of(record)
            form = BY_NAME[shape] if type(shape) is str else None
            row = None
            if hits:
                row = self._decode_found(record, form, hits)
            elif form is None:
                hits = [_no_format(shape, record)]
            else:
                row = self._decode(record, form, hits)
            if hits and verdict.weigh(index, hits, None if row is None else row.get("id")):
                continue
            if row is None or form is None:
                verdict.remove(index, hits or [Hit("SCH005", "", f"not a record of {shape}")])
                continue
            rows.append(row)
            at.append(index)
            forms.append(form)
        return done

    def _change(self, record: dict[str, Any], hits: list[Hit]) -> dict[str, Any]:
        for change in self.changes:
            record, found = change(record)
            hits += found
        if self.user_check is not None:
            hits += self.user_check(record)
        return record

    def _decode_found(
        self, record: dict[str, Any], form: Format | None, hits: list[Hit]
    ) -> Row | None:
        """Decode a record of which something was found before; only warnings let it pass."""
        if form is None or any(code_of(hit.code).severity == "error" for hit in hits):
            return None
        return self._decode(record, form, hits)

    def _decode(self, record: dict[str, Any], form: Format, hits: list[Hit]) -> Row | None:
        """Check a record by its format's schema and decode it; its own id becomes the row's."""
        found = check_schema(form.schema, record)
        if found:
            hits += found
            return None
        own = record.get("id")
        if own is None or form.name == "row" or type(own) not in (str, int) or own == "":
            row = form.decode(record, hits) if form.decode else None
        else:
            rest = {key: value for key, value in record.items() if key != "id"}
            row = form.decode(rest, hits) if form.decode else None
            if row is not None:
                row["id"] = str(own)
                if type(own) is int:
                    row["layout"] = {**(row.get("layout") or {}), "id": "number"}
        if row is not None and self.settings.reverse:
            row = reverse_row(row, hits)
        return row

    def _count(self, done: Decoded, verdict: Verdict) -> None:
        """Count shapes and kinds; set aside rows of a kind that was not asked for."""
        out, wanted, lines = verdict.out, self.settings.kind, verdict.chunk.lines
        single = done.forms[0] if done.forms else None
        if single is not None and done.forms.count(single) == len(done.forms):
            out.shapes[single.name] = (len(done.rows), lines[done.at[0]])
        else:
            for form, index in zip(done.forms, done.at, strict=True):
                count, first = out.shapes.get(form.name, (0, lines[index]))
                out.shapes[form.name] = (count + 1, first)
        kinds = [_kind(form, row) for form, row in zip(done.forms, done.rows, strict=True)]
        if wanted is not None and kinds.count(wanted) != len(kinds):
            for kind, index in zip(kinds, done.at, strict=True):
                if kind != wanted:
                    message = f"a row of kind {kind}, the output holds {wanted}"
                    verdict.remove(index, [Hit("SCH008", "", message)])
            done.keep([n for n, kind in enumerate(kinds) if kind == wanted])
            kinds = [wanted] * len(done.rows)
        out.kinds = Counter(kinds)
        if len(out.kinds) > 1:
            # No output holds two kinds: the caller refuses the input once all of it is counted.
            for kind, index in zip(kinds, done.at, strict=True):
                message = f"a row of kind {kind} among rows of other kinds"
                verdict.remove(index, [Hit("SCH008", "", message)])

    def _finish(self, done: Decoded, verdict: Verdict) -> None:
        """Fix, check and write the rows of a chunk."""
        (kind,) = verdict.out.kinds
        if self.settings.fix != "none":
            unsafe = self.settings.fix == "unsafe"
            done.rows, fixed = fix_rows(done.rows, kind, self.selection.rules, unsafe=unsafe)
            verdict.out.fixed.update(code for _, code in fixed)
        keys = done.keys()
        ids, digests = name_rows(done, verdict.chunk, keys)
        for name in keys & {"layout", "extra"}:
            for row in done.rows:
                if value := row.get(name):
                    row[name] = dumps(value)
        origin = origin_column(done, verdict.chunk, digests, keys)
        batch = to_batch(kind, done.rows, {"id": pa.array(ids, TEXT), "origin": origin})
        gone: set[int] = set()
        for position, rule, spot in check_batch(batch, kind, self.selection):
            hit = Hit(rule.code.code, spot.pointer, spot.message, spot.value, spot.fix)
            if verdict.weigh(done.at[position], [hit], ids[position]):
                gone.add(position)
        if gone:
            keep = [n for n in range(len(ids)) if n not in gone]
            done.keep(keep)
            ids, digests = [ids[n] for n in keep], [digests[n] for n in keep]
            batch = batch.take(pa.array(keep, pa.int64()))
        emit(self.settings, kind, Named(done.rows, done.at, ids, digests), batch, verdict)


def _no_format(shape: object, record: dict[str, Any]) -> Hit:
    found = ", ".join(list(record)[:10]) or "no keys"
    if isinstance(shape, Ambiguous):
        names = " or ".join(shape.candidates)
        return Hit("SCH007", "", f"{shape.why}: {names}", found, shape.fix)
    if isinstance(shape, Recognised):
        return Hit("SCH006", "", f"this is {shape.name}, which is not read", found, shape.hint)
    if isinstance(shape, Pretokenised):
        return Hit("SCH009", "", "the record holds token ids", found)
    return Hit("SCH006", "", f"the columns fit no format: {found}", found)


def _kind(form: Format, row: Row) -> Kind:
    return form.kind if form.name != "row" else _kind_by_columns(row)


def _kind_by_columns(row: Row) -> Kind:
    if "chosen" in row:
        return "preference"
    if "label" in row:
        return "unpaired"
    if "text" in row:
        return "text"
    return "sft"
