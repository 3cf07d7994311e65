"""Runs of words, and keys of whole texts, made of the hashes of words."""

from __future__ import annotations

from functools import cache

import numpy as np

from curate.lexical.ragged import Hashes, Offsets, Ragged, mixed

# Words looked at together, so that they and what is made of them stay in the cache.
_BLOCK = 1 << 15
_MODULUS = 1 << 64
# Odd: the fractional parts of the square roots of 2, 3 and 5, 64 bits.
_NGRAM_BASE = 0x6A09E667F3BCC909
_KEY_BASES = (0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B)


def ngrams(hashed: Ragged, n: int) -> Ragged:
    """Return the hashes of every run of `n` words of each text, in order, repeats included.

    Args:
        hashed: What `words` returned.
        n: Words in an n-gram, 1 or more.

    Returns:
        `max(0, words - n + 1)` hashes for each text; a text with fewer words, but at least one,
        has one hash, of all its words, so that short texts can be compared too.

    Source: a polynomial over the words, as in Karp and Rabin (1987), modulo 2**64.
    """
    lengths = hashed.lengths
    counts = np.where(lengths >= n, lengths - n + 1, np.minimum(lengths, 1))
    starts = np.zeros(len(hashed.starts), np.int64)
    np.cumsum(counts, out=starts[1:])
    first, last = int(hashed.starts[0]), int(hashed.starts[-1])
    values = hashed.values[first:last]
    if n == 1:
        return Ragged(values, starts)
    wanted = np.ones(len(values), np.bool_)
    begins, ends = hashed.starts[:-1] - first, hashed.starts[1:] - first
    for back in range(1, n):
        wanted[(ends - back)[lengths >= back]] = False
    short = np.flatnonzero((lengths > 0) & (lengths < n))
    wanted[begins[short]] = True
    found = np.empty(starts[-1], np.uint64)
    done = 0
    for at in range(0, len(values), _BLOCK):
        chosen = _windows(values[at : at + _BLOCK + n - 1], n)[:_BLOCK][wanted[at : at + _BLOCK]]
        found[done : done + len(chosen)] = chosen
        done += len(chosen)
    found[starts[short]] = _whole(values, begins[short], ends[short])
    return Ragged(found, starts)


def _windows(values: Hashes, n: int) -> Hashes:
    """Return the hash of the window from each value on; behind the end there are zeros."""
    padded = np.zeros(len(values) + n - 1, np.uint64)
    padded[: len(values)] = values
    total = padded[n - 1 :].copy()
    for step in reversed(range(n - 1)):
        total *= np.uint64(_NGRAM_BASE)
        total += padded[step : step + len(values)]
    return total


def _whole(values: Hashes, begins: Offsets, ends: Offsets) -> Hashes:
    """Return the hash of all words of each of some short texts."""
    total = np.zeros(len(begins), np.uint64)
    for step in reversed(range(int((ends - begins).max(initial=0)))):
        at = begins + step
        inside = at < ends
        total *= np.uint64(_NGRAM_BASE)
        total[inside] += values[at[inside]]
    return total


def word_keys(hashed: Ragged) -> Hashes:
    """Return a 128-bit key of each text, `(n_texts, 2) uint64`: equal where the words are equal.

    Two texts of other words, or in another order, have other keys but for a chance of about
    2**-120 a pair. All texts without words have one key.

    Source: two polynomials over the words, as in Karp and Rabin (1987), modulo 2**64.
    """
    first = int(hashed.starts[0])
    values = hashed.values[first : int(hashed.starts[-1])]
    starts = hashed.starts - first
    keys = np.zeros((hashed.n_texts, 2), np.uint64)
    for at in range(0, len(values), _BLOCK):
        _add_block(keys, values[at : at + _BLOCK], at, starts)
    keys += hashed.lengths.astype(np.uint64)[:, None] * np.uint64(_NGRAM_BASE)
    return mixed(keys)


def _add_block(keys: Hashes, values: Hashes, at: int, starts: Offsets) -> None:
    """Add the terms of a block of words, which begin at place `at`, to their texts' keys."""
    # The texts that have words here; the first may have begun before.
    low = int(np.searchsorted(starts, at, "right")) - 1
    high = int(np.searchsorted(starts, at + len(values), "left"))
    texts = low + np.flatnonzero(np.diff(starts[low : high + 1]))
    begins = np.maximum(starts[texts] - at, 0)
    for lane, base in enumerate(_KEY_BASES):
        powers, inverses = _powers(base)
        sums = np.add.reduceat(values * powers[: len(values)], begins)
        sums *= inverses[begins]
        sums[:1] *= np.uint64(pow(base, max(at - int(starts[texts[0]]), 0), _MODULUS))
        keys[texts, lane] += sums


@cache
def _powers(base: int) -> tuple[Hashes, Hashes]:
    """Return the powers of a base and of its inverse, from exponent 0, `(_BLOCK,) uint64`."""

    def table(factor: int) -> Hashes:
        factors = np.full(_BLOCK, factor, np.uint64)
        factors[0] = 1
        return np.cumprod(factors, dtype=np.uint64)

    return table(base), table(pow(base, -1, _MODULUS))
