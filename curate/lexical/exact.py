"""Keys of texts that are equal but for what is folded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from curate.lexical.buffers import Group, groups, replaced
from curate.lexical.folding import DEFAULT_FOLDS, Folds, folded_run
from curate.lexical.ragged import Hashes, Offsets

if TYPE_CHECKING:  # pyarrow takes time to import
    import pyarrow as pa

# Runs of other characters than ASCII up to this many bytes recur (quotation marks, accents).
_SHORT_RUN = 16
_SPACE = 0x20


def exact_keys(texts: Sequence[str] | pa.LargeStringArray, folds: Folds = DEFAULT_FOLDS) -> Hashes:
    """Return a 128-bit key of each text, `(n_texts, 2) uint64`: equal where `folded` texts are.

    Args:
        texts: Strings, or a column of `string` or `large_string`, of which only what is beyond
            ASCII becomes Python objects; a null counts as an empty text.
        folds: What is not told apart.

    Source: BLAKE2b (RFC 7693) with a digest of 16 bytes of the folded text in UTF-8, so that a
    chance collision among 10 million texts has a probability below 2**-80.
    """
    table, read = _table(folds), _reader(folds)
    digests = []
    for group in groups(texts):
        data, bounds = replaced(group, read, table)
        begins, ends = bounds[:-1], bounds[1:]
        if folds.space:
            data, begins, ends = _collapsed(Group(data, bounds))
        raw = memoryview(data.tobytes())
        blake2b = hashlib.blake2b
        digests += [
            blake2b(raw[begin:end], digest_size=16).digest()
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64).reshape(len(digests), 2)


@cache
def _table(folds: Folds) -> bytes:
    """Return what is put for each byte of ASCII; all others stay."""
    ascii_only = b"".join(folded_run(bytes([byte]), folds) for byte in range(128))
    return ascii_only + bytes(range(128, 256))


@cache
def _reader(folds: Folds) -> Callable[[bytes], bytes]:
    def read(run: bytes) -> bytes:
        return folded_run(run, folds)

    recurring = lru_cache(maxsize=1 << 14)(read)
    return lambda run: recurring(run) if len(run) <= _SHORT_RUN else read(run)


def _collapsed(group: Group) -> tuple[np.ndarray, Offsets, Offsets]:
    """Return texts without repeated spaces, and where each begins and ends without outer ones."""
    data, bounds = group
    space = data == _SPACE
    # Of a run that crosses a bound the rest goes too; at the ends of texts all of it does anyway.
    again = np.flatnonzero(space[1:] & space[:-1]) + 1
    if len(again):
        stays = np.ones(len(data), np.bool_)
        stays[again] = False
        data, space = data[stays], space[stays]
        bounds = bounds - np.searchsorted(again, bounds)
    space = np.append(space, False)
    begins, ends = bounds[:-1].copy(), bounds[1:].copy()
    begins += (begins < ends) & space[begins]
    ends -= (begins < ends) & space[ends - 1]
    return data, begins, ends
