"""A 64-bit key of every value of an Arrow column, made of the whole value.

Two values have one key where they are equal, and otherwise but for a chance of 2**-64 a pair: below
one in 300,000 that any two of ten million values share one by accident. Texts are hashed with
SHA-256, of which the first 8 bytes are kept, so no process, seed or version changes a key.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.lexical.ragged import mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Indices = NDArray[np.int64]
else:
    Keys = Indices = Any

# Odd multipliers: the fractional parts of the golden ratio and of the square roots of 2 and 3.
_BASE = np.uint64(0x9E3779B97F4A7C15)
_NEXT = np.uint64(0x6A09E667F3BCC909)
_ABSENT = np.uint64(0xBB67AE8584CAA73B)
_SHORT_BYTES = 24


def joined(first: Keys, second: Keys) -> Keys:
    """Return one key for each pair of keys, in which the order counts."""
    return mixed(first * _BASE + second + _NEXT)


def keys_of(column: pa.Array) -> Keys:
    """Return the key of each value of a column, `(n,) uint64`; null has a key of its own."""
    if column.null_count == len(column):
        return np.full(len(column), _ABSENT)
    kind = column.type
    if pa.types.is_struct(kind):
        keys = np.zeros(len(column), np.uint64)
        for at in range(kind.num_fields):
            keys = joined(keys, keys_of(column.field(at)))
    elif pa.types.is_list(kind):
        offsets = column.offsets.to_numpy().astype(np.int64)
        keys = summed(keys_of(column.values), offsets[:-1], offsets[1:])
    elif pa.types.is_large_string(kind):
        keys = _text_keys(column)
    else:
        numbers = pc.cast(column, pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)
        keys = mixed(np.ascontiguousarray(numbers).view(np.uint64) + _NEXT)
    if column.null_count:
        keys = np.where(column.is_null().to_numpy(zero_copy_only=False), _ABSENT, keys)
    return np.asarray(keys)


def summed(keys: Keys, starts: Indices, ends: Indices) -> Keys:
    """Return one key for each run of keys, in which order and number count.

    Args:
        keys: The keys.
        starts: Where each run begins.
        ends: Where it ends; runs follow each other and do not overlap.
    """
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    at = np.arange(int(lengths.sum()), dtype=np.int64)
    place = at - np.repeat(before, lengths)
    terms = mixed(keys[place + np.repeat(starts, lengths)] + place.astype(np.uint64) * _BASE)
    totals = np.zeros(len(terms) + 1, np.uint64)
    np.cumsum(terms, out=totals[1:])
    return joined(totals[before + lengths] - totals[before], lengths.astype(np.uint64))


def _text_keys(column: pa.Array) -> Keys:
    offsets = np.frombuffer(column.buffers()[1], np.int64)[column.offset :][: len(column) + 1]
    if offsets[-1] - offsets[0] <= _SHORT_BYTES * len(column):
        # Roles, names and the like: few texts, so that one hash of each is enough.
        codes = column.fill_null("").dictionary_encode()
        return np.asarray(_hashed(codes.dictionary)[codes.indices.to_numpy()])
    return _hashed(column)


def _hashed(column: pa.Array) -> Keys:
    if not len(column):
        return np.zeros(0, np.uint64)
    offset_buffer, data = column.buffers()[1:]
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset :][: len(column) + 1].tolist()
    text = memoryview(data or b"")
    sha256 = hashlib.sha256
    digests = b"".join([sha256(text[start:end]).digest() for start, end in pairwise(offsets)])
    keys = np.frombuffer(digests, "<u8").reshape(-1, 4)[:, 0]
    return keys.astype(np.uint64)
