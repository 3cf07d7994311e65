"""The exact Jaccard similarity of pairs of rows, whose texts are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.deduplication.bands import Counts, unpacked
from curate.deduplication.clusters import STEP, joined
from curate.deduplication.table import Table
from curate.lexical import Hashes, Offsets, Ragged, ngrams

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Scores = Mask = Any

WordsOf = Callable[[Offsets], Ragged]

# Pairs, words of rows, and n-grams of pairs that are held at a time; 8 bytes and some copies each.
_PAIRS = 1 << 15
_WORDS = 1 << 22
_GRAMS = 1 << 16
# Odd: the fractional part of the golden ratio.
_GOLDEN = 0x9E3779B97F4A7C15


def batched(pairs: Hashes, n_rows: int, n_words: Counts) -> Iterator[Offsets]:
    """Yield the places of pairs that are to be verified together.

    Pairs of one connected set of rows come together, so that most rows are read once.

    Args:
        pairs: `(n,) uint64`: packed pairs, ascending.
        n_rows: How many rows there are.
        n_words: `(n_rows,) uint32`: how many words each has.
    """
    label: Any = np.arange(n_rows, dtype=np.int32 if n_rows < 1 << 31 else np.int64)
    for start in range(0, len(pairs), STEP):
        joined(label, *unpacked(pairs[start : start + STEP]))
    cluster = label[(pairs >> np.uint64(32)).astype(label.dtype)]
    del label
    # Some clusters after others, so that nothing is sorted that has the size of all pairs.
    step = max(1, -(-n_rows * STEP // max(1, len(pairs))))
    for least in range(0, n_rows, step):
        places = np.flatnonzero((cluster >= least) & (cluster < least + step))
        yield from _cut(places[np.argsort(cluster[places], kind="stable")], pairs, n_words)


def _cut(order: Offsets, pairs: Hashes, n_words: Counts) -> Iterator[Offsets]:
    first, second = unpacked(pairs[order])
    cost = n_words[first].astype(np.int64)
    cost += n_words[second]
    cost = np.cumsum(cost)
    done = 0
    while done < len(order):
        spent = int(cost[done - 1]) if done else 0
        upto = int(np.searchsorted(cost, spent + _WORDS, "right"))
        upto = min(max(upto, done + 1), done + _PAIRS)
        yield order[done:upto]
        done = upto


def similarities(pairs: Hashes, words_of: WordsOf, ngram_words: int) -> Scores:
    """Return the exact Jaccard similarity of each of some pairs, `(n,) float64`.

    Args:
        pairs: `(n,) uint64`: packed pairs.
        words_of: Returns the words of rows, given their indices, ascending.
        ngram_words: Words in an n-gram.
    """
    first, second = unpacked(pairs)
    rows, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    grams = sets(ngrams(words_of(rows), ngram_words))
    left, right = places[: len(first)], places[len(first) :]
    cost = np.cumsum(grams.lengths[right] + 1)
    found = np.empty(len(pairs))
    done = 0
    while done < len(pairs):
        spent = int(cost[done - 1]) if done else 0
        upto = max(int(np.searchsorted(cost, spent + _GRAMS, "right")), done + 1)
        found[done:upto] = jaccards(grams, left[done:upto], right[done:upto])
        done = upto
    return found


def sets(hashed: Ragged) -> Ragged:
    """Return the distinct hashes of each text, ascending, without their lowest bits.

    As many bits are left out as the number of the text needs: 48 or more are kept of 65,536 texts.
    """
    bits = np.uint64(max(1, hashed.n_texts.bit_length()))
    high = np.arange(hashed.n_texts + 1, dtype=np.uint64) << (np.uint64(64) - bits)
    keyed = hashed.values[hashed.starts[0] : hashed.starts[-1]] >> bits
    keyed |= np.repeat(high[:-1], hashed.lengths)
    keyed.sort()
    fresh = np.ones(len(keyed), np.bool_)
    np.not_equal(keyed[1:], keyed[:-1], out=fresh[1:])
    keyed = keyed[fresh]
    starts = np.append(np.searchsorted(keyed, high[:-1]), len(keyed))
    keyed &= (np.uint64(1) << (np.uint64(64) - bits)) - np.uint64(1)
    return Ragged(keyed, starts)


def jaccards(grams: Ragged, left: Offsets, right: Offsets) -> Scores:
    """Return the Jaccard similarity of sets, `(n,) float64`, 0 to 1.

    Every hash of the left sets goes into one table under a number of its set, and those of the
    right sets are looked up in it.

    Args:
        grams: What `sets` returned.
        left: `(n,) int64`: one set of each pair; it is not empty.
        right: `(n,) int64`: the other.
    """
    kept, number = np.unique(left, return_inverse=True)
    sizes = grams.lengths
    table = Table(_salted(grams, kept, np.arange(len(kept))))
    found = table.has(_salted(grams, right, number))
    ends = np.cumsum(sizes[right])
    totals = np.zeros(len(found) + 1, np.int64)
    np.cumsum(found, out=totals[1:])
    common = totals[ends] - totals[ends - sizes[right]]
    return np.asarray(common / (sizes[left] + sizes[right] - common))


def _salted(grams: Ragged, texts: Offsets, numbers: Offsets) -> Hashes:
    """Return the hashes of texts end to end, each changed by the number of its text; never 0."""
    lengths = grams.starts[texts + 1] - grams.starts[texts]
    before = np.cumsum(lengths) - lengths
    at = np.arange(int(lengths.sum())) + np.repeat(grams.starts[texts] - before, lengths)
    salts = numbers.astype(np.uint64) * np.uint64(_GOLDEN) | np.uint64(1 << 63)
    return np.asarray(grams.values[at] + np.repeat(salts, lengths))
