"""Every text of a batch in one flat column, so that a look at all of them costs one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.row import MESSAGE_COLUMNS, TEXT

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Indices = NDArray[np.int64]
    Bytes = NDArray[np.uint8]
else:
    Mask = Indices = Bytes = Any

ROLES = ("system", "developer", "user", "assistant", "tool")
NO_ROLE = len(ROLES)
# RE2 takes some 0.2 ms to read a pattern, in which `re` searches so many bytes.
_FEW_BYTES = 1 << 14
_ASSISTANT = ROLES.index("assistant")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a batch: what `walk.texts` yields for each row, as columns.

    Attributes:
        values: `(n_texts,) large_string` without nulls.
        rows: `(n_texts,) int64`: the row of each text, 0-based in the batch.
        roles: `(n_texts,) int64`: each text's place in `ROLES`, `NO_ROLE` outside messages.
        n_rows: Rows of the batch.
    """

    values: pa.Array
    rows: Indices
    roles: Indices
    n_rows: int

    @property
    def lengths(self) -> Indices:
        """The bytes of each text in UTF-8, `(n_texts,) int64`."""
        lengths: Indices = pc.binary_length(self.values).to_numpy(zero_copy_only=False)
        return lengths

    @property
    def flat(self) -> tuple[Bytes, Indices, Indices]:
        """All texts in UTF-8, `(n_bytes,) uint8`, and where each begins and ends in them."""
        _, offset_buffer, data = self.values.buffers()
        if data is None or not data.size or not len(self.values):
            nothing = np.zeros(len(self.values), dtype=np.int64)
            return np.zeros(0, dtype=np.uint8), nothing, nothing
        count = len(self.values) + self.values.offset + 1
        offsets = np.frombuffer(offset_buffer, np.int64, count)[self.values.offset :]
        return np.frombuffer(data, np.uint8), offsets[:-1], offsets[1:]

    def of_roles(self, roles: Sequence[str]) -> Mask:
        """Return which texts are of one of the roles, bool, one per text."""
        wanted = np.zeros(NO_ROLE + 1, dtype=np.bool_)
        wanted[[ROLES.index(role) for role in roles]] = True
        return np.asarray(wanted[self.roles])

    def matching(self, pattern: str) -> Mask:
        """Return which texts a pattern is found in, bool, one per text.

        Few texts are searched by `re`, which keeps the pattern compiled; RE2 reads it each time.
        """
        if len(self.values) and int(self.lengths.sum()) <= _FEW_BYTES:
            search = _compiled(pattern).search
            return np.array([search(text) is not None for text in self.values.to_pylist()])
        return mask_of(pc.match_substring_regex(self.values, pattern))

    def having(self, byte: int) -> Mask:
        """Return which texts have a byte, bool, one per text."""
        data, starts, ends = self.flat
        found = np.zeros(len(starts), dtype=np.bool_)
        if len(data):
            first = int(starts[0])
            at = np.flatnonzero(data[first : int(ends[-1])] == byte) + first
            found[np.searchsorted(ends, at, side="right")] = True
        return found

    def at(self, texts: Mask) -> Texts:
        """Return the texts of a mask; rows keep their numbers."""
        values = self.values.filter(pa.array(texts))
        return Texts(values, self.rows[texts], self.roles[texts], self.n_rows)

    def rows_of(self, texts: Mask) -> Mask:
        """Return which rows have a text of a mask, bool, one per row."""
        found = np.zeros(self.n_rows, dtype=np.bool_)
        found[self.rows[texts]] = True
        return found


def texts_of(batch: pa.RecordBatch) -> Texts:
    """Return every text of a batch that a model may read or learn."""
    parts: list[tuple[pa.Array, Indices, Indices]] = []
    names = batch.schema.names
    for name in MESSAGE_COLUMNS:
        if name in names:
            parts += _of_messages(batch.column(name))
    if "text" in names:
        column = batch.column("text")
        parts.append((column, np.arange(len(column)), np.full(len(column), NO_ROLE)))
    if "segments" in names:
        values, owners = flat_list(batch.column("segments"))
        parts.append((values.field("text"), owners, np.full(len(values), NO_ROLE)))
    if "completions" in names:
        values, owners = flat_list(batch.column("completions"))
        parts.append((values, owners, np.full(len(values), _ASSISTANT)))
    present = [_present(*part) for part in parts if part[0].null_count < len(part[0])]
    if not present:
        empty = np.zeros(0, dtype=np.int64)
        return Texts(pa.array([], TEXT), empty, empty, batch.num_rows)
    arrays, rows, roles = zip(*present, strict=True)
    values = arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)
    return Texts(values, np.concatenate(rows), np.concatenate(roles), batch.num_rows)


def _of_messages(column: pa.ListArray) -> list[tuple[pa.Array, Indices, Indices]]:
    messages, owners = flat_list(column)
    if not len(messages):
        return []
    roles = role_numbers(messages.field("role"))
    found = [(messages.field(name), owners, roles) for name in ("content", "reasoning")]
    parts_of = messages.field("parts")
    if parts_of.null_count < len(parts_of):
        parts, of = flat_list(parts_of)
        found.append((parts.field("text"), owners[of], roles[of]))
    return found


def flat_list(column: pa.ListArray) -> tuple[pa.Array, Indices]:
    """Return a list column's values and the row of each."""
    offsets = column.offsets.to_numpy().astype(np.int64)
    lengths = np.diff(offsets)
    if column.null_count:
        lengths = np.where(mask_of(column.is_null()), 0, lengths)
        column = column.filter(column.is_valid())
        offsets = column.offsets.to_numpy().astype(np.int64)
    values = column.values.slice(offsets[0], offsets[-1] - offsets[0])
    return values, np.repeat(np.arange(len(lengths)), lengths)


def _present(values: pa.Array, rows: Indices, roles: Indices) -> tuple[pa.Array, Indices, Indices]:
    if not values.null_count:
        return values, rows, roles
    there = mask_of(values.is_valid())
    return values.filter(pa.array(there)), rows[there], roles[there]


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _role_values() -> pa.Array:
    # Not at import: the first `pa.array` of a process imports pandas where it is installed.
    return pa.array(ROLES, TEXT)


def role_numbers(roles: pa.Array) -> Indices:
    """Return each role's place in `ROLES`, and `NO_ROLE` for any other, int64."""
    found = pc.index_in(roles, value_set=_role_values())
    if found.null_count:
        found = found.fill_null(NO_ROLE)
    numbers: Indices = found.to_numpy().astype(np.int64)
    return numbers


def mask_of(column: pa.Array) -> Mask:
    """Return a boolean column without nulls as bool, one per value."""
    mask: Mask = column.to_numpy(zero_copy_only=False)
    return mask
