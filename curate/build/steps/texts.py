"""The text that steps compare rows by: the prompt, the response, both, or the whole row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.columns import ROLES, flat_list, mask_of, role_numbers
from curate.lexical.keys import joined as joined_keys
from curate.lexical.keys import keys_of
from curate.row import TEXT, Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Keys = NDArray[np.uint64]
else:
    Indices = Mask = Keys = Any

On = Literal["prompt", "response", "prompt+response", "conversation"]
_ASSISTANT = ROLES.index("assistant")
_PROMPT = "prompt"
# The columns that hold answers, by kind; `messages` holds both sides.
_ANSWERS: dict[Kind, tuple[str, ...]] = {
    "preference": ("chosen", "rejected"),
    "unpaired": ("completion",),
}


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The texts of a batch's rows, each in pieces.

    Attributes:
        pieces: `(n_pieces,) large_string` without nulls, those of the first row first.
        starts: `(n_rows + 1,) int64`: those of row `i` are `pieces[starts[i]:starts[i + 1]]`.
    """

    pieces: pa.Array
    starts: Indices

    def joined(self) -> list[str]:
        """Return one text for each row, its pieces joined by a line end; "" where it has none."""
        texts = self.pieces.to_pylist()
        return ["\n".join(texts[a:b]) for a, b in pairwise(self.starts.tolist())]

    def has_text(self) -> Mask:
        """Return which rows have more than white space, `(n_rows,) bool`."""
        trimmed = pc.binary_length(pc.utf8_trim_whitespace(self.pieces))
        return self._sums(trimmed.to_numpy(zero_copy_only=False)) > 0

    def sizes(self) -> Indices:
        """Return the bytes of each row's text in UTF-8, joints left out, `(n_rows,) int64`."""
        return self._sums(pc.binary_length(self.pieces).to_numpy(zero_copy_only=False))

    def _sums(self, numbers: Indices) -> Indices:
        totals = np.zeros(len(self.pieces) + 1, np.int64)
        np.cumsum(numbers, out=totals[1:])
        return np.asarray(totals[self.starts[1:]] - totals[self.starts[:-1]])


@dataclass(frozen=True, slots=True)
class _Found:
    """Texts with where each stands: row, column, message, place in the message."""

    values: pa.Array
    rows: Indices
    messages: Indices
    column: int
    place: int


def texts_of(batch: pa.RecordBatch, kind: Kind, on: On) -> RowTexts:
    """Return the texts that `on` names of each row of a batch, in reading order.

    The response is the last message where an assistant speaks it, and the prompt all before it. Of
    a preference both answers are the response, the chosen one first; of `text` all is response; of
    segments those that are trained; of steps all of them. Reasoning, names and arguments of tool
    calls belong to their message. Declared tools and media are no text: see `beside_keys`.
    """
    found = list(_found(batch, kind, on))
    n_rows = batch.num_rows
    if not found:
        return RowTexts(pa.array([], TEXT), np.zeros(n_rows + 1, np.int64))
    found = [_without_nulls(each) for each in found]
    if len(found) == 1:
        values, rows = found[0].values, found[0].rows
    else:
        rows = np.concatenate([each.rows for each in found])
        messages = np.concatenate([each.messages for each in found])
        columns = np.repeat([each.column for each in found], [len(each.rows) for each in found])
        places = np.repeat([each.place for each in found], [len(each.rows) for each in found])
        order = np.lexsort((places, messages, columns, rows))
        values = pa.concat_arrays([each.values for each in found]).take(pa.array(order))
        rows = rows[order]
    starts = np.searchsorted(rows, np.arange(n_rows + 1))
    return RowTexts(values, starts)


