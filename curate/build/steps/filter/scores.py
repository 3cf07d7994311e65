"""The scores of all rows: measured batch by batch, kept on disk, written, and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.line.base import Context, Rows
from curate.build.lint.tokens import rendering_of
from curate.build.settings import Settings
from curate.build.steps.facets import numbers_of
from curate.build.steps.texts import columns_for, texts_of
from curate.errors import InputError, UsageError, printable
from curate.filtering.score import VERSION, Tools, Values
from curate.filtering.scores import BY_NAME, Column, Meter, Side
from curate.lexical.keys import joined, keys_of
from curate.row import TEXT, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Indices = NDArray[np.int64]
else:
    Keys = Indices = Any

PATH = "scores/filter.arrow"
TURNS = "turns"
_KEY = "row_key"
_METADATA = b"tunesmith.scores"
_NO_CODE = -1


class Measured:
    """Columns of scores, one value for each row, in files that are mapped into memory.

    Args:
        columns: The columns.
        n_rows: The number of rows.
        folder: An empty folder for the files.
    """

    def __init__(self, columns: Sequence[Column], n_rows: int, folder: Path) -> None:
        self.columns = {column.name: column for column in columns}
        self._names: dict[str, dict[str, int]] = {}
        self._values: dict[str, Values] = {}
        for name, column in self.columns.items():
            kind = np.int16 if column.score.is_code else np.float64
            if column.score.is_code:
                self._names[name] = {}
            self._values[name] = _on_disk(folder / f"{name}.bin", kind, n_rows)

    def put(self, start: int, found: dict[str, Values]) -> None:
        """Keep the values of some columns from a row on."""
        for name, values in found.items():
            kept = values if name not in self._names else self._numbered(name, values)
            self._values[name][start : start + len(values)] = kept

    def _numbered(self, name: str, codes: Values) -> Values:
        names = self._names[name]
        numbers = [
            _NO_CODE if code is None else names.setdefault(code, len(names)) for code in codes
        ]
        return np.array(numbers, np.int16)

    def values(self, name: str) -> Values:
        """Return a column: `(n_rows,) float64` with NaN, or objects, codes and None."""
        if name not in self._names:
            return self._values[name]
        names = np.array([*self._names[name], None], object)
        return names[self._values[name]]

    def one(self, name: str, row: int) -> Any:
        """Return the value of one row: a number, NaN, a code, or None."""
        value = self._values[name][row]
        if name not in self._names:
            return float(value)
        return None if value == _NO_CODE else list(self._names[name])[value]

    def arrow(self, name: str, start: int = 0, stop: int | None = None) -> pa.Array:
        """Return a column, or some rows of it, for a file: null where it is undefined."""
        values = self._values[name][start:stop]
        if name in self._names:
            codes = pa.array(np.array(values), mask=values == _NO_CODE)
            names = pa.array(list(self._names[name]), pa.string())
            return pa.DictionaryArray.from_arrays(codes, names)
        missing = np.isnan(values)
        if self.columns[name].score.whole:
            whole = np.where(missing, 0, values).astype(np.int64)
            return pa.array(whole, mask=missing)
        return pa.array(np.array(values), mask=missing)

    def plain(self, name: str) -> pa.Array:
        """Return a column for the rows' `extra`: codes as text."""
        values = self.arrow(name)
        return values.dictionary_decode() if name in self._names else values

    def write(self, path: Path, rows: Rows, tokenizer: str | None) -> None:
        """Write an Arrow IPC file: `id`, `row_key` and the columns, one line for each row."""
        about = json.dumps({"version": VERSION, "kind": rows.kind, "tokenizer": tokenizer})
        fields = [pa.field("id", TEXT), pa.field(_KEY, pa.uint64())]
        fields += [pa.field(name, self.arrow(name, 0, 0).type) for name in self.columns]
        schema = pa.schema(fields, {_METADATA: about})
        options = pa.ipc.IpcWriteOptions(unify_dictionaries=True)
        with (
            pa.OSFile(str(path), "wb") as file,
            pa.ipc.new_file(file, schema, options=options) as out,
        ):
            for start, batch in rows.batches(["id", *columns_for(rows.kind)]):
                stop = start + batch.num_rows
                parts = [batch.column("id"), pa.array(_row_keys(batch, rows.kind))]
                parts += [self.arrow(name, start, stop) for name in self.columns]
                out.write_batch(pa.RecordBatch.from_arrays(parts, schema=schema))


def _on_disk(path: Path, kind: Any, n_rows: int) -> Values:
    if not n_rows:
        return np.zeros(0, kind)
    return np.memmap(path, kind, "w+", shape=(n_rows,))


def measure(rows: Rows, columns: Sequence[Column], context: Context) -> Measured:
    """Measure columns of all rows.

    Raises:
        UsageError: If rows of this kind have no such side, or tokens are asked for and no
            tokenizer is named.
    """
    for column in columns:
        check_side(rows.kind, column)
    meter = Meter(columns, _tools(columns, context.settings))
    found = Measured(columns, len(rows), context.scratch)
    if TURNS in found.columns:
        found.put(0, {TURNS: numbers_of(rows, TURNS, context)})
    if set(found.columns) == {TURNS}:
        return found
    for start, batch in rows.batches(columns_for(rows.kind)):
        texts = {side: side_texts(batch, rows.kind, side) for side in meter.sides}
        given = {}
        if TURNS in found.columns:
            given[TURNS] = found.values(TURNS)[start : start + batch.num_rows]
        found.put(start, meter.measure(texts, given))
        context.tick(start + batch.num_rows)
    return found


