"""Texts as short vectors whose inner products are about the cosine of their TF-IDF weights.

Only the words of two texts are compared: two that say the same in other words are far apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curate.lexical.ragged import Ragged, mixed

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Vectors = NDArray[np.int8]
    Floats = NDArray[np.float64]
    Hashes = NDArray[np.uint64]
    Indices = NDArray[np.int64]
else:
    Vectors = Floats = Hashes = Indices = Any

# Numbers of a vector. Of the gain over a random choice that exact cosines bring, 64 numbers bring
# 33 to 93 %, 128 44 to 97 % and 256 58 to 98 % on three published sets (`bench/balance.py`).
WIDTH = 256
# A vector's length: the four numbers of a text of one word are 127. An inner product is at most
# 254² and so exact in 32-bit floats, whatever the order of the sum.
LENGTH = 254
_HASH_BITS = 48
_TABLE_BITS = 20
_SPREAD = 4
_COLUMN_BITS = 8
# Weights are whole numbers of sixteenths, so that sums do not depend on the order of words.
_FRACTION = 16
_MOST_REPEATS = 10_000


class Frequencies:
    """In how many texts each word stands, in a table of 2**20 counts that few words share."""

    def __init__(self) -> None:
        self._n_texts = 0
        self._counts = np.zeros(1 << _TABLE_BITS, np.int64)

    def add(self, hashed: Ragged) -> None:
        """Count the words of texts, at most 65,536 of them at a time."""
        self._n_texts += hashed.n_texts
        _, found, _ = _distinct(hashed)
        self._counts += np.bincount(_places(found), minlength=len(self._counts))

    def weights(self, found: Hashes) -> Floats:
        """Return the inverse document frequency of words in whole sixteenths, at least 1."""
        ratio = (1 + self._n_texts) / (1 + self._counts[_places(found)])
        return np.asarray(np.maximum(np.rint(_FRACTION * np.log(np.maximum(ratio, 1))), 1))


def sketches(hashed: Ragged, frequencies: Frequencies) -> Vectors:
    """Return the vectors of texts, `(n_texts, 256) int8` of the length 254, or 0 without words.

    A word weighs `(1 + log tf) · log((1 + N) / (1 + df))`; each is added to 4 of the numbers with
    a sign of its own. Words that stand in every text weigh next to nothing.

    Source: signed feature hashing (Weinberger et al. 2009) with several places for each feature
    (Kane and Nelson 2014, sparse Johnson-Lindenstrauss transforms).

    Args:
        hashed: What `curate.lexical.words` returned, at most 65,536 texts.
        frequencies: Where words of the whole set were counted.
    """
    rows, found, repeats = _distinct(hashed)
    tf = 1 + np.log(np.minimum(repeats, _MOST_REPEATS))
    weights = np.rint(_FRACTION * tf) * frequencies.weights(found)
    size = hashed.n_texts * WIDTH
    sums = np.zeros(size)
    bits = mixed(found)
    for number in range(_SPREAD):
        own = bits >> np.uint64(number * (_COLUMN_BITS + 1))
        columns = (own & np.uint64(WIDTH - 1)).astype(np.int64)
        minus = (own >> np.uint64(_COLUMN_BITS)) & np.uint64(1)
        signed = np.where(minus == 1, -weights, weights)
        sums += np.bincount(rows * WIDTH + columns, signed, minlength=size)
    return quantised(sums.reshape(hashed.n_texts, WIDTH))


def quantised(vectors: Floats) -> Vectors:
    """Return vectors of any length as whole numbers at the length 254; zeros stay zeros."""
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    scaled = np.divide(vectors * LENGTH, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return np.asarray(np.clip(np.rint(scaled), -127, 127).astype(np.int8))


def _distinct(hashed: Ragged) -> tuple[Indices, Hashes, Indices]:
    """Return each text's distinct words: text, 48 bits of the hash, how often it stands there."""
    texts = np.repeat(np.arange(hashed.n_texts, dtype=np.uint64), hashed.lengths)
    begin, end = int(hashed.starts[0]), int(hashed.starts[-1])
    keys = texts << np.uint64(_HASH_BITS) | hashed.values[begin:end] >> np.uint64(64 - _HASH_BITS)
    keys.sort()
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    repeats = np.diff(np.append(first, len(keys)))
    keys = keys[first]
    rows = (keys >> np.uint64(_HASH_BITS)).astype(np.int64)
    return rows, keys & np.uint64((1 << _HASH_BITS) - 1), repeats


def _places(found: Hashes) -> Indices:
    return (found >> np.uint64(_HASH_BITS - _TABLE_BITS)).astype(np.int64)