def spoken_by(column: pa.ListArray, roles: Sequence[str]) -> RowTexts:
    """Return the texts of a column's messages that some roles speak, in reading order."""
    messages, rows = flat_list(column)
    wanted = np.isin(role_numbers(messages.field("role")), [ROLES.index(role) for role in roles])
    at = np.flatnonzero(wanted)
    starts = np.searchsorted(rows[at], np.arange(len(column) + 1)).astype(np.int32)
    chosen = pa.ListArray.from_arrays(pa.array(starts), messages.take(pa.array(at)))
    return texts_of(pa.RecordBatch.from_arrays([chosen], ["prompt"]), "prompt_only", "prompt")


def beside_keys(batch: pa.RecordBatch) -> Keys:
    """Return a key of what tells rows of equal text apart, `(n_rows,) uint64`: tools and media."""
    keys = np.zeros(batch.num_rows, np.uint64)
    for name in ("tools", "media"):
        if name in batch.schema.names:
            keys = joined_keys(keys, keys_of(batch.column(name)))
    return keys


def columns_for(kind: Kind) -> list[str]:
    """Return the columns that `texts_of` and `beside_keys` look at."""
    own: dict[Kind, list[str]] = {
        "sft": ["messages", "tools", "media"],
        "preference": ["prompt", "chosen", "rejected", "tools", "media"],
        "unpaired": ["prompt", "completion", "tools", "media"],
        "stepwise": ["prompt", "completions"],
        "prompt_only": ["prompt"],
    }
    return own.get(kind, [kind])


def _found(batch: pa.RecordBatch, kind: Kind, on: On) -> Iterator[_Found]:
    prompt, response = on != "response", on != "prompt"
    if kind == "sft":
        yield from _of_messages(batch.column("messages"), 0, prompt, response)
        return
    if prompt and _PROMPT in batch.schema.names:
        yield from _of_messages(batch.column(_PROMPT), 0, True, True)
    if response:
        for number, name in enumerate(_ANSWERS.get(kind, ()), 1):
            yield from _of_messages(batch.column(name), number, True, True)
    if kind == "text" and response:
        rows = np.arange(batch.num_rows)
        yield _Found(batch.column("text"), rows, np.zeros_like(rows), 1, 0)
    elif kind == "stepwise" and response:
        values, rows = flat_list(batch.column("completions"))
        yield _Found(values, rows, np.arange(len(rows)), 1, 0)
    elif kind == "segments":
        values, rows = flat_list(batch.column("segments"))
        trained = mask_of(values.field("train").fill_null(False))
        wanted = np.flatnonzero((trained & response) | (~trained & prompt))
        texts = values.field("text").take(pa.array(wanted))
        yield _Found(texts, rows[wanted], wanted, 1, 0)


def _of_messages(
    column: pa.ListArray, number: int, prompt: bool, response: bool
) -> Iterator[_Found]:
    """Yield the texts of a column's messages: all, or one side of conversations."""
    messages, rows = flat_list(column)
    at = np.arange(len(messages))
    if not (prompt and response):
        ends = np.append(rows[1:] != rows[:-1], True)[: len(rows)]
        answers = ends & (role_numbers(messages.field("role")) == _ASSISTANT)
        at = np.flatnonzero(answers if response else ~answers)
        messages, rows = messages.take(pa.array(at)), rows[at]
    if not len(messages):
        return
    for place, name in ((0, "reasoning"), (1, "content")):
        values = messages.field(name)
        if values.null_count < len(values):
            yield _Found(values, rows, at, number, place)
    parts_of = messages.field("parts")
    if parts_of.null_count < len(parts_of):
        parts, of = flat_list(parts_of)
        yield _Found(parts.field("text"), rows[of], at[of], number, 2)
    calls_of = messages.field("tool_calls")
    if calls_of.null_count < len(calls_of):
        calls, of = flat_list(calls_of)
        for name in ("name", "arguments"):
            yield _Found(calls.field(name), rows[of], at[of], number, 3)


def _without_nulls(found: _Found) -> _Found:
    if not found.values.null_count:
        return found
    there = mask_of(found.values.is_valid())
    values = found.values.filter(pa.array(there))
    return _Found(values, found.rows[there], found.messages[there], found.column, found.place)
