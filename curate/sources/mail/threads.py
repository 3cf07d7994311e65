"""Which mails belong to one thread: what is joined by references, however long the chain is."""

from __future__ import annotations

from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.uint64]]


def roots_of(keys: Ids, links: tuple[Ids, ...]) -> Ids:
    """Return for each mail the hash that stands for its thread.

    Mails are joined where one refers to the other or both to a third that is missing. A thread is
    named after the one of its hashes that refers to none, the smallest where there are several (or,
    in a cycle, none). Threads of the same mails have the same names, whatever else was read.

    Args:
        keys: The hash of each mail, never 0.
        links: For each mail a hash that it refers to, 0 for none; arrays like `keys`.
    """
    if not len(keys):
        return keys.copy()
    nodes = np.unique(np.concatenate([keys, *links]))
    nodes = nodes[nodes != 0]
    child = np.searchsorted(nodes, np.concatenate([keys[link != 0] for link in links]))
    parent = np.searchsorted(nodes, np.concatenate([link[link != 0] for link in links]))
    label = _components(len(nodes), child, parent)
    refers = np.zeros(len(nodes), dtype=bool)
    refers[child[child != parent]] = True
    # The first of each part after sorting by part, then by whether it refers, then by hash.
    order = np.lexsort((nodes, refers, label))
    is_first = np.concatenate(([True], np.diff(label[order]) != 0))
    names = np.zeros(len(nodes), dtype=np.uint64)
    names[label[order][is_first]] = nodes[order][is_first]
    found: Ids = names[label[np.searchsorted(nodes, keys)]]
    return found


def _components(
    count: int, left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Return for each of `count` nodes the smallest node that edges connect it with.

    Source: Shiloach and Vishkin 1982, An O(log n) parallel connectivity algorithm: roots are hooked
    to smaller ones, then paths are halved, until nothing changes.
    """
    label = np.arange(count)
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, before[left], low)
        np.minimum.at(label, before[right], low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(label, before):
            return label
