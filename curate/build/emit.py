"""Rows to bytes: an Arrow message, JSON lines or CSV text of one chunk."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from curate.build.settings import Settings
from curate.build.uniform import columns_of, is_uniform, uniform, unread, usual_spelling
from curate.files.ids import id_hashes, made_hashes
from curate.files.json_text import dumps, loads
from curate.finding import Hit
from curate.formats import BY_NAME
from curate.formats.base import Format, Record
from curate.formats.chat.hosted import CLOSED
from curate.formats.chat.trl import READ_BY_TRL
from curate.formats.pieces.arrow import fit, in_columns, lost_null
from curate.formats.rest import flat, only, with_rest
from curate.formats.spelling import lose_spelling
from curate.row import FORMAT_KEY, SCHEMAS, TEXT, Kind, Row, column, from_batch

if TYPE_CHECKING:
    from curate.build.verdict import Verdict


def output_schema(to: str, kind: Kind) -> pa.Schema:
    """Return the Arrow schema of an output: the row's own, or a format's columns and the rest.

    Beside a format's columns stand `category` (text) and `extra` (a JSON object of all columns
    that the format did not consume, as text), and `id` where it is the export's own.
    """
    if to == "row":
        return SCHEMAS[kind]
    columns = table_columns(BY_NAME[to])
    more = [pa.field(n, TEXT) for n in ("category", "extra", "id") if n not in columns.names]
    return pa.schema([*columns, *more], metadata={FORMAT_KEY: to.encode()})


# A table has each of its columns in every row; axolotl puts an empty system turn before each
# conversation whose row has a null `system`. The turn says the same to all.
_SYSTEM_AS_TURN = {"axolotl", "sharegpt"}
_SIDES = ("prompt", "completion", "chosen", "rejected")


def table_columns(form: Format) -> pa.Schema:
    """Return the columns of a format that its tables have."""
    if form.name not in _SYSTEM_AS_TURN:
        return form.columns
    return pa.schema([field for field in form.columns if field.name != "system"])


@dataclass(slots=True)
class Block:
    """Rows of a chunk with their record index, id and record's sha256, as parallel lists.

    Attributes:
        rows: The rows, `layout` and `extra` as JSON text; empty where only the batch is needed.
        at: The index of each row's record.
        ids: The id of each.
        digests: The sha256 of each one's record.
        batch: The same rows as Arrow.
    """

    rows: list[Row]
    at: list[int]
    ids: list[str]
    digests: list[str]
    batch: pa.RecordBatch

    @classmethod
    def joined(cls, blocks: list[Block]) -> Block:
        """Return the blocks as one."""
        if len(blocks) == 1:
            return blocks[0]
        table = pa.Table.from_batches([block.batch for block in blocks]).combine_chunks()
        return cls(
            [row for block in blocks for row in block.rows],
            [index for block in blocks for index in block.at],
            [own for block in blocks for own in block.ids],
            [digest for block in blocks for digest in block.digests],
            table.to_batches()[0],
        )

    def keep(self, positions: list[int]) -> None:
        """Keep the rows at these positions."""
        self.rows = [self.rows[n] for n in positions] if self.rows else []
        self.at = [self.at[n] for n in positions]
        self.ids = [self.ids[n] for n in positions]
        self.digests = [self.digests[n] for n in positions]
        self.batch = self.batch.take(pa.array(positions, pa.int64()))


def emit(settings: Settings, kind: Kind, named: Block, verdict: Verdict) -> None:
    """Write a chunk's rows to the outcome's payload; rows whose loss is an error are removed.

    Args:
        settings: Says which format and which payload.
        kind: The rows' kind.
        named: The rows.
        verdict: Takes the losses.
    """
    out, batch = verdict.out, named.batch
    records: list[Record] = []
    if settings.to != "row" and settings.payload != "none":
        records = _encode(settings, kind, named, verdict)
    elif settings.payload == "jsonl":
        records = [_row_record(row) for row in from_batch(batch)]
    made = [digest[:16] for digest in named.digests]
    if made == named.ids:
        hashes = made_hashes(made)
    else:
        own = (n for n, given in enumerate(named.ids, out.rows) if given != made[n - out.rows])
        out.own.extend(own)
        hashes = id_hashes(zip(named.ids, made, strict=True))
    out.hashes += hashes
    out.rows += len(named.ids)
    out.ids += named.ids
    out.lines += [verdict.chunk.lines[index] for index in named.at]
    if not named.ids or settings.payload == "none":
        return
    if settings.payload == "arrow":
        if settings.to != "row":
            batch = _table(output_schema(settings.to, kind), records)
        out.payload = batch.serialize()
    elif settings.payload == "jsonl":
        out.payload = b"".join(dumps(flat(record)).encode() + b"\n" for record in records)
    else:
        out.payload = _csv(output_schema(settings.to, kind), records).encode()


def _encode(settings: Settings, kind: Kind, named: Block, verdict: Verdict) -> list[Record]:
    """Encode the rows; `named` keeps only those that the format can hold."""
    target = BY_NAME[settings.to]
    alike = is_uniform(settings)
    columns = columns_of(output_schema(settings.to, kind)) if alike else {}
    as_table = settings.payload == "arrow" or alike
    fields = table_columns(target)
    kept: list[int] = []
    records: list[Record] = []
    sources = named.batch.column("origin").field("format").to_pylist()
    for position, (row, index) in enumerate(zip(named.rows, named.at, strict=True)):
        hits: list[Hit] = []
        record: Record | None = None
        loose = _loose(row)
        came_from = sources[position] or ""
        if target.encode is None or target.kind != kind:
            message = f"a row of kind {kind}, {target.name} holds {target.kind}"
            hits.append(Hit("LOS034", "", message))
        else:
            loose = lose_spelling(loose, came_from, target.name, hits)
            if settings.payload != "jsonl" or alike:
                loose = usual_spelling(settings, loose) if alike else loose
                loose = _as_columns(fields, loose, came_from == target.name, hits)
            record = _encoded(target, fields if as_table else None, loose, came_from, hits)
        if record is not None:
            misread = frozenset() if as_table else READ_BY_TRL.get(target.name, frozenset())
            record = with_rest(target, record, loose, came_from, hits, misread)
            if target.name in CLOSED and settings.payload == "jsonl":
                if record.get("id") == named.digests[position][:16]:
                    del record["id"]  # it was made of the record's hash: nothing is lost
                record = only(CLOSED[target.name], record, hits)
            if settings.consumers:
                hits += unread(settings, record)
            if alike and settings.payload == "jsonl":
                record = uniform(columns, record, named.ids[position])
        if hits and verdict.weigh(index, hits, named.ids[position]):
            continue
        if record is None:
            hit = Hit("LOS034", "", f"{target.name} cannot hold this row")
            verdict.remove(index, [hit], named.ids[position])
            continue
        kept.append(position)
        records.append(record)
    named.keep(kept)
    return records


def _encoded(
    target: Format, fields: pa.Schema | None, loose: Row, came_from: str, hits: list[Hit]
) -> Record | None:
    """Return a row's record, fitted to a table's columns where it goes into one."""
    assert target.encode is not None
    if fields is None:
        return target.encode(loose, hits)
    loose = _without_plain_sides(loose, hits)
    record = target.encode(loose, hits)
    if record is None:
        return None
    if came_from == target.name and (lost := lost_null(fields, record)):
        hits.append(lost)
    return _with_margin(target, fit(fields, record, hits), hits)


def _loose(row: Row) -> Row:
    """Return the row with `layout` and `extra` as objects, as encoders take them."""
    loose = dict(row)
    for name in ("layout", "extra"):
        if isinstance(text := loose.get(name), str):
            loose[name] = loads(text)
    return loose


def _as_columns(fields: pa.Schema, loose: Row, own: bool, hits: list[Hit]) -> Row:
    """Let a row be written under the columns' names; other names of its `own` format are lost."""
    fitting = in_columns(fields, loose)
    if fitting is not loose and own:
        gone = sorted(loose["layout"].keys() - fitting["layout"].keys())
        hits.append(Hit("LOS055", "/layout", f"a table has no place for: {', '.join(gone)}"))
    return fitting


