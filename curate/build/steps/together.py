"""Which rows are never parted: groups, copies, identical prompts and near-duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.build.steps.base import Context, Rows
from curate.build.steps.draws import id_keys
from curate.build.steps.facets import EXTRA, check_name, keys_by
from curate.build.steps.texts import On, beside_keys, columns_for, texts_of
from curate.errors import UsageError, printable
from curate.lexical import exact_keys
from curate.lexical.keys import joined
from curate.row import Kind
from curate.split import components

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Keys = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Indices = Keys = Mask = Any

SAME_PROMPT = "identical prompts"
# Keys of `extra` that exports use, so that they need no `extra.` before them.
_KNOWN = ("conversation", "thread", "author")
GROUPS = ("group", *_KNOWN, "source", "category", "language")


@dataclass(frozen=True, slots=True)
class Together:
    """What is drawn as one.

    Attributes:
        unit_of_row: `(n_rows,) int64`: the unit of each row, 0, 1, 2, … as rows first show them.
        keys: `(n_rows,) uint64`: a key of what each row has in common with others, else of its id.
        labels: Reason → `(n_rows,) int64`: the rows that it holds together have one number, -1
            holds a row to none.
        prompts: The same of identical prompts, whether they are a reason or not.
    """

    unit_of_row: Indices
    keys: Keys
    labels: dict[str, Indices]
    prompts: Indices

    def reasons(self) -> str:
        """Return what holds rows together, as it is said in a message."""
        return ", ".join(self.labels) or "row"

    def finer(self) -> str:
        """Return what a hint adds where near-duplicates are a reason."""
        return ", or set near_duplicates to false" if SAME_PROMPT in self.labels else ""


def kept_together(
    rows: Rows, groups: list[str], *, near_duplicates: bool, context: Context
) -> Together:
    """Find which rows are never parted.

    Rows are held together by the same value of a group, by near-duplicate or identical prompts, by
    being copies of one row, and by any chain of these. A row without a value (null or blank) is
    held by that group to no other.

    Raises:
        UsageError: If a group is unknown, named twice, or no row has a value.
    """
    if len(set(groups)) < len(groups):
        raise UsageError(f"group is named twice: {printable(', '.join(groups))}")
    prompts, has_prompt = prompt_keys(rows)
    labels: dict[str, Indices] = {}
    keys, keyed = id_keys(rows), np.zeros(len(rows), np.bool_)
    for group in groups:
        found, there = keys_by(rows, _facet(group), context)
        labels[group] = labelled(found, there)
        keys = np.where(there & ~keyed, found, keys)
        keyed |= there
    same_prompt = labelled(prompts, has_prompt)
    if near_duplicates:
        keys = np.where(has_prompt & ~keyed, prompts, keys)
        labels[SAME_PROMPT] = same_prompt
    unit_of_row = components([*labels.values(), _copies(rows)], len(rows))
    return Together(unit_of_row, keys, labels, same_prompt)


def prompt_keys(rows: Rows) -> tuple[Keys, Mask]:
    """Return a key of each row's prompt, `(n_rows,) uint64`, and which rows have one.

    Case, width and white space make no difference; tools and media do. Kinds without a prompt are
    compared by their text.
    """
    keys, there = np.zeros(len(rows), np.uint64), np.zeros(len(rows), np.bool_)
    for start, batch in rows.batches(columns_for(rows.kind)):
        texts = texts_of(batch, rows.kind, compared(rows.kind))
        end = start + batch.num_rows
        keys[start:end] = joined(exact_keys(texts.joined())[:, 0], beside_keys(batch))
        there[start:end] = texts.has_text()
    return keys, there


def compared(kind: Kind) -> On:
    """Return the text by which rows of a kind are told to be the same question."""
    return "conversation" if kind in ("text", "segments") else "prompt"


def labelled(keys: Keys, there: Mask) -> Indices:
    """Return a number for each key, `(n,) int64`, -1 for rows without one."""
    found = np.full(len(keys), -1, np.int64)
    found[there] = np.unique(keys[there], return_inverse=True)[1]
    return found


def _facet(group: str) -> str:
    if group in _KNOWN:
        return EXTRA + group
    check_name(group, GROUPS)
    return group


def _copies(rows: Rows) -> Indices:
    """Return a number for each row of the table: copies of one have the same."""
    return np.cumsum(np.diff(rows.positions, prepend=-1) != 0) - 1
