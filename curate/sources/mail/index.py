"""All mails of a run as columns: 60 bytes each, and no object of Python's."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np

MINE, OVER, REPLY, DRAFT, SPAM, TRASH, SENT, NO_ID, ALONE, RAW = (1 << n for n in range(10))
_COLUMNS = {
    "line": "I",
    "lead": "H",
    "start": "Q",
    "length": "Q",
    "key": "Q",
    "parent": "Q",
    "thread": "Q",
    "same": "Q",
    "flags": "H",
    "labels": "I",
}
BYTES_PER_MAIL = sum(array(kind).itemsize for kind in _COLUMNS.values())
NONE = -1


class Index:
    """Where each mail is, whose it is, and what it hangs together with; in the order read.

    Attributes:
        line: Number of its first line; the separating one where there is one.
        lead: Bytes between that line's offset and `start`.
        start: Offset of its first byte in the file that holds it.
        length: Its bytes.
        key: Hash of its Message-ID, or of what else tells it from others.
        parent: Hash of the id that it answers, 0 for none; after `settle`, see there.
        thread: Hash of its Gmail thread or of the first id it refers to; where it refers to none,
            of its subject (`ALONE` is set).
        same: Hash that copies of one mail share.
        flags: `MINE`, `OVER` (longer than the limit), `REPLY` (says so), `DRAFT`, `SPAM`, `TRASH`,
            `SENT`, `NO_ID`, `ALONE`, `RAW` (its file is not part of a mailbox: nothing is escaped).
        labels: Number of its set of labels in `label_sets`.
        label_sets: Each set of labels that was met, once.
    """

    def __init__(self) -> None:
        self._rows = {name: array(kind) for name, kind in _COLUMNS.items()}
        self._append = [column.append for column in self._rows.values()]
        self.label_sets: list[tuple[str, ...]] = [()]
        self._numbers: dict[tuple[str, ...], int] = {(): 0}
        self._columns: dict[str, np.ndarray[Any, Any]] = {}

    def __len__(self) -> int:
        return len(self._rows["line"])

    def add(self, *values: int) -> None:
        """Append a mail: `line lead start length key parent thread same flags labels`."""
        for append, value in zip(self._append, values, strict=True):
            append(value)

    def number_of(self, labels: tuple[str, ...]) -> int:
        """Return the number of a set of labels."""
        number = self._numbers.get(labels)
        if number is None:
            number = self._numbers[labels] = len(self.label_sets)
            self.label_sets.append(labels)
        return number

    def column(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column as an array that shares its memory; none may be added any more."""
        found = self._columns.get(name)
        if found is None:
            rows = self._rows[name]
            found = self._columns[name] = np.frombuffer(rows, dtype=np.dtype(rows.typecode))
        return found


def groups_of(values: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the positions of values that occur more than once, ascending, a group at a time."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    edges = np.flatnonzero(np.diff(ordered)) + 1
    starts = np.concatenate(([0], edges)) if len(values) else edges
    ends = np.concatenate((edges, [len(values)])) if len(values) else edges
    for at in np.flatnonzero(ends - starts > 1):
        yield order[starts[at] : ends[at]]