def _without_plain_sides(loose: Row, hits: list[Hit]) -> Row:
    """Let sides that came as plain strings be written as messages, for a table has one type."""
    layout = dict(loose.get("layout") or {})
    plain = [name for name in _SIDES if layout.get(name) == "string"]
    if not plain:
        return loose
    for name in plain:
        del layout[name]
    message = "plain text becomes messages, which trainers put through the chat template"
    hits.append(Hit("LOS033", f"/{plain[0]}", message))
    return {**loose, "layout": layout}


def _with_margin(target: Format, record: Record, hits: list[Hit]) -> Record:
    """Give a row of a table with margins one: trainers fail on null, and take 0 for none."""
    if "margin" not in target.columns.names or record.get("margin") is not None:
        return record
    hits.append(Hit("LOS030", "/margin", "no margin becomes 0, which trains the same"))
    return {**record, "margin": 0.0}


def _row_record(row: Row) -> Record:
    encode = BY_NAME["row"].encode
    assert encode is not None
    return encode(_loose(row), []) or {}


def _table(schema: pa.Schema, records: Sequence[Record]) -> pa.RecordBatch:
    for record in records:
        if isinstance(extra := record.get("extra"), dict):
            record["extra"] = dumps(extra)
        if "id" in record:
            record["id"] = str(record["id"])
    arrays = [column([record.get(f.name) for record in records], f.type) for f in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _csv(schema: pa.Schema, records: Sequence[Record]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for record in records:
        writer.writerow([_cell(record.get(name)) for name in schema.names])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)
