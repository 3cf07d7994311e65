"""Inputs to the rows that steps look at: read and checked, or mapped where that was done before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from curate.build.inputs import expand
from curate.build.line.base import Rows, Splits
from curate.build.outputs import END_OF_STREAM, RejectedFile
from curate.build.reports import InputReport
from curate.build.runner import Run
from curate.build.settings import Settings
from curate.build.writing import TRAIN, pour
from curate.files.columnar import is_sound
from curate.files.hashes import sha256_of, text_hashes
from curate.files.ids import SeenHashes
from curate.files.inputs import Source
from curate.files.json_text import loads
from curate.row import SCHEMAS, Kind
from curate.schema import check as check_schema


@dataclass(slots=True)
class _Named:
    """Names as they come, and which of them each run of rows has."""

    names: dict[str, int] = field(default_factory=dict)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def add(self, name: str, n_rows: int) -> None:
        self.runs.append((self.names.setdefault(name, len(self.names)), n_rows))

    def result(self) -> Splits:
        numbers = np.array([number for number, _ in self.runs], np.uint16)
        return Splits(tuple(self.names), np.repeat(numbers, [n for _, n in self.runs]))


def read_rows(run: Run, inputs: Sequence[str], folder: Path, rejected: RejectedFile) -> Rows:
    """Read inputs to rows in a file of the folder, which is mapped into memory.

    Dataset folders of ours whose files are as their cards say were checked when they were written:
    where nothing else is asked of the reading, their files are mapped as they are.

    Args:
        run: Its report is filled.
        inputs: As typed.
        folder: Where the rows are written; it must outlive them.
        rejected: Gets what the inputs hold and no row was made of.

    Raises:
        AbandonError: If nothing can be read, or kinds are mixed; the report says so.
        CurateError: As the run.
    """
    plain = run.earlier is None and _asks_nothing(run.settings)
    if plain and (mapped := map_rows(inputs)) is not None:
        _count(run, expand(inputs)[0], mapped)
        return mapped
    run.settings = replace(run.settings, to="row", payload="arrow", consumers=())
    path = folder / "rows.arrow"
    splits, names = _Named(), _Named()
    for name in inputs:  # one without rows is an input too
        names.add(name.replace(os.sep, "/"), 0)
    with path.open("wb") as file:

        def add(
            payload: bytes | pa.Buffer, rows: int, input_bytes: int, kind: Kind, source: Source
        ) -> None:
            del input_bytes
            if not file.tell():
                file.write(SCHEMAS[kind].serialize())
            file.write(payload)
            splits.add(source.split or TRAIN, rows)
            names.add(source.argument, rows)

        kind = pour(run, inputs, rejected, add)
        if not file.tell():
            file.write(SCHEMAS[kind].serialize())
        file.write(END_OF_STREAM)
    return open_rows(path, kind, splits.result(), names.result())


def open_rows(path: Path, kind: Kind, splits: Splits, inputs: Splits) -> Rows:
    """Map the rows of an Arrow stream into memory."""
    table = _table(path)
    return Rows(kind, table, np.arange(table.num_rows, dtype=np.int64), splits, inputs)


def _table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_stream(file).read_all()


def _asks_nothing(settings: Settings) -> bool:
    """Return whether reading is to do no more than it does to a dataset folder of ours."""
    plain = Settings()
    about_output = {
        name: getattr(plain, name)
        for name in ("to", "payload", "consumers", "allow_loss", "limits")
    }
    return replace(settings, **about_output) == plain


def map_rows(inputs: Sequence[str]) -> Rows | None:
    """Return the rows of dataset folders where they lie, or None where an input has to be read."""
    if not all((Path(name) / "card.json").is_file() for name in inputs):
        return None
    sources, findings = expand(inputs)
    if findings or not sources:
        return None
    cards: dict[Path, dict[str, Any]] = {}
    splits, arguments = _Named(), _Named()
    tables: list[pa.Table] = []
    for source in sources:
        folder = source.file.parent.parent
        if source.form != "row" or source.split is None or source.file.suffix != ".arrow":
            return None
        if folder not in cards:
            cards[folder] = _card(folder)
        card = cards[folder]
        if not _is_as_written(source.file, card):
            return None
        tables.append(_table(source.file))
        splits.add(source.split, tables[-1].num_rows)
        arguments.add(source.argument, tables[-1].num_rows)
    kinds = {card["kind"] for card in cards.values()}
    if len(kinds) != 1 or _has_repeated_ids(tables):
        return None
    table = pa.concat_tables(tables)
    (kind,) = kinds
    positions = np.arange(table.num_rows, dtype=np.int64)
    return Rows(kind, table, positions, splits.result(), arguments.result())


def _card(folder: Path) -> dict[str, Any]:
    """Return a folder's card, nothing where it is none of ours."""
    try:
        card: dict[str, Any] = loads((folder / "card.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return {} if check_schema("card", card) else card


def _is_as_written(file: Path, card: dict[str, Any]) -> bool:
    """Return whether a file is the checked one that its folder's card vouches for."""
    name = f"data/{file.name}"
    hashes = [entry["sha256"] for entry in card.get("files", ()) if entry["path"] == name]
    checked = card.get("validated") or {}
    if "default" not in str(checked.get("profile")).split(",") or checked.get("errors") != 0:
        return False
    if not hashes or not file.is_file() or [sha256_of(file)] != hashes:
        return False
    return is_sound(file, card["kind"])


def _has_repeated_ids(tables: Sequence[pa.Table]) -> bool:
    """Return whether an id comes twice: then the rows are read, which makes them differ."""
    seen = SeenHashes()
    for table in tables:
        for batch in table.select(["id"]).to_batches():
            ids = batch.column(0).to_pylist()
            if None in ids:
                return True
            if seen.add(text_hashes(ids)).any():
                return True
    return False


def _count(run: Run, sources: Sequence[Source], rows: Rows) -> None:
    """Count mapped rows as if they had been read."""
    report = run.report
    report.kind = rows.kind
    report.ledger.rows_in = report.ledger.rows_out = len(rows)
    report.empty = not len(rows)
    for source in sources:
        size = source.file.stat().st_size
        about = InputReport(source.path, "arrow", bytes=size)
        about.records = _table(source.file).num_rows
        about.shapes = {"row": (about.records, 1)}
        report.inputs.append(about)
