"""Which row of one set is which row of another: by a key, then by content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.checks.whole.repeats import grouped
from curate.lexical.keys import joined

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Indices = NDArray[np.int64]
    Marks = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
else:
    Keys = Indices = Marks = Mask = Any

# What the one part of a set without splits is called.
NO_SPLITS = "all"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sets: 17 bytes a row.

    Attributes:
        keys: `(n_rows,) uint64`: what rows are paired by.
        contents: `(n_rows,) uint64`: all that is compared.
        splits: `(n_rows,) uint8`: the place of each row's split in `names`.
        names: The splits' names.
    """

    keys: Keys
    contents: Keys
    splits: Marks
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """How the rows of two sets pair up; `(n, 2) int64` are rows of the first and of the second.

    Attributes:
        same: Pairs of one key and one content.
        changed: Pairs of one key and other content.
        renamed: Pairs of other keys and one content.
        removed: `(n,) int64`: rows of the first alone.
        added: `(n,) int64`: rows of the second alone.
    """

    same: Indices
    changed: Indices
    renamed: Indices
    removed: Indices
    added: Indices

    def in_order(self) -> bool:
        """Tell whether the rows of both stand in the same order."""
        both = np.concatenate([self.same, self.changed, self.renamed])
        second = both[np.argsort(both[:, 0], kind="stable"), 1]
        return bool(np.all(second[1:] > second[:-1]))

    def moved(self, first: Side, second: Side) -> Indices:
        """Return the pairs whose rows are in splits of different names, by the first's order.

        Where one set has no splits, nothing moved.
        """
        if (NO_SPLITS in first.names) or (NO_SPLITS in second.names):
            return np.zeros((0, 2), np.int64)
        both = np.concatenate([self.same, self.changed, self.renamed])
        numbers = {name: at for at, name in enumerate(sorted({*first.names, *second.names}))}
        of_first = np.array([numbers[name] for name in first.names] or [0])
        of_second = np.array([numbers[name] for name in second.names] or [0])
        other = of_first[first.splits[both[:, 0]]] != of_second[second.splits[both[:, 1]]]
        return _in_order(both[other])


def pair_up(first: Side, second: Side) -> Pairs:
    """Pair the rows of two sets.

    Where a key comes several times, its first row is paired with the other's first, the second
    with the second, and so on; likewise for content.
    """
    one, other = _numbered(first.keys), _numbered(second.keys)
    both = _common(one, other)
    equal = first.contents[both[:, 0]] == second.contents[both[:, 1]]
    left = _without(len(one), both[:, 0])
    right = _without(len(other), both[:, 1])
    again = _common(_numbered(first.contents[left]), _numbered(second.contents[right]))
    renamed = np.stack([left[again[:, 0]], right[again[:, 1]]], axis=1)
    return Pairs(
        _in_order(both[equal]),
        _in_order(both[~equal]),
        _in_order(renamed),
        left[_without(len(left), again[:, 0])],
        right[_without(len(right), again[:, 1])],
    )


def _numbered(keys: Keys) -> Keys:
    """Return the keys, each joined with how often it came before, so that none comes twice."""
    groups = grouped(keys)
    place = np.arange(len(keys)) - np.repeat(groups.starts, groups.sizes)
    numbers = np.empty(len(keys), np.uint64)
    numbers[groups.order] = place.astype(np.uint64)
    return joined(keys, numbers)


def _common(one: Keys, other: Keys) -> Indices:
    _, first, second = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return np.stack([first, second], axis=1).astype(np.int64)


def _without(n: int, taken: Indices) -> Indices:
    left = np.ones(n, np.bool_)
    left[taken] = False
    return np.flatnonzero(left)


def _in_order(pairs: Indices) -> Indices:
    return np.asarray(pairs[np.argsort(pairs[:, 0], kind="stable")])
