"""A look at whole columns that tells which rows are ordinary, before any becomes Python.

Most rows of most sets are plain conversations. On these the rules declared `ordinary` cannot hit,
so only the others are turned into Python rows for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.checks.columns import ROLES, mask_of, role_numbers
from curate.checks.walk import is_blank
from curate.row import Kind

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Indices = NDArray[np.int64]

_FIRST_SPEAKER = ROLES.index("user")
_USER, _ASSISTANT = ROLES.index("user"), ROLES.index("assistant")
_PLAIN = ("role", "content")
# The columns that rules look at, `extra` and `layout`.
CONTENT: dict[Kind, tuple[str, ...]] = {
    "sft": ("messages", "tools", "media", "extra", "layout"),
    "preference": ("prompt", "chosen", "rejected", "margin", "tools", "media", "extra", "layout"),
    "unpaired": ("prompt", "completion", "label", "tools", "media", "extra", "layout"),
    "prompt_only": ("prompt", "layout"),
    "text": ("text",),
    "stepwise": ("prompt", "completions", "labels", "layout"),
    "segments": ("segments",),
}
_DIALOGUES = ("sft", "preference", "unpaired")


def _maybe_blank_starts() -> Mask:
    """Return, for each pair of first bytes, whether a blank text may begin with them.

    White space, control characters and unseen signs begin, in UTF-8, with a byte up to 0x20, with
    0x7f, or with one of the pairs below; every other start shows that the text is not blank.
    """
    table = np.zeros((256, 256), dtype=np.bool_)
    table[:0x21] = True
    table[0x7F] = True
    table[0xC2, :0xAE] = True  # U+0080 to U+00AD
    table[0xD8, 0x9C] = True  # U+061C
    table[0xE1, [0x9A, 0xA0]] = True  # U+1680, U+180E
    table[0xE2, [0x80, 0x81]] = True  # U+2000 to U+206F
    table[0xE3, 0x80] = True  # U+3000
    table[0xEF, 0xBB] = True  # U+FEFF
    return table.reshape(-1)


_MAYBE_BLANK = _maybe_blank_starts()


def ordinary(batch: pa.RecordBatch, kind: Kind) -> Mask:
    """Return for each row whether it is ordinary (bool, one per row).

    An `sft` row is ordinary where `messages` is a plain dialogue that ends on the assistant. A
    plain dialogue is an optional system or developer turn, then user and assistant in turn,
    beginning with user, every content a text that shows something, and no other field of a message
    set. A `preference` row is ordinary where the prompt is a plain dialogue that ends on the user
    and each side is one plain assistant turn, the sides differ, and the margin is finite or
    absent; an `unpaired` row likewise with its completion and a label. Tools and media are absent
    in each. Rows of other kinds never are.
    """
    if kind not in _DIALOGUES or not batch.num_rows:
        return np.zeros(batch.num_rows, dtype=np.bool_)
    rows = _absent(batch.column("tools")) & _absent(batch.column("media"))
    if kind == "sft":
        return rows & _Dialogues(batch.column("messages")).plain(ends_on=_ASSISTANT)
    rows &= _Dialogues(batch.column("prompt")).plain(ends_on=_USER)
    if kind == "unpaired":
        return rows & ~_absent(batch.column("label")) & _answers(batch.column("completion"))
    rows &= _answers(batch.column("chosen")) & _answers(batch.column("rejected"))
    margin = batch.column("margin")
    if margin.null_count < len(margin):
        rows &= mask_of(pc.is_finite(margin).fill_null(True))
    return rows & _differ(batch, rows)


def _answers(column: pa.ListArray) -> Mask:
    return _Dialogues(column).single_answers()


def _differ(batch: pa.RecordBatch, rows: Mask) -> Mask:
    """Return whether the sides differ; looked at only where `rows` says that each is one text."""
    at = np.flatnonzero(rows)
    first, second = (_only_contents(batch.column(name), at) for name in ("chosen", "rejected"))
    result = np.zeros(len(rows), dtype=np.bool_)
    result[at] = mask_of(pc.not_equal(first, second))
    return result


def _only_contents(column: pa.ListArray, rows: Indices) -> pa.Array:
    starts = column.offsets.to_numpy()[rows]
    return column.values.field("content").take(pa.array(starts))


def _absent(column: pa.Array) -> Mask:
    if column.null_count == len(column):
        return np.ones(len(column), dtype=np.bool_)
    return mask_of(column.is_null())


class _Dialogues:
    """One message column as flat arrays: a value per message, and where each row's begin."""

    def __init__(self, column: pa.ListArray) -> None:
        offsets = column.offsets.to_numpy().astype(np.int64)
        messages = column.values.slice(offsets[0], offsets[-1] - offsets[0])
        self.present = ~_absent(column)
        self.starts: Indices = offsets[:-1] - offsets[0]
        self.ends: Indices = offsets[1:] - offsets[0]
        self.roles = role_numbers(messages.field("role"))
        self.good = _plain_messages(messages)

    def plain(self, *, ends_on: int) -> Mask:
        """Return which rows are plain dialogues whose last turn has the given role."""
        result: Mask = self.present & (self.ends > self.starts)
        rows = np.flatnonzero(result)
        starts, ends = self.starts[rows], self.ends[rows]
        firsts = starts + (self.roles[starts] < _FIRST_SPEAKER) if len(rows) else starts
        spoken = ends - firsts
        expected_parity = 0 if ends_on == _ASSISTANT else 1
        result[rows] = (spoken > 0) & (spoken % 2 == expected_parity)
        result[rows] &= self._all_as_expected(starts, ends, firsts)
        return result

    def _all_as_expected(self, starts: Indices, ends: Indices, firsts: Indices) -> Mask:
        at = np.arange(len(self.roles))
        begin = np.zeros(len(self.roles), dtype=np.int64)
        begin[starts] = firsts
        begin = np.maximum.accumulate(begin)
        expected = np.where((at - begin) % 2 == 0, _USER, _ASSISTANT)
        wrong = ~self.good | ((self.roles != expected) & (at >= begin))
        before = np.concatenate(([0], np.cumsum(wrong)))
        return np.asarray(before[ends] == before[starts], dtype=np.bool_)

    def single_answers(self) -> Mask:
        """Return which rows hold one plain message, the assistant's."""
        result: Mask = self.present & (self.ends - self.starts == 1)
        starts = self.starts[result]
        result[result] = self.good[starts] & (self.roles[starts] == _ASSISTANT)
        return result


