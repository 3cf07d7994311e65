"""Many texts as one buffer of bytes, of which what is beyond ASCII is replaced run by run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.lexical.ragged import Offsets

if TYPE_CHECKING:  # pyarrow and numpy.typing take time to import
    import pyarrow as pa
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
else:
    Bytes = Mask = Any

# Bytes of texts laid end to end; fresh memory costs more than hashing does, so not many.
_GROUP = 1 << 18


class Group(NamedTuple):
    """Texts end to end: their bytes, and where each begins, with the end behind the last."""

    data: Bytes
    bounds: Offsets


def groups(texts: Sequence[str] | pa.LargeStringArray, gap: bytes = b"") -> Iterator[Group]:
    """Yield texts, some at a time, in UTF-8 (lone surrogates too).

    Args:
        texts: Strings, or a column of `string` or `large_string`, whose bytes are not copied; a
            null is an empty text.
        gap: What is put behind each string, as part of it.
    """
    # A column is no Sequence; asking it so imports nothing.
    return _of_strings(texts, gap) if isinstance(texts, Sequence) else _of_column(texts)


def _of_strings(texts: Sequence[str], gap: bytes) -> Iterator[Group]:
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size >= _GROUP:
            yield _group(group, gap)
            group, size = [], 0
    if group:
        yield _group(group, gap)


def _group(texts: list[str], gap: bytes) -> Group:
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = np.frombuffer(gap.join([*parts, b""]), np.uint8)
    sizes = np.fromiter(map(len, parts), np.int64, len(parts)) + len(gap)
    return Group(data, np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]))


def _of_column(column: pa.Array) -> Iterator[Group]:
    if column.null_count:
        column = column.fill_null("")
    column = column.cast("large_string")
    _, offset_buffer, text = column.buffers()
    if not len(column) or text is None:
        yield Group(np.zeros(0, np.uint8), np.zeros(len(column) + 1, np.int64))
        return
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset :][: len(column) + 1]
    data = np.frombuffer(text, np.uint8)
    first = 0
    while first < len(column):
        upto = int(np.searchsorted(offsets, offsets[first] + _GROUP, "right"))
        upto = min(max(upto - 1, first + 1), len(column))
        bounds = offsets[first : upto + 1] - offsets[first]
        yield Group(data[offsets[first] : offsets[upto]], bounds)
        first = upto


def replaced(group: Group, read: Callable[[bytes], bytes], table: bytes | None = None) -> Group:
    """Return texts with what is beyond ASCII replaced.

    Args:
        group: The texts.
        read: Given a run of characters beyond ASCII with the one before it, if that is of the same
            text, returns what is put in their place; both UTF-8.
        table: 256 bytes, what is put for each other character; None leaves them.
    """
    data, bounds = group
    if not len(data) or int(data.max()) < 128:
        if table is None:
            return group
        return Group(np.frombuffer(data.tobytes().translate(table), np.uint8), bounds)
    begins, ends = edges(data >= 128, bounds[:-1])
    # A mark may join the character before it, if that is of the same text.
    first = begins - (bounds[np.searchsorted(bounds, begins)] != begins)
    raw = data.tobytes()
    plain = raw if table is None else raw.translate(table)
    parts: list[bytes] = []
    grown = np.zeros(len(first) + 1, np.int64)
    done = 0
    for at, (begin, end) in enumerate(zip(first.tolist(), ends.tolist(), strict=True), 1):
        found = read(raw[begin:end])
        grown[at] = len(found) - (end - begin)
        parts += plain[done:begin], found
        done = end
    parts.append(plain[done:])
    shift = np.cumsum(grown)[np.searchsorted(begins, bounds)]
    return Group(np.frombuffer(b"".join(parts), np.uint8), bounds + shift)


def edges(inside: Mask, bounds: Offsets) -> tuple[Offsets, Offsets]:
    """Return where runs of marked bytes begin and end; no run crosses a bound."""
    changed = np.empty(len(inside) + 1, np.bool_)
    changed[0] = inside[0]
    np.not_equal(inside[1:], inside[:-1], out=changed[1:-1])
    changed[-1] = inside[-1]
    found = np.flatnonzero(changed)
    inner = bounds[slice(*np.searchsorted(bounds, (1, len(inside))))]
    touching = inner[inside[inner] & inside[inner - 1]]
    if len(touching):
        touching = np.repeat(np.unique(touching), 2)
        found = np.insert(found, np.searchsorted(found, touching), touching)
    return found[::2], found[1::2]