def _tools(columns: Sequence[Column], settings: Settings) -> Tools:
    if not any(column.score is BY_NAME["tokens"] for column in columns):
        return Tools()
    rendering = rendering_of(settings)
    if rendering is None:
        return Tools()
    count = rendering.tokenizer.count
    return Tools(count_tokens=lambda texts: [count(text) for text in texts])


def check_side(kind: Kind, column: Column) -> None:
    """Check that rows of a kind have the side of a score.

    Raises:
        UsageError: If they have not.
    """
    lacking = {"text": ("prompt",), "prompt_only": ("response",)}.get(kind, ())
    needs = (column.side, *(part.partition("_")[0] for part in column.score.of))
    for side in needs:
        if side in lacking or (side == "rejected" and kind != "preference"):
            raise UsageError(
                f"`{column.name}`: rows of kind {kind} have no {side}",
                hint="--on prompt" if side == "response" else None,
            )


def side_texts(batch: pa.RecordBatch, kind: Kind, side: Side) -> list[str]:
    """Return the text of one side of each row, its pieces joined by line ends; "" for none.

    Of a preference the response is the chosen answer alone: two answers to one prompt repeat each
    other, so that no measure of both together says anything of either.
    """
    if kind == "preference":
        answer = batch.column("rejected" if side == "rejected" else "chosen")
        batch = pa.RecordBatch.from_arrays(
            [batch.column("prompt"), answer], ["prompt", "completion"]
        )
        kind = "unpaired"
    return texts_of(batch, kind, "response" if side == "rejected" else side).joined()


def _row_keys(batch: pa.RecordBatch, kind: Kind) -> Keys:
    keys = keys_of(batch.column("id"))
    for name in columns_for(kind):
        keys = joined(keys, keys_of(batch.column(name)))
    return keys


def read_again(path: Path, rows: Rows, columns: Sequence[Column], context: Context) -> Measured:
    """Return the columns of these rows from a file of scores that an earlier run wrote.

    Args:
        path: The file, or the dataset folder that holds it.
        rows: Rows that the earlier run measured: all, or some, in any order.
        columns: The columns that are needed.
        context: The run.

    Raises:
        InputError: If there is no such file, or it holds no scores.
        UsageError: If a row or a column is not in it, or another version or tokenizer made it.
    """
    path = path / PATH if path.is_dir() else path
    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
    except FileNotFoundError:
        raise InputError(f"{path.as_posix()}: there is no such file of scores") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path.as_posix()} cannot be read as scores: {error}") from None
    _check_made(path, table.schema, columns, context.settings)
    found = Measured(columns, len(rows), context.scratch)
    stored = table[_KEY].to_numpy()
    order = np.argsort(stored, kind="stable")
    if not len(stored) and len(rows):
        raise UsageError(f"{path.as_posix()} holds no scores of any row")
    arrays = {name: _stored_column(table[name]) for name in found.columns}
    for start, batch in rows.batches(["id", *columns_for(rows.kind)]):
        keys = _row_keys(batch, rows.kind)
        places = order[np.minimum(np.searchsorted(stored, keys, sorter=order), len(order) - 1)]
        _check_found(path, batch, stored[places] == keys)
        found.put(start, {name: take(places) for name, take in arrays.items()})
    return found


def _check_made(
    path: Path, schema: pa.Schema, columns: Sequence[Column], settings: Settings
) -> None:
    about = json.loads((schema.metadata or {}).get(_METADATA, b"{}"))
    if about.get("version") != VERSION:
        raise UsageError(
            f"{path.as_posix()} holds no scores of this version of Tunesmith",
            hint="measure again: leave --scores-from out",
        )
    absent = [column.name for column in columns if column.name not in schema.names]
    if absent:
        raise UsageError(
            f"{path.as_posix()} holds no {', '.join(absent)}",
            hint="measure again, without --scores-from; --scores NAME measures more than is asked",
        )
    tokens = any(column.score is BY_NAME["tokens"] for column in columns)
    if tokens and settings.tokenizer not in (None, about.get("tokenizer")):
        raise UsageError(
            f"{path.as_posix()} counts tokens of {printable(about.get('tokenizer'))}, "
            f"not of {printable(settings.tokenizer)}"
        )


def _check_found(path: Path, batch: pa.RecordBatch, there: Any) -> None:
    if not there.all():
        missing = batch.column("id").filter(pa.array(~there))
        raise UsageError(
            f"{path.as_posix()} holds no scores of row {printable(missing[0].as_py())}: it is of "
            "other rows, or the row was changed",
            hint="measure again, without --scores-from",
        )


def _stored_column(column: pa.ChunkedArray) -> Callable[[Indices], Values]:
    if pa.types.is_dictionary(column.type):
        codes = column.combine_chunks()

        def take_codes(places: Indices) -> Values:
            return np.array(codes.take(pa.array(places)).to_pylist(), object)

        return take_codes
    numbers = column.cast(pa.float64()).combine_chunks().fill_null(np.nan).to_numpy()
    return lambda places: numbers[places]
