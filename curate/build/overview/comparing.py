"""What is read again of two sets: the fields of rows that changed, and the rows that are shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from curate.build.overview.fields import NOT_COMPARED, field_keys
from curate.build.overview.pairing_up import Pairs, Side
from curate.build.overview.tallies import shown_text
from curate.build.overview.wording import told
from curate.row import Kind, Row, from_batch, message_lists

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Halves = NDArray[np.uint32]
else:
    Indices = Halves = Any

_NAME_CHARS, _TEXT_CHARS = 200, 160


class Fields:
    """Keys of the fields of some rows: 4 bytes for each field that any of them has.

    Half a key is enough to count by: of ten million rows that differ in a field one goes uncounted
    with a chance of 1 in 400.

    Args:
        rows: `(n,) int64`: the rows.
    """

    def __init__(self, rows: Indices) -> None:
        self._rows = np.sort(rows)
        self._keys: dict[str, Halves] = {}

    def add(self, batch: pa.RecordBatch, kind: Kind, start: int) -> None:
        """Take the next batch, whose first row has the number `start`."""
        first, end = np.searchsorted(self._rows, (start, start + batch.num_rows))
        if first == end:
            return
        wanted = batch.take(pa.array(self._rows[first:end] - start))
        for pointer, keys in field_keys(wanted, kind).items():
            if pointer not in self._keys:
                self._keys[pointer] = np.zeros(len(self._rows), np.uint32)
            self._keys[pointer][first:end] = keys >> np.uint64(32)

    def changed_in(self, other: Fields, pairs: Indices) -> dict[str, int]:
        """Return how many of the pairs differ in which field, the most first."""
        if not len(pairs):
            return {}
        one = np.searchsorted(self._rows, pairs[:, 0])
        two = np.searchsorted(other._rows, pairs[:, 1])
        found: Counter[str] = Counter()
        for pointer in self._keys.keys() | other._keys.keys():
            here, there = self._keys.get(pointer), other._keys.get(pointer)
            before = here[one] if here is not None else np.uint32(0)
            after = there[two] if there is not None else np.uint32(0)
            found[pointer] = int(np.sum(before != after))
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return {pointer: n for pointer, n in ranked if n}


class Kept:
    """The rows that are shown, with where they stand.

    Args:
        rows: `(n,) int64`, ascending: their numbers.
    """

    def __init__(self, rows: Indices) -> None:
        self._wanted = rows
        self._rows: dict[int, tuple[Row, str, int]] = {}

    def add(self, batch: pa.RecordBatch, path: str, lines: Sequence[int], start: int) -> None:
        """Take the next batch, whose first row has the number `start`."""
        first, end = np.searchsorted(self._wanted, (start, start + batch.num_rows))
        if first == end:
            return
        numbers = self._wanted[first:end]
        rows = from_batch(batch.take(pa.array(numbers - start)))
        for number, row in zip(numbers.tolist(), rows, strict=True):
            self._rows[number] = row, path, lines[number - start]

    def place(self, number: int) -> dict[str, Any]:
        """Return where a row stands."""
        _, path, line = self._rows[number]
        return {"file": path, "line": line}

    def id_of(self, number: int) -> str:
        """Return a row's id as it is shown."""
        return shown_text(self._rows[number][0]["id"], _NAME_CHARS)

    def alone(self, number: int) -> dict[str, Any]:
        """Return a row that only one set has."""
        text = shown_text(_first_text(self._rows[number][0]), _TEXT_CHARS)
        return {"id": self.id_of(number), **self.place(number), "text": text}

    def name_to(self, other: Kept) -> Callable[[int, int], dict[str, Any]]:
        """Return what tells of a row that has another name in the other set."""

        def tell(one: int, two: int) -> dict[str, Any]:
            return {
                "a": {"id": self.id_of(one), **self.place(one)},
                "b": {"id": other.id_of(two), **other.place(two)},
            }

        return tell

    def change_to(self, other: Kept) -> Callable[[int, int], dict[str, Any]]:
        """Return what tells of a row that differs in the other set."""

        def tell(one: int, two: int) -> dict[str, Any]:
            before, after = _content(self._rows[one][0]), _content(other._rows[two][0])
            fields, more = told(before, after)
            places = {"a": self.place(one), "b": other.place(two)}
            return {"id": other.id_of(two), **places, "fields": fields, "fields_cut": more}

        return tell


def _content(row: Row) -> Row:
    """Return what is compared of a row, with what is JSON as text read."""
    found = {name: value for name, value in row.items() if name not in NOT_COMPARED}
    for name in ("extra", "tools"):
        if isinstance(text := found.get(name), str):
            found[name] = json.loads(text)
    return found


def _first_text(row: Row) -> str:
    for _, messages in message_lists(row):
        for message in messages:
            if message.get("content") and message["role"] != "system":
                return str(message["content"])
    segments = "".join(segment.get("text") or "" for segment in row.get("segments", ()))
    return str(row.get("text") or segments)


def by_split(pairs: Pairs, first: Side, second: Side) -> dict[str, dict[str, int]]:
    """Return rows removed from, added to and changed in each split, by the split's name."""
    counts: dict[str, dict[str, int]] = {}
    rows_of = (
        ("removed", first, pairs.removed),
        ("added", second, pairs.added),
        ("changed", second, pairs.changed[:, 1]),
    )
    for sort, side, rows in rows_of:
        numbers = np.bincount(side.splits[rows], minlength=len(side.names))
        for name, n in zip(side.names, numbers.tolist(), strict=True):
            own = counts.setdefault(name, {"removed": 0, "added": 0, "changed": 0})
            own[sort] += n
    return counts
