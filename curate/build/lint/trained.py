"""How much text of each row there is, is meant to be learnt, and is trained: on whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.columns import ROLES, role_numbers
from curate.checks.profiles import Trained, TrainedOn
from curate.checks.rendered.fate import UNTRAINED
from curate.row import MESSAGE_COLUMNS, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]
else:
    Mask = Counts = Any

_ASSISTANT = ROLES.index("assistant")
_ANSWERS = ("chosen", "rejected", "completion")
_COMPLETION = '"completion_from": ?(?P<turn>\\d+)'


class Texts(NamedTuple):
    """The messages of a batch's rows, of all columns; a value per message.

    Attributes:
        rows: The row of each.
        turns: Its place among the messages of its column.
        chars: The characters of its text, its reasoning and its calls.
        answers: Whether it is the assistant's.
        marked: Whether it is marked as not to be trained.
        sides: Whether it stands in an answer's column.
        last: Whether it is the last of the assistant's in its row.
    """

    rows: Counts
    turns: Counts
    chars: Counts
    answers: Mask
    marked: Mask
    sides: Mask
    last: Mask


class Amounts:
    """The characters of a batch's rows.

    Args:
        batch: The rows.
        kind: Their kind.

    Attributes:
        total: The characters of each row.
        meant: Those that the data wants to be learnt: answers that are not marked otherwise.
    """

    def __init__(self, batch: pa.RecordBatch, kind: Kind) -> None:
        self.kind = kind
        self.n_rows = batch.num_rows
        self._texts = _texts(batch) if kind not in ("text", "segments") else None
        self._begins = _completions(batch) if kind == "sft" else None
        self._tools = _with_tools(batch) if kind == "sft" else None
        if self._texts is not None:
            steps = _steps(batch)
            self.total = self._of(np.ones(len(self._texts.rows), np.bool_)) + steps
            self.meant = self._meant(self._texts) + steps
        elif kind == "text":
            self.total = self.meant = _chars(batch.column("text"))
        else:
            self.total, self.meant = _segments(batch)

    def trained(self, trained: Trained | None, form: str) -> Counts:
        """Return the characters of each row that a consumer trains; `form` is their format."""
        texts = self._texts
        if trained is None or texts is None or self.kind != "sft":
            return self.meant
        reads = trained.reads_weights(form)
        found = self._on(trained.on, texts, reads)
        if trained.with_tools is None or self._tools is None:
            return found
        return np.where(self._tools, self._on(trained.with_tools, texts, reads), found)

    def _on(self, on: TrainedOn, texts: Texts, reads_weights: bool) -> Counts:
        if on == "all":
            return self.total
        if on == "completion":
            mask = self._behind_prompt(texts)
        else:
            mask = texts.last if on == "last-assistant" else texts.answers
        if reads_weights:
            mask = mask & ~texts.marked
        return self._of(mask)

    def _meant(self, texts: Texts) -> Counts:
        if self.kind != "sft":
            return self._of(texts.sides)
        mask = texts.answers & ~texts.marked
        if self._begins is not None:
            mask &= texts.turns >= self._begins[texts.rows]
        return self._of(mask)

    def _behind_prompt(self, texts: Texts) -> Mask:
        if self._begins is None:
            return texts.last
        begins = self._begins[texts.rows]
        return np.where(begins > 0, texts.turns >= begins, texts.last)

    def _of(self, mask: Mask) -> Counts:
        assert self._texts is not None
        rows, chars = self._texts.rows[mask], self._texts.chars[mask]
        return np.bincount(rows, weights=chars, minlength=self.n_rows).astype(np.int64)


def _texts(batch: pa.RecordBatch) -> Texts:
    found = [
        _of_column(batch.column(name), name in _ANSWERS)
        for name in MESSAGE_COLUMNS
        if name in batch.schema.names
    ]
    rows, turns, chars, answers, marked, sides = map(np.concatenate, zip(*found, strict=True))
    last_of = np.full(batch.num_rows, -1)
    last_of[rows[answers]] = turns[answers]
    return Texts(rows, turns, chars, answers, marked, sides, answers & (turns == last_of[rows]))


def _of_column(column: pa.ListArray, side: bool) -> tuple[Any, ...]:
    messages, rows = _flat(column)
    count = len(messages)
    chars = _chars(messages.field("content")) + _chars(messages.field("reasoning"))
    chars += _inner(messages.field("parts"), ("text",), count)
    chars += _inner(messages.field("tool_calls"), ("name", "arguments"), count)
    starts = np.zeros(len(column), np.int64)
    firsts, at = np.unique(rows, return_index=True)
    starts[firsts] = at
    turns = np.arange(count) - starts[rows]
    answers = role_numbers(messages.field("role")) == _ASSISTANT
    weights = messages.field("weight")
    marked = _mask(pc.equal(weights, 0)) if weights.null_count < count else np.zeros(count, bool)
    extra = messages.field("extra")
    if extra.null_count < count:
        marked = marked | _mask(pc.match_substring_regex(extra, UNTRAINED))
    return rows, turns, chars, answers, marked, np.full(count, side)


def _flat(column: pa.ListArray) -> tuple[pa.Array, Counts]:
    return column.flatten(), pc.list_parent_indices(column).to_numpy().astype(np.int64)


def _inner(column: pa.ListArray, fields: tuple[str, ...], count: int) -> Counts:
    """Return the characters of some fields of each message's items."""
    if column.null_count == count:
        return np.zeros(count, np.int64)
    items, owners = _flat(column)
    chars = sum(_chars(items.field(name)) for name in fields)
    return np.bincount(owners, weights=chars, minlength=count).astype(np.int64)


def _chars(texts: pa.Array) -> Counts:
    if texts.null_count == len(texts):
        return np.zeros(len(texts), np.int64)
    return np.asarray(pc.utf8_length(texts).fill_null(0).to_numpy(), np.int64)


def _mask(column: pa.Array) -> Mask:
    mask: Mask = column.fill_null(False).to_numpy(zero_copy_only=False)
    return mask


def _with_tools(batch: pa.RecordBatch) -> Mask | None:
    """Return which rows offer tools, None where none does."""
    tools = batch.column("tools")
    return _mask(pc.not_equal(tools, "")) if tools.null_count < len(tools) else None


def _steps(batch: pa.RecordBatch) -> Counts:
    if "completions" not in batch.schema.names:
        return np.zeros(batch.num_rows, np.int64)
    items, owners = _flat(batch.column("completions"))
    return np.bincount(owners, weights=_chars(items), minlength=batch.num_rows).astype(np.int64)


def _segments(batch: pa.RecordBatch) -> tuple[Counts, Counts]:
    items, owners = _flat(batch.column("segments"))
    chars, train = _chars(items.field("text")), _mask(items.field("train"))
    total = np.bincount(owners, weights=chars, minlength=batch.num_rows)
    meant = np.bincount(owners[train], weights=chars[train], minlength=batch.num_rows)
    return total.astype(np.int64), meant.astype(np.int64)


def _completions(batch: pa.RecordBatch) -> Counts | None:
    """Return where the completion of each row begins, as its format said; None where none did."""
    layout = batch.column("layout")
    if layout.null_count == len(layout):
        return None
    found = pc.extract_regex(layout, _COMPLETION)
    if found.null_count == len(found):
        return None
    turns = pc.cast(found.field("turn").filter(found.is_valid()), pa.int64())
    begins = np.zeros(batch.num_rows, np.int64)
    begins[_mask(found.is_valid())] = turns.to_numpy()
    return begins
