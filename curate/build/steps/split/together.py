"""Which rows are never parted: groups, copies, identical prompts and near-duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.build.line.base import Context, Rows
from curate.build.steps.dedup.alike import Search
from curate.build.steps.dedup.compared import Compared, comparing
from curate.build.steps.draws import id_keys
from curate.build.steps.facets import EXTRA, check_name, keys_by
from curate.build.steps.texts import On
from curate.deduplication.clusters import components as clustered
from curate.deduplication.minhash import NearOptions
from curate.errors import UsageError, printable
from curate.lexical import exact_keys
from curate.lexical.keys import joined
from curate.row import Kind
from curate.splitting import components, lowest

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
    Labels = NDArray[np.int32]
    Keys = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Indices = Labels = Keys = Mask = Any

SAME_PROMPT = "identical prompts"
NEAR = "near-duplicates"
# Keys of `extra` that exports use, so that they need no `extra.` before them.
_KNOWN = ("conversation", "thread", "author")
GROUPS = ("group", *_KNOWN, "source", "category", "language")


@dataclass(frozen=True, slots=True)
class Near:
    """How near-duplicates are looked for.

    Attributes:
        on: The text that is compared; kinds without a prompt are compared by all their text.
        options: As of `dedup`.
    """

    on: On = "prompt"
    options: NearOptions = NearOptions()


@dataclass(frozen=True, slots=True)
class Together:
    """What is drawn as one.

    Attributes:
        unit_of_row: `(n_rows,) int64`: the unit of each row, 0, 1, 2, … as rows first show them.
        unit_keys: `(n_units,) uint64`: a key of each unit, made of what its rows have in common, or
            of their ids.
        labels: Reason → `(n_rows,) int32`: the rows that it holds together have one number, -1
            holds a row to none.
        prompts: The same of identical prompts, whether they are a reason or not.
    """

    unit_of_row: Indices
    unit_keys: Keys
    labels: dict[str, Labels]
    prompts: Labels

    def reasons(self) -> str:
        """Return what holds rows together, as it is said in a message."""
        return ", ".join(self.labels) or "row"

    def finer(self) -> str:
        """Return what a hint adds where near-duplicates are a reason."""
        return ", or set near_duplicates to false" if NEAR in self.labels else ""


def kept_together(rows: Rows, groups: list[str], near: Near | None, context: Context) -> Together:
    """Find which rows are never parted.

    Rows are held together by the same value of a group, by near-duplicate texts or identical
    prompts, by being copies of one row, and by any chain of these. A row without a value (null or
    blank) is held by that group to no other.

    Args:
        rows: The rows.
        groups: `group`, a facet, or a key of `extra`.
        near: How near-duplicates are looked for; None holds neither these nor identical prompts
            together.
        context: Where near-duplicates are looked for.

    Raises:
        UsageError: If a group is unknown, named twice, or no row has a value.
    """
    if len(set(groups)) < len(groups):
        raise UsageError(f"group is named twice: {printable(', '.join(groups))}")
    labels: dict[str, Labels] = {}
    keys, keyed = id_keys(rows), np.zeros(len(rows), np.bool_)
    for group in groups:
        found, there = keys_by(rows, _facet(group), context)
        labels[group] = labelled(found, there)
        keys = np.where(there & ~keyed, found, keys)
        keyed |= there
    texts = texts_compared(rows, "prompt")
    same_prompt = labelled(texts.keys, texts.there)
    if near is not None:
        keys = np.where(texts.there & ~keyed, texts.keys, keys)
        labels[SAME_PROMPT] = same = same_prompt
        if near.on != "prompt":
            texts = texts_compared(rows, near.on)
            same = labelled(texts.keys, texts.there)
        # Keys are not needed while near-duplicates are looked for, which takes most of the memory.
        beside = texts.beside
        del texts, keyed
        labels[NEAR] = near_labels(rows, near, beside, same, context)
    unit_of_row = components([*labels.values(), _copies(rows)], len(rows))
    return Together(unit_of_row, lowest(keys, unit_of_row), labels, same_prompt)


class Texts(NamedTuple):
    """What rows are compared by.

    Attributes:
        keys: `(n_rows,) uint64`: a key of each row's text, and of what is beside it.
        beside: `(n_rows,) uint64`: a key of what is beside it.
        there: `(n_rows,) bool`: which rows have such a text.
    """

    keys: Keys
    beside: Keys
    there: Mask


def texts_compared(rows: Rows, on: On) -> Texts:
    """Read what rows are compared by.

    Case, width and white space of texts make no difference; tools and media do. Kinds without a
    prompt are compared by all their text.
    """
    what = _compared(rows.kind, on)
    n = len(rows)
    found = Texts(np.zeros(n, np.uint64), np.zeros(n, np.uint64), np.zeros(n, np.bool_))
    for start, batch in rows.batches(what.columns):
        at = slice(start, start + batch.num_rows)
        texts = what.texts(batch)
        found.beside[at] = what.beside(batch)
        found.keys[at] = joined(exact_keys(texts.joined())[:, 0], found.beside[at])
        found.there[at] = texts.has_text()
    return found


def near_labels(rows: Rows, near: Near, beside: Keys, same: Labels, context: Context) -> Labels:
    """Return a number for each cluster of near-duplicates, -1 for rows that stand alone.

    They are what `dedup` takes for near-duplicates, so rows that share a template and differ around
    it are none. Of rows with the same text only the first is looked at.

    Args:
        rows: The rows.
        near: How they are looked for.
        beside: As of `Texts`.
        same: `(n_rows,) int32`: rows with the same text have the same number, and -1 none.
        context: Where they are looked for.
    """
    n = len(rows)
    first = np.full(int(same.max(initial=-1)) + 1, n, np.int64)
    np.minimum.at(first, same[same >= 0], np.flatnonzero(same >= 0))
    what = _compared(rows.kind, near.on)
    search = Search(rows, what, np.sort(first), beside, near.options, context)
    pairs = search.run(templates=True).pairs
    cluster = clustered(pairs.first, pairs.second, n).astype(same.dtype)
    held = same >= 0
    cluster[held] = cluster[first[same[held]]]
    return np.where(np.bincount(cluster, minlength=1)[cluster] > 1, cluster, same.dtype.type(-1))


def _compared(kind: Kind, on: On) -> Compared:
    if on == "prompt" and kind in ("text", "segments"):
        on = "conversation"
    return comparing(kind, on, sides=False)


def labelled(keys: Keys, there: Mask) -> Labels:
    """Return a number for each key, `(n,) int32`, ascending by key, -1 for rows without one."""
    found = np.full(len(keys), -1, np.int32)
    held = np.flatnonzero(there)
    if not len(held):
        return found
    # Half of what `np.unique` needs, whose rows are the most that a split holds at a time.
    held = held[np.argsort(keys[held])]
    begins = np.ones(len(held), np.int32)
    ordered = keys[held]
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:], casting="unsafe")
    found[held] = np.cumsum(begins, out=begins) - 1
    return found


def _facet(group: str) -> str:
    if group in _KNOWN:
        return EXTRA + group
    check_name(group, GROUPS)
    return group


def _copies(rows: Rows) -> Indices:
    """Return a number for each row of the table: copies of one have the same."""
    return np.cumsum(np.diff(rows.positions, prepend=-1) != 0) - 1
