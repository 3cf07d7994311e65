"""The sentences of rows: where they end, and keys of them kept on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from curate.lexical import Hashes, Offsets, Ragged, word_keys

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Indices = NDArray[np.int64]
    Sizes = NDArray[np.uint32]
    Mask = NDArray[np.bool_]
else:
    Bytes = Indices = Sizes = Mask = Any

# What a byte is: the end of a line, other white space, a mark that ends a sentence before these, or
# the first byte of a full-width mark that ends one.
_LINE, _SPACE, _STOP, _LEAD = 4, 3, 2, 1
_KINDS = bytearray(256)
for _marks, _kind in ((".!?:;", _STOP), (" \t\r", _SPACE), ("\n", _LINE), ("\xe3\xef", _LEAD)):
    for _mark in _marks:
        _KINDS[ord(_mark)] = _kind
# Bytes looked at together, so that they and what is made of them stay in the cache.
_BLOCK = 1 << 17
# 。！？ in UTF-8.
_WIDE = ((0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x9F))


def sentences(pieces: pa.Array, starts: Indices) -> tuple[pa.Array, Indices]:
    """Return the sentences of rows' texts, without copying a text.

    A sentence ends at the end of a line or of a piece, at one of `.!?:;` before white space, and at
    the full-width forms of `.!?`. Its words are the words that the text has there.

    Args:
        pieces: `(n_pieces,) large_string` without nulls.
        starts: `(n_rows + 1,) int64`: those of row `i` are `pieces[starts[i]:starts[i + 1]]`.

    Returns:
        The sentences, `large_string`, and the same offsets into them by row.
    """
    if not len(pieces) or (buffers := pieces.buffers())[2] is None:
        return pieces, starts
    offsets = np.frombuffer(buffers[1], np.int64)[pieces.offset :][: len(pieces) + 1]
    data = np.frombuffer(buffers[2], np.uint8)[: offsets[-1]]
    ends = _ends(data[offsets[0] :]) + offsets[0]
    # Sorted runs: merged, not sorted.
    bounds = np.sort(np.concatenate([offsets, ends]), kind="stable")
    bounds = bounds[np.append(True, bounds[1:] != bounds[:-1])]
    counted = np.searchsorted(bounds, offsets[starts])
    # Empty pieces at a row's border have no offset of their own among the bounds, and no words.
    units = pa.LargeStringArray.from_buffers(
        len(bounds) - 1, pa.py_buffer(np.ascontiguousarray(bounds)), buffers[2]
    )
    return units, counted


def _ends(data: Bytes) -> Indices:
    """Return the places behind every end of a sentence."""
    found = [np.zeros(0, np.int64)]
    for start in range(0, len(data), _BLOCK):
        # Two bytes more at the end, so that what follows a mark is seen.
        piece = data[start : start + _BLOCK + 2]
        kinds = np.frombuffer(piece.tobytes().translate(_KINDS), np.uint8)
        here = kinds == _LINE
        here[:-1] |= (kinds[:-1] == _STOP) & (kinds[1:] >= _SPACE)
        ends = np.flatnonzero(here[:_BLOCK])
        leads = np.flatnonzero(kinds[: min(_BLOCK, len(kinds) - 2)] == _LEAD)
        if len(leads):
            three = piece[leads], piece[leads + 1], piece[leads + 2]
            wide = np.zeros(len(leads), np.bool_)
            for mark in _WIDE:
                wide |= np.all([own == byte for own, byte in zip(three, mark, strict=True)], axis=0)
            ends = np.sort(np.append(ends, leads[wide] + 2), kind="stable")
        found.append(ends + (start + 1))
    return np.concatenate(found)


class Found(NamedTuple):
    """The sentences of some rows.

    Attributes:
        keys: `(n,) uint64`: the words of each, those of the first row first.
        sizes: `(n,) uint32`: how many words each has.
        starts: `(n_rows + 1,) int64`: those of row `i` are `keys[starts[i]:starts[i + 1]]`.
    """

    keys: Hashes
    sizes: Sizes
    starts: Indices


def found_in(hashed: Ragged, starts: Offsets) -> Found:
    """Return the sentences that have words.

    Args:
        hashed: The words of each sentence.
        starts: `(n_rows + 1,) int64`: the sentences of row `i` begin at `starts[i]`.
    """
    sizes = hashed.lengths
    there = sizes > 0
    before = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(there, out=before[1:])
    keys = word_keys(hashed)[:, 0]
    return Found(keys[there], sizes[there].astype(np.uint32), before[starts])


class Sentences:
    """The sentences of all rows, in files: 12 bytes each, and 8 bytes a row in memory."""

    def __init__(self, folder: Path) -> None:
        self._paths = (folder / "sentence_keys", folder / "sentence_sizes")
        self._files = [path.open("wb") for path in self._paths]
        self._starts: list[Indices] = [np.zeros(1, np.int64)]
        self._n_words: list[Sizes] = []
        self._done = 0
        self._open: Found | None = None

    def add(self, found: Found) -> None:
        """Add the sentences of the rows that follow."""
        self._files[0].write(found.keys.tobytes())
        self._files[1].write(found.sizes.tobytes())
        self._starts.append(found.starts[1:] + self._done)
        self._done += len(found.keys)
        before = np.append(np.uint64(0), np.cumsum(found.sizes, dtype=np.uint64))
        self._n_words.append(np.diff(before[found.starts]).astype(np.uint32))

    def n_words(self) -> Sizes:
        """Return how many words each row has, `(n_rows,) uint32`."""
        return np.concatenate(self._n_words) if self._n_words else np.zeros(0, np.uint32)

    def all(self) -> Found:
        """Return the sentences of all rows, mapped into memory; nothing can be added any more."""
        if self._open is None:
            for file in self._files:
                file.close()
            starts = np.concatenate(self._starts)
            if self._done:
                keys = np.memmap(self._paths[0], np.uint64, "r")
                sizes = np.memmap(self._paths[1], np.uint32, "r")
                self._open = Found(keys, sizes, starts)
            else:
                self._open = Found(np.zeros(0, np.uint64), np.zeros(0, np.uint32), starts)
        return self._open


def of_rows(found: Found, rows: Indices) -> Found:
    """Return the sentences of some rows in the order asked for; a row may come more than once."""
    at, starts = expanded(found.starts, rows)
    return Found(np.asarray(found.keys[at]), np.asarray(found.sizes[at]), starts)


def expanded(starts: Indices, of: Indices) -> tuple[Indices, Indices]:
    """Return the places of the items of some groups, and the offsets of the groups into them.

    Args:
        starts: `(n_groups + 1,) int64`: the items of group `i` begin at `starts[i]`.
        of: `(n,) int64`: groups; one may come more than once.
    """
    lengths = starts[of + 1] - starts[of]
    offsets = np.zeros(len(of) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return np.arange(offsets[-1]) + np.repeat(starts[of] - offsets[:-1], lengths), offsets