def _plain_messages(messages: pa.StructArray) -> Mask:
    """Return which messages are a text that shows something, and have no other field set."""
    good = _visible(messages.field("content"))
    if messages.null_count:
        good &= ~_absent(messages)
    for at, field in enumerate(messages.type):
        if field.name not in _PLAIN and messages.field(at).null_count < len(messages):
            good &= _absent(messages.field(at))
    return good


def _visible(texts: pa.Array) -> Mask:
    """Return which texts are neither null nor blank; only suspicious starts are read."""
    if texts.null_count == len(texts):
        return np.zeros(len(texts), dtype=np.bool_)
    _, offset_buffer, data = texts.buffers()
    size = len(texts) + texts.offset + 1
    offsets = np.frombuffer(offset_buffer, np.int64, size)[texts.offset :]
    good = offsets[1:] - offsets[:-1] > 0
    if texts.null_count:
        good &= ~_absent(texts)
    if data is None or not data.size:
        return np.zeros(len(texts), dtype=np.bool_)
    raw = np.frombuffer(data, np.uint8)
    first = raw[np.minimum(offsets[:-1], len(raw) - 1)].astype(np.int64)
    second = raw[np.minimum(offsets[:-1] + 1, len(raw) - 1)]
    suspects = np.flatnonzero(good & _MAYBE_BLANK[first * 256 + second])
    if len(suspects):
        good[suspects] = [not is_blank(t) for t in texts.take(pa.array(suspects)).to_pylist()]
    return good
