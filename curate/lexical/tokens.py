"""Word hashes of many texts, made on whole buffers of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from curate.lexical.buffers import Bytes, Group, Mask, edges, groups, replaced
from curate.lexical.folding import spaced
from curate.lexical.ragged import Hashes, Offsets, Ragged, mixed

if TYPE_CHECKING:  # pyarrow and numpy.typing take time to import
    import pyarrow as pa

# Bytes looked at together, so that they and what is made of them stay in the cache.
_BLOCK = 1 << 17
_NEWLINE = ord("\n")
# Odd: the fractional part of the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15
# The first bytes of a window of eight, by how many of them belong to the word.
_FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)


def words(texts: Sequence[str] | pa.LargeStringArray) -> Ragged:
    """Return the word hashes of texts, which do not depend on how the texts are handed over.

    Two words have the same hash where they are equal but for case and width; other words differ
    but for a chance of about 2**-64 a pair.

    Args:
        texts: Strings, or a column of `string` or `large_string`, of which a text that is all
            ASCII never becomes a Python object; a null is a text without words.

    Source: every 8 bytes of a word, and their place in it, go through the finaliser of SplitMix64
    (Steele, Lea, Flood 2014), and what comes out is summed modulo 2**64.
    """
    return _read(_groups(texts))


class Lined(NamedTuple):
    """The words of texts, line by line.

    Attributes:
        lines: The word hashes of each line; a line end parts words wherever it stands.
        starts: `(n_texts + 1,) int64`: text `i` has the lines `starts[i]` to `starts[i + 1] - 1`;
            an empty text may have none.
        sizes: `(n_words,) int64`: the bytes of each word, folded.
    """

    lines: Ragged
    starts: Offsets
    sizes: Offsets

    @property
    def words(self) -> Ragged:
        """The word hashes of each text: what `words` returns."""
        return self.lines.grouped(self.starts)


def lined_words(texts: Sequence[str] | pa.LargeStringArray) -> Lined:
    """Return the word hashes of texts as `words` does, parted into lines, with their sizes."""
    sizes = [np.zeros(0, np.int64)]
    starts = [np.zeros(1, np.int64)]
    done = 0

    def parted() -> Iterator[Group]:
        nonlocal done
        for data, bounds in _groups(texts):
            begins = np.zeros(len(data) + 1, np.bool_)
            begins[1:] = data == _NEWLINE
            begins[bounds] = True
            lines = np.flatnonzero(begins)
            starts.append(done + np.searchsorted(lines, bounds[1:]))
            done += len(lines) - 1
            yield Group(data, lines)

    lines = _read(parted(), sizes)
    return Lined(lines, np.concatenate(starts), np.concatenate(sizes))


def _groups(texts: Sequence[str] | pa.LargeStringArray) -> Iterator[Group]:
    # A line end of its own parts a string from the next, so that hardly a word touches a bound.
    for group in groups(texts, gap=b"\n"):
        yield replaced(group, spaced)


def _read(given: Iterator[Group], sizes: list[Offsets] | None = None) -> Ragged:
    values = [np.zeros(0, np.uint64)]
    starts = [np.zeros(1, np.int64)]
    done = 0
    for data, bounds in given:
        before = np.empty(len(bounds), np.int64)
        at = 0
        while at < len(data):
            lower, inside = _block(data, at, bounds)
            first, upto = np.searchsorted(bounds, (at, at + len(inside)))
            begins, ends = edges(inside, bounds[first:upto] - at)
            before[first:upto] = done + np.searchsorted(begins, bounds[first:upto] - at)
            values.append(_hashed(lower, begins, ends))
            if sizes is not None:
                sizes.append(ends - begins)
            done += len(begins)
            at += len(inside)
        before[bounds == len(data)] = done
        starts.append(before[1:])
    return Ragged(np.concatenate(values), np.concatenate(starts))


def _block(data: Bytes, at: int, bounds: Offsets) -> tuple[Bytes, Mask]:
    """Return the next bytes in lower case, eight more at the end, and which stand in a word.

    The last word is whole, whatever its length.
    """
    size = _BLOCK if len(data) - at > 1.5 * _BLOCK else len(data) - at
    while True:
        piece = data[at : at + size]
        lower, inside = _in_words(piece)
        stop = at + len(piece)
        if stop == len(data) or not inside[-1] or not _in_words(data[stop : stop + 1])[1][0]:
            return lower, inside
        outside = int(inside[::-1].argmin())
        bound = int(bounds[np.searchsorted(bounds, stop, "right") - 1]) - at
        whole = max(bound, 0 if inside[-1 - outside] else len(piece) - outside)
        if whole > 0:
            return lower, inside[:whole]
        size *= 2


def _in_words(piece: Bytes) -> tuple[Bytes, Mask]:
    """Return bytes with ASCII letters in lower case, eight more at the end, and which are words'.

    What is beyond ASCII stands in words: what does not is a space by now.
    """
    capital = (piece - np.uint8(ord("A"))) < 26
    lower = np.zeros(len(piece) + 8, np.uint8)
    np.left_shift(capital.view(np.uint8), 5, out=lower[:-8])
    lower[:-8] |= piece
    inside = (lower[:-8] - np.uint8(ord("a"))) < 26
    inside |= (piece - np.uint8(ord("0"))) < 10
    inside |= piece >= 128
    return lower, inside


def _hashed(lower: Bytes, begins: Offsets, ends: Offsets) -> Hashes:
    windows = np.ndarray((len(lower) - 7,), "<u8", lower.data, strides=(1,))
    sizes = ends - begins
    total = mixed(windows[begins] & _FIRST[np.minimum(sizes, 8)])
    long = np.flatnonzero(sizes > 8)
    if not len(long):
        return total
    # Every further window of eight bytes, those of one word in a row.
    n_more = (sizes[long] - 1) >> 3
    upto = np.cumsum(n_more)
    place = np.arange(1, upto[-1] + 1)
    place -= np.repeat(upto - n_more, n_more)
    at = place << 3
    left = np.repeat(sizes[long], n_more) - at
    at += np.repeat(begins[long], n_more)
    own = windows[at] & _FIRST[np.minimum(left, 8)]
    own += place.view(np.uint64) * np.uint64(_GOLDEN)
    total[long] += np.add.reduceat(mixed(own), upto - n_more)
    return total
