"""Tokenised rows and how they share sequences. Arrays only: no tokenizer, no torch."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Strategy = Literal["none", "bfd", "bfd_split", "wrapped"]


@dataclass(frozen=True, slots=True)
class Documents:
    """Tokenised documents, one after the other.

    Attributes:
        ids: (n_tokens,) int32, the token ids of all documents.
        trained: (n_tokens,) bool, whether a token carries loss.
        starts: (n_documents + 1,) int64, where each document begins, and the end.
    """

    ids: NDArray[np.int32]
    trained: NDArray[np.bool_]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of documents."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n_documents,) int64, tokens of each document."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class Sequences:
    """What the model is fed, one entry a sequence.

    Attributes:
        tokens: The sequences as documents: `starts` are those of sequences.
        seq_lengths: For each sequence the lengths of the documents in it, or None where documents
            are not kept apart (`wrapped`) or a sequence is a document (`none`).
    """

    tokens: Documents
    seq_lengths: list[list[int]] | None

    def __len__(self) -> int:
        """Number of sequences."""
        return len(self.tokens)

    @property
    def n_trained(self) -> int:
        """Tokens whose prediction carries loss: a document's first token has nothing before it."""
        trained = self.tokens.trained.copy()
        trained[self.tokens.starts[:-1][self.tokens.lengths > 0]] = False
        for start, lengths in zip(self.tokens.starts, self.seq_lengths or (), strict=False):
            trained[start + np.cumsum([0, *lengths[:-1]])] = False
        return int(trained.sum())


def documents(rows: Iterable[tuple[Sequence[int], Sequence[bool]]]) -> Documents:
    """Gather (ids, trained) pairs, in order."""
    ids: list[NDArray[np.int32]] = []
    trained: list[NDArray[np.bool_]] = []
    for row_ids, row_trained in rows:
        ids.append(np.asarray(row_ids, np.int32))
        trained.append(np.asarray(row_trained, np.bool_))
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    return Documents(
        np.concatenate(ids) if ids else np.zeros(0, np.int32),
        np.concatenate(trained) if trained else np.zeros(0, np.bool_),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def pack(docs: Documents, *, strategy: Strategy, max_length: int, seed: int) -> Sequences:
    """Lay documents into sequences of at most `max_length` tokens.

    `none` keeps each as a sequence. `bfd` fills sequences by best fit decreasing and keeps
    documents apart; `bfd_split` first cuts longer documents into pieces. `wrapped` joins all
    documents, in an order drawn from `seed`, and cuts every `max_length` tokens.

    Args:
        docs: The documents; but for `bfd_split` and `wrapped`, none is longer than `max_length`.
        strategy: How.
        max_length: Tokens of a sequence.
        seed: For the order under `wrapped`.

    Source: best fit decreasing as in "Fewer Truncations Improve Language Modeling"
        (arXiv:2404.10830).
    """
    if strategy == "none":
        return Sequences(docs, None)
    if strategy == "wrapped":
        order = np.random.default_rng(seed).permutation(len(docs))
        flat = _gather(docs, [(docs.starts[i], docs.starts[i + 1]) for i in order])
        total = len(flat.ids)
        starts = np.append(np.arange(0, total, max_length, dtype=np.int64), total)
        return Sequences(Documents(flat.ids, flat.trained, starts), None)
    pieces = [
        (at, min(at + max_length, end))
        for start, end in zip(docs.starts[:-1].tolist(), docs.starts[1:].tolist(), strict=True)
        for at in range(start, end, max_length)
    ]
    bins = best_fit_decreasing([end - start for start, end in pieces], max_length)
    laid = _gather(docs, [pieces[i] for held in bins for i in held])
    lengths = [[pieces[i][1] - pieces[i][0] for i in held] for held in bins]
    starts = np.concatenate([[0], np.cumsum([sum(held) for held in lengths])]).astype(np.int64)
    return Sequences(Documents(laid.ids, laid.trained, starts), lengths)


def best_fit_decreasing(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Return bins of indexes: longest first, each into the bin that it leaves least room in.

    Ties go to the earlier item and the earlier bin. Cost: O(n log size).
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    bins: list[list[int]] = []
    rooms: list[int] = []  # distinct rooms that some bin has, ascending
    by_room: dict[int, deque[int]] = {}
    for i in order:
        at = bisect_left(rooms, lengths[i])
        if at < len(rooms):
            room = rooms[at]
            target = by_room[room].popleft()
            if not by_room[room]:
                rooms.pop(at)
        else:
            room, target = size, len(bins)
            bins.append([])
        bins[target].append(i)
        left = room - lengths[i]
        if left > 0:
            held = by_room.setdefault(left, deque())
            if not held:
                insort(rooms, left)
            held.append(target)
    return bins


def _gather(docs: Documents, pieces: Sequence[tuple[int, int]]) -> Documents:
    if not pieces:
        return Documents(docs.ids[:0], docs.trained[:0], np.zeros(1, np.int64))
    lengths = [end - start for start, end in pieces]
    return Documents(
        np.concatenate([docs.ids[start:end] for start, end in pieces]),
        np.concatenate([docs.trained[start:end] for start, end in pieces]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )
