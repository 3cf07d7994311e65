"""Rows whose words come in nearly the same order as those of a row that stays: ROUGE-L.

Every row is compared with all that stay before it, and no pair at or above the threshold is missed:
two rows whose longest common subsequence is long enough share a rare word among the first few of
their words, rarest first, and only rows that share one are compared.

Source: the prefix filter of Bayardo, Ma, Srikant 2007, Scaling Up All Pairs Similarity Search, for
the Dice coefficient, which ROUGE-L's F1 never exceeds.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.deduplication.keep import Kept
from curate.deduplication.sentences import expanded
from curate.lexical import Hashes
from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]
else:
    Indices = Any

_COUNT_BITS = 22
_CELLS = 1 << 20
_TABLE_BITS = 16
# 64-bit words of a row's print, and how much sorting a place costs beside looking at a print.
PRINT_WORDS, _SORTING = 8, 4
# What rounding may take from a score that is at the threshold.
_SLACK = 1e-9

# Given two rows, says whether they may be duplicates.
Allowed = Callable[[int, int], bool]


class WordOrder:
    """Finds rows with nearly the same words in the same order.

    Words are kept in a file, 8 bytes each; in memory there are 16 MiB, 88 bytes for each row, and 4
    bytes for each word of a row that stays which the index holds: 18 % of them at 0.9, 46 % at 0.7.
    """

    def __init__(self, folder: Path, threshold: float) -> None:
        self._path = folder / "words"
        self._file = self._path.open("wb")
        self._threshold = threshold
        self._lengths = array("q")
        self._counts = np.zeros(1 << _COUNT_BITS, np.uint32)

    def add(self, words: Hashes) -> None:
        """Add the words of the next row."""
        self._file.write(words.tobytes())
        self._lengths.append(len(words))
        np.add.at(self._counts, _cell(words, _COUNT_BITS), np.uint32(1))

    def leaving(self, order: Indices, allowed: Allowed) -> Kept:
        """Return the rows that leave for one that stays, which is the first found in `order`.

        Args:
            order: `(n_rows,) int64`: the rows, best first.
            allowed: Asked of two rows whose words are alike; a row without words is never asked of.
        """
        self._file.close()
        lengths = np.frombuffer(self._lengths, np.int64)
        starts = np.append(0, np.cumsum(lengths))
        empty = np.zeros(0, np.uint64)
        words = np.memmap(self._path, np.uint64, "r") if starts[-1] else empty
        index: dict[int, array[int]] = {}
        stays, prints = array("q"), np.empty((len(lengths), PRINT_WORDS), np.uint64)
        found: list[tuple[int, int, float]] = []
        for row in order.tolist():
            own = np.asarray(words[starts[row] : starts[row + 1]])
            if not len(own):
                continue
            cells, mark = self._rarest(own), word_print(own)
            near = _at(index, cells, len(stays))
            rows = np.frombuffer(stays, np.int64)[near] if len(near) else near
            if len(near):
                near, rows = self._long(near, rows, lengths, len(own))
                rows = rows[self._fits(lengths[rows], len(own), prints[near] ^ mark)]
            match = self._first(row, own, rows, (words, starts), allowed)
            if match is not None:
                found.append((row, *match))
                continue
            prints[len(stays)] = mark
            for cell in cells:
                index.setdefault(cell, array("I")).append(len(stays))
            stays.append(row)
        found.sort()
        columns = list(zip(*found, strict=True)) or [(), (), ()]
        return Kept(
            np.array(columns[0], np.int64), np.array(columns[1], np.int64), np.array(columns[2])
        )

    def _rarest(self, own: Hashes) -> list[int]:
        """Return where the index holds the rarest words of a row; a word's repeats are others."""
        ordered = np.sort(own)
        first = np.searchsorted(ordered, ordered)
        nth = np.arange(len(ordered)) - first
        elements = mixed(ordered + nth.astype(np.uint64))
        counts = self._counts[_cell(ordered, _COUNT_BITS)]
        least = math.ceil(self._threshold / (2 - self._threshold) * len(own) - _SLACK)
        wanted = len(own) - least + 1
        rarest = np.lexsort((nth, ordered, counts))[:wanted]
        return [int(cell) for cell in np.unique(elements[rarest] % np.uint64(_CELLS))]

    def _long(
        self, near: Indices, rows: Indices, lengths: Indices, n_words: int
    ) -> tuple[Indices, Indices]:
        """Return the places and rows that have about as many words."""
        ratio, theirs = self._threshold / (2 - self._threshold), lengths[rows]
        fits = (theirs >= ratio * n_words - _SLACK) & (theirs * ratio <= n_words + _SLACK)
        return near[fits], rows[fits]

    def _fits(self, lengths: Indices, n_words: int, unlike: Hashes) -> Any:
        """Return which rows may be alike by their prints, `(n,) bool`.

        Each bit in which two prints differ stands for a word that one row has and the other lacks.
        """
        return _ones(unlike) <= (1 - self._threshold) * (lengths + n_words) + _SLACK

    def _first(
        self,
        row: int,
        own: Hashes,
        rows: Indices,
        stored: tuple[Hashes, Indices],
        allowed: Allowed,
    ) -> tuple[int, float] | None:
        """Return the first of some rows that is alike, and its score."""
        words, starts = stored
        if not len(rows):
            return None
        lengths = starts[rows + 1] - starts[rows]
        at, offsets = expanded(starts, rows)
        theirs = np.asarray(words[at])
        # Some words of theirs only seem to be of ours, which the longest common sequence tells.
        ours = np.zeros(1 << _TABLE_BITS, np.bool_)
        ours[_cell(own, _TABLE_BITS)] = True
        common = ours[_cell(theirs, _TABLE_BITS)]
        counts = np.add.reduceat(common, offsets[:-1]) if len(theirs) else lengths
        needed = self._threshold * (lengths + len(own)) - _SLACK
        places = _places(own)
        for place in np.flatnonzero(2 * np.minimum(counts, len(own)) >= needed).tolist():
            others = theirs[offsets[place] : offsets[place + 1]]
            shared = _common(places, len(own), others)
            other = int(rows[place])
            if 2 * shared >= needed[place] and allowed(row, other):
                return other, 2 * shared / (len(own) + len(others))
        return None


def rouge_l_of(first: Hashes, second: Hashes) -> float:
    """Return the ROUGE-L F1 of two sequences of words, 0 to 1; 1 where both are empty."""
    total = len(first) + len(second)
    return 2 * _common(_places(first), len(first), second) / total if total else 1.0


def _cell(words: Hashes, bits: int) -> Any:
    return (words & np.uint64((1 << bits) - 1)).astype(np.int64)


def _at(index: dict[int, array[int]], cells: list[int], n_stays: int) -> Indices:
    """Return the places of rows that share a cell, or of all where that is no less work."""
    lists = [np.frombuffer(index[cell], np.uint32) for cell in cells if cell in index]
    if sum(map(len, lists)) * _SORTING > n_stays:
        return np.arange(n_stays)
    return np.unique(np.concatenate([*lists, np.zeros(0, np.uint32)])).astype(np.int64)


def word_print(words: Hashes) -> Hashes:
    """Return the parity of the words that fall on each of 512 bits, `(8,) uint64`.

    Source: the bitmap filter of Sandes, Teodoro, Melo 2020, Bitmap filter: speeding up exact set
    similarity joins with bitwise operations.
    """
    bits = (words >> np.uint64(32)) % np.uint64(64 * PRINT_WORDS)
    counts = np.bincount(bits.astype(np.int64), minlength=64 * PRINT_WORDS)
    return np.packbits((counts & 1).astype(np.uint8)).view(np.uint64)


def _ones(words: Hashes) -> Indices:
    """Return how many bits of each row of words are set, `(n,) int64`."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        counts = np.bitwise_count(words)
    else:
        counts = np.unpackbits(words.view(np.uint8), axis=1)
    return np.asarray(counts @ np.ones(counts.shape[1], np.int32), np.int64)


def _places(words: Hashes) -> dict[int, int]:
    places: dict[int, int] = {}
    for place, value in enumerate(words.tolist()):
        places[value] = places.get(value, 0) | 1 << place
    return places


def _common(places: dict[int, int], n_words: int, others: Hashes) -> int:
    """Return the length of the longest common subsequence; see `curate.lexical.lcs_length`."""
    whole = (1 << n_words) - 1
    state = whole
    for value in others.tolist():
        matched = state & places.get(value, 0)
        state = ((state + matched) | (state - matched)) & whole
    return n_words - state.bit_count()
