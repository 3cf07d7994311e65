"""What is kept of the rows of a set: 24 bytes each, and a few counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.columns import ROLES, mask_of, role_numbers
from curate.checks.whole.base import Place
from curate.lexical.keys import Keys, joined, keys_of, summed
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Indices = NDArray[np.int64]
    Marks = NDArray[np.uint32]
else:
    Mask = Indices = Marks = Any

# Bits of a row's marks; above them 12 bits each of its first and of its last user turn, 0 where it
# has none. They serve counts of many rows only, for which 4,095 values are enough.
LABELLED, WANTED, ANSWERED, LONG, SYSTEM, REASONING, WEIGHT, MARGIN = (1 << n for n in range(8))
_FIRST_TURN_SHIFT, _LAST_TURN_SHIFT, _TURN_BITS = 8, 20, 12
_LONG_BYTES = 40
_DIFFERENT = 1_000  # more values than this are not counted: the column is no category
_SYSTEM, _USER, _ASSISTANT = 0, ROLES.index("user"), ROLES.index("assistant")
_THINKING = "<think>"


@dataclass(slots=True)
class Tally:
    """How many rows have which value, and the first of each; nothing where they are too many."""

    counts: Counter[Any] = field(default_factory=Counter)
    first: dict[Any, int] = field(default_factory=dict)
    full: bool = False

    def add(self, later: Tally, shift: int) -> None:
        """Add the rows behind, whose numbers begin at `shift`."""
        self.counts.update(later.counts)
        for value, row in later.first.items():
            self.first.setdefault(value, row + shift)
        self.full = self.full or later.full or len(self.counts) > _DIFFERENT
        if self.full:
            self.counts.clear()
            self.first.clear()


@dataclass(slots=True)
class Part:
    """The rows of one kind in one chunk; `RowSet` says what the columns are."""

    kind: Kind
    first: Keys
    second: Keys
    lines: Marks
    marks: Marks
    systems: Tally = field(default_factory=Tally)
    categories: Tally = field(default_factory=Tally)
    margins: tuple[float, float] | None = None


def part_of(batch: pa.RecordBatch, kind: Kind, lines: Sequence[int]) -> Part:
    """Reduce a batch.

    Args:
        batch: Rows of one kind.
        kind: Their kind.
        lines: The line of each.
    """
    n = batch.num_rows
    part = Part(
        kind,
        np.zeros(n, np.uint64),
        np.zeros(n, np.uint64),
        np.asarray(lines, np.uint32),
        np.zeros(n, np.uint32),
    )
    _READERS[kind](part, batch)
    part.categories = _tally_texts(batch.column("category"))
    return part


def _beside(batch: pa.RecordBatch) -> Keys:
    return joined(keys_of(batch.column("tools")), keys_of(batch.column("media")))


def _read_sft(part: Part, batch: pa.RecordBatch) -> None:
    turns = _Turns(batch.column("messages"))
    last = np.maximum(turns.ends - 1, turns.starts)
    answered = (turns.ends > turns.starts) & (turns.role_at(last) == _ASSISTANT)
    split = np.where(answered, last, turns.ends)
    part.first = joined(summed(turns.keys, turns.starts, split), _beside(batch))
    part.second = summed(turns.keys, split, turns.ends)
    turns.mark(part)
    part.marks[answered] |= ANSWERED
    part.marks[answered & (turns.length_at(last) >= _LONG_BYTES)] |= LONG


def _read_preference(part: Part, batch: pa.RecordBatch) -> None:
    turns = _Turns(batch.column("prompt"))
    prompt = joined(summed(turns.keys, turns.starts, turns.ends), _beside(batch))
    turns.mark(part)
    sides = [_Turns(batch.column(name)) for name in ("chosen", "rejected")]
    keys = [joined(prompt, summed(side.keys, side.starts, side.ends)) for side in sides]
    part.first, part.second = keys
    margin = batch.column("margin")
    part.marks[mask_of(margin.is_valid())] |= MARGIN
    if margin.null_count < len(margin):
        found = pc.min_max(margin)
        part.margins = (found["min"].as_py(), found["max"].as_py())


def _read_unpaired(part: Part, batch: pa.RecordBatch) -> None:
    turns = _Turns(batch.column("prompt"))
    part.first = joined(summed(turns.keys, turns.starts, turns.ends), _beside(batch))
    turns.mark(part)
    answers = _Turns(batch.column("completion"))
    part.second = summed(answers.keys, answers.starts, answers.ends)
    part.marks[answers.ends > answers.starts] |= ANSWERED
    label = batch.column("label")
    part.marks[mask_of(label.is_valid())] |= LABELLED
    part.marks[mask_of(label.fill_null(False))] |= WANTED


def _read_prompt(part: Part, batch: pa.RecordBatch) -> None:
    turns = _Turns(batch.column("prompt"))
    part.first = summed(turns.keys, turns.starts, turns.ends)
    turns.mark(part)


def _read_text(part: Part, batch: pa.RecordBatch) -> None:
    part.first = keys_of(batch.column("text"))


def _read_steps(part: Part, batch: pa.RecordBatch) -> None:
    _read_prompt(part, batch)
    steps = joined(keys_of(batch.column("completions")), keys_of(batch.column("labels")))
    part.second = steps


def _read_segments(part: Part, batch: pa.RecordBatch) -> None:
    part.first = keys_of(batch.column("segments"))


_READERS = {
    "sft": _read_sft,
    "preference": _read_preference,
    "unpaired": _read_unpaired,
    "prompt_only": _read_prompt,
    "text": _read_text,
    "stepwise": _read_steps,
    "segments": _read_segments,
}


class _Turns:
    """A column of messages: the key of each message, and where each row's begin and end."""

    def __init__(self, column: pa.ListArray) -> None:
        if column.null_count == len(column):
            column = pa.array([[]] * len(column), column.type)
        elif column.null_count:
            column = column.fill_null([])
        offsets = column.offsets.to_numpy().astype(np.int64)
        self.messages = column.values
        self.starts: Indices = offsets[:-1]
        self.ends: Indices = offsets[1:]
        self.keys = keys_of(self.messages)
        self.roles = role_numbers(self.messages.field("role"))

    def role_at(self, at: Indices) -> Indices:
        """Return the role of the message at each place."""
        return self.roles[np.minimum(at, len(self.roles) - 1)] if len(self.roles) else at * 0 - 1

    def length_at(self, at: Indices) -> Indices:
        """Return the bytes of the content at each place."""
        lengths = pc.binary_length(self.messages.field("content")).fill_null(0)
        found: Indices = lengths.to_numpy(zero_copy_only=False)
        return found[np.minimum(at, len(found) - 1)] if len(found) else at * 0

    def mark(self, part: Part) -> None:
        """Mark what the turns of each row have, and count the system prompts."""
        n = len(self.starts)
        owners = np.repeat(np.arange(n), self.ends - self.starts)
        at = np.arange(self.starts[0], self.ends[-1]) if n else np.zeros(0, np.int64)
        roles = self.roles[at]
        users = np.flatnonzero(roles == _USER)
        asking, first = np.unique(owners[users], return_index=True)
        last = np.append(first[1:], len(users))[: len(first)] - 1
        for where, shift in ((first, _FIRST_TURN_SHIFT), (last, _LAST_TURN_SHIFT)):
            turns = self.keys[at[users[where]]] % np.uint64((1 << _TURN_BITS) - 1) + np.uint64(1)
            part.marks[asking] |= turns.astype(np.uint32) << np.uint32(shift)
        systems = np.flatnonzero(roles <= _SYSTEM + 1)
        if len(systems):
            part.marks[owners[systems]] |= SYSTEM
            first, where = np.unique(owners[systems], return_index=True)
            part.systems = _tally(self.keys[at[systems[where]]].tolist(), first.tolist())
        self._mark_fields(part, owners, at, roles)

    def _mark_fields(self, part: Part, owners: Indices, at: Indices, roles: Indices) -> None:
        reasoning, weight = self.messages.field("reasoning"), self.messages.field("weight")
        if weight.null_count < len(weight):
            part.marks[owners[mask_of(weight.is_valid())[at]]] |= WEIGHT
        thinks = pc.starts_with(self.messages.field("content"), _THINKING).fill_null(False)
        found = mask_of(thinks)[at] & (roles == _ASSISTANT)
        if reasoning.null_count < len(reasoning):
            found |= mask_of(reasoning.is_valid())[at]
        part.marks[owners[found]] |= REASONING


def _tally_texts(column: pa.Array) -> Tally:
    if column.null_count == len(column):
        return Tally()
    codes = column.dictionary_encode()
    if len(codes.dictionary) > _DIFFERENT:
        return Tally(full=True)
    there = np.flatnonzero(mask_of(column.is_valid()))
    values = column.take(pa.array(there)).to_pylist()
    return _tally(values, there.tolist())


def _tally(values: list[Any], rows: list[int]) -> Tally:
    first: dict[Any, int] = {}
    for value, row in zip(values, rows, strict=True):
        first.setdefault(value, row)
    if len(first) > _DIFFERENT:
        return Tally(full=True)
    return Tally(Counter(values), first)


@dataclass(slots=True)
class RowSet:
    """The rows of one kind of all inputs, in input order.

    Attributes:
        kind: Their kind.
        first: `(n,) uint64`: the key of what is asked; of a preference row the key of prompt and
            chosen answer, of a row that asks nothing the key of all.
        second: `(n,) uint64`: the key of the answer; of a preference row that of prompt and
            rejected answer.
        lines: `(n,) uint32`: the line of each row.
        marks: `(n,) uint32`: bits, `LABELLED` and so on.
        systems: Rows by the key of their system prompt.
        categories: Rows by category.
        margins: The least and the greatest margin.
    """

    kind: Kind
    first: Keys
    second: Keys
    lines: Marks
    marks: Marks
    systems: Tally
    categories: Tally
    margins: tuple[float, float] | None
    _files: list[str]
    _starts: list[int]

    def __len__(self) -> int:
        return len(self.first)

    def having(self, mark: int) -> Mask:
        """Return which rows have a mark."""
        return np.asarray(self.marks & np.uint32(mark) != 0)

    def place(self, row: int) -> Place:
        """Return where a row stands."""
        at = int(np.searchsorted(self._starts, row, side="right")) - 1
        return Place(self._files[at], int(self.lines[row]))

    def line(self, row: int) -> str:
        """Return a row's place in words; the file is named where there are several."""
        place = self.place(row)
        many = len(set(self._files)) > 1
        return f"{place.file}:{place.line}" if many else f"line {place.line}"

    def first_turns(self) -> Marks:
        """Return 12 bits of the first user turn of each row, 0 where there is none."""
        return self._turns(_FIRST_TURN_SHIFT)

    def last_turns(self) -> Marks:
        """Return 12 bits of the last user turn of each row, 0 where there is none."""
        return self._turns(_LAST_TURN_SHIFT)

    def _turns(self, shift: int) -> Marks:
        return np.asarray(self.marks >> np.uint32(shift) & np.uint32((1 << _TURN_BITS) - 1))


class Gathered:
    """The parts of one kind, as they come in input order."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._parts: list[Part] = []
        self._files: list[str] = []
        self._starts: list[int] = []
        self._rows = 0
        self._systems, self._categories = Tally(), Tally()

    def add(self, part: Part, file: str) -> None:
        """Take the next part."""
        self._systems.add(part.systems, self._rows)
        self._categories.add(part.categories, self._rows)
        if not self._files or self._files[-1] != file:
            self._files.append(file)
            self._starts.append(self._rows)
        part.systems, part.categories = Tally(), Tally()
        self._parts.append(part)
        self._rows += len(part.first)

    def whole(self) -> RowSet:
        """Return all rows."""
        parts = self._parts
        bounds = [part.margins for part in parts if part.margins is not None]
        margins = (min(b[0] for b in bounds), max(b[1] for b in bounds)) if bounds else None
        return RowSet(
            self.kind,
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.lines for part in parts]),
            np.concatenate([part.marks for part in parts]),
            self._systems,
            self._categories,
            margins,
            self._files,
            self._starts,
        )
