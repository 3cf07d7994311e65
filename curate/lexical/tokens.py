"""Word hashes of many texts, made on whole buffers of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.lexical.folding import spaced
from curate.lexical.ragged import Hashes, Offsets, Ragged, mixed

if TYPE_CHECKING:  # pyarrow and numpy.typing take time to import
    import pyarrow as pa
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
else:
    Bytes = Mask = Any

# Bytes looked at together, so that they and what is made of them stay in the cache.
_BLOCK = 1 << 17
# Bytes of texts laid end to end; fresh memory costs more than hashing does, so not many.
_GROUP = 1 << 18
_NEWLINE = ord("\n")
# Odd: the fractional part of the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15
# The first bytes of a window of eight, by how many of them belong to the word.
_FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)


class _Group(NamedTuple):
    """Texts end to end: their bytes, and where each begins, with the end behind the last."""

    data: Bytes
    bounds: Offsets


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

    def parted() -> Iterator[_Group]:
        nonlocal done
        for data, bounds in _groups(texts):
            begins = np.zeros(len(data) + 1, np.bool_)
            begins[1:] = data == _NEWLINE
            begins[bounds] = True
            lines = np.flatnonzero(begins)
            starts.append(done + np.searchsorted(lines, bounds[1:]))
            done += len(lines) - 1
            yield _Group(data, lines)

    lines = _read(parted(), sizes)
    return Lined(lines, np.concatenate(starts), np.concatenate(sizes))


def _groups(texts: Sequence[str] | pa.LargeStringArray) -> Iterator[_Group]:
    # A column is no Sequence; asking it so imports nothing.
    return _of_strings(texts) if isinstance(texts, Sequence) else _of_column(texts)


def _read(groups: Iterator[_Group], sizes: list[Offsets] | None = None) -> Ragged:
    values = [np.zeros(0, np.uint64)]
    starts = [np.zeros(1, np.int64)]
    done = 0
    for data, bounds in groups:
        before = np.empty(len(bounds), np.int64)
        at = 0
        while at < len(data):
            lower, inside = _block(data, at, bounds)
            first, upto = np.searchsorted(bounds, (at, at + len(inside)))
            begins, ends = _edges(inside, bounds[first:upto] - at)
            before[first:upto] = done + np.searchsorted(begins, bounds[first:upto] - at)
            values.append(_hashed(lower, begins, ends))
            if sizes is not None:
                sizes.append(ends - begins)
            done += len(begins)
            at += len(inside)
        before[bounds == len(data)] = done
        starts.append(before[1:])
    return Ragged(np.concatenate(values), np.concatenate(starts))


def _of_strings(texts: Sequence[str]) -> Iterator[_Group]:
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size >= _GROUP:
            yield _group(group)
            group, size = [], 0
    if group:
        yield _group(group)


def _group(texts: list[str]) -> _Group:
    # A line end of its own parts a text from the next, so that hardly a word touches a bound.
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = np.frombuffer(b"\n".join([*parts, b""]), np.uint8)
    sizes = np.fromiter(map(len, parts), np.int64, len(parts)) + 1
    return _respaced(data, np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]))


def _of_column(column: pa.Array) -> Iterator[_Group]:
    if column.null_count:
        column = column.fill_null("")
    column = column.cast("large_string")
    _, offset_buffer, text = column.buffers()
    if not len(column) or text is None:
        yield _Group(np.zeros(0, np.uint8), np.zeros(len(column) + 1, np.int64))
        return
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset :][: len(column) + 1]
    data = np.frombuffer(text, np.uint8)
    first = 0
    while first < len(column):
        upto = int(np.searchsorted(offsets, offsets[first] + _GROUP, "right"))
        upto = min(max(upto - 1, first + 1), len(column))
        bounds = offsets[first : upto + 1] - offsets[first]
        yield _respaced(data[offsets[first] : offsets[upto]], bounds)
        first = upto


def _respaced(data: Bytes, bounds: Offsets) -> _Group:
    """Return texts with their characters beyond ASCII folded, and spaces where words end."""
    if not len(data) or int(data.max()) < 128:
        return _Group(data, bounds)
    begins, ends = _edges(data >= 128, bounds[:-1])
    # A mark may join the character before it, if that is of the same text.
    first = begins - (bounds[np.searchsorted(bounds, begins)] != begins)
    raw = data.tobytes()
    parts: list[bytes] = []
    grown = np.zeros(len(first) + 1, np.int64)
    done = 0
    for at, (begin, end) in enumerate(zip(first.tolist(), ends.tolist(), strict=True), 1):
        read = spaced(raw[begin:end])
        grown[at] = len(read) - (end - begin)
        parts += raw[done:begin], read
        done = end
    parts.append(raw[done:])
    shift = np.cumsum(grown)[np.searchsorted(begins, bounds)]
    return _Group(np.frombuffer(b"".join(parts), np.uint8), bounds + shift)


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


def _edges(inside: Mask, bounds: Offsets) -> tuple[Offsets, Offsets]:
    """Return where words begin and end; no word crosses a bound."""
    changed = np.empty(len(inside) + 1, np.bool_)
    changed[0] = inside[0]
    np.not_equal(inside[1:], inside[:-1], out=changed[1:-1])
    changed[-1] = inside[-1]
    edges = np.flatnonzero(changed)
    inner = bounds[slice(*np.searchsorted(bounds, (1, len(inside))))]
    touching = inner[inside[inner] & inside[inner - 1]]
    if len(touching):
        touching = np.repeat(np.unique(touching), 2)
        edges = np.insert(edges, np.searchsorted(edges, touching), touching)
    return edges[::2], edges[1::2]


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
