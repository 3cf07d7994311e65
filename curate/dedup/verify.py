"""The exact Jaccard similarity of pairs of rows, whose texts are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.dedup.bands import Counts, unpacked
from curate.dedup.clusters import components
from curate.lexical import Hashes, Offsets, Ragged, ngrams

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]
else:
    Scores = Any

WordsOf = Callable[[Offsets], Ragged]

# Pairs, words of rows, and n-grams of pairs that are held at a time; 8 bytes and some copies each.
_PAIRS = 1 << 15
_WORDS = 1 << 22
_GRAMS = 1 << 21


def batched(pairs: Hashes, n_rows: int, n_words: Counts) -> Iterator[Offsets]:
    """Yield the places of pairs that are to be verified together.

    Pairs of one connected set of rows come together, so that most rows are read once.

    Args:
        pairs: `(n,) uint64`: packed pairs, ascending.
        n_rows: How many rows there are.
        n_words: `(n_rows,) uint32`: how many words each has.
    """
    first, second = unpacked(pairs)
    order = np.argsort(components(first, second, n_rows)[first], kind="stable")
    cost = n_words[first].astype(np.int64)
    cost += n_words[second]
    cost = np.cumsum(cost[order])
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
    grams = ngrams(words_of(rows), ngram_words)
    left, right = places[: len(first)], places[len(first) :]
    lengths = grams.lengths
    cost = np.cumsum(lengths[left] + lengths[right])
    found = np.empty(len(pairs))
    done = 0
    while done < len(pairs):
        spent = int(cost[done - 1]) if done else 0
        upto = max(int(np.searchsorted(cost, spent + _GRAMS, "right")), done + 1)
        found[done:upto] = jaccards(grams, left[done:upto], right[done:upto])
        done = upto
    return found


def jaccards(grams: Ragged, left: Offsets, right: Offsets) -> Scores:
    """Return the Jaccard similarity of the sets of two texts' hashes, `(n,) float64`, 0 to 1.

    All pairs are sorted at once, each hash under the number of its pair; of a hash the number and
    the side replace the lowest bits, which leaves 48 bits or more for 32,768 pairs.

    Args:
        grams: The hashes.
        left: `(n,) int64`: one text of each pair; it has hashes.
        right: `(n,) int64`: the other.
    """
    bits = np.uint64(max(1, len(left).bit_length()))
    numbers = np.arange(len(left), dtype=np.uint64)
    sides = [
        _numbered(grams, texts, numbers, bits, np.uint64(side))
        for side, texts in enumerate((left, right))
    ]
    both = np.concatenate(sides)
    both.sort()
    fresh = np.ones(len(both), np.bool_)
    np.not_equal(both[1:], both[:-1], out=fresh[1:])
    both = both[fresh]
    shared = (both[1:] ^ both[:-1]) == 1
    shift = np.uint64(64) - bits
    edges = np.searchsorted(both, numbers << shift)
    distinct = np.diff(edges, append=len(both))
    common = np.zeros(len(both) + 1, np.int64)
    np.cumsum(shared, out=common[2 : len(both) + 1])
    ends = np.append(edges[1:], len(both))
    equal = common[ends] - common[edges]
    return np.asarray(equal / (distinct - equal))


def _numbered(
    grams: Ragged, texts: Offsets, numbers: Hashes, bits: np.uint64, side: np.uint64
) -> Hashes:
    lengths = grams.starts[texts + 1] - grams.starts[texts]
    before = np.cumsum(lengths) - lengths
    at = np.arange(int(lengths.sum())) + np.repeat(grams.starts[texts] - before, lengths)
    found = grams.values[at]
    found >>= bits
    found &= ~np.uint64(1)
    found |= np.repeat(numbers << (np.uint64(64) - bits), lengths)
    found |= side
    return np.asarray(found)
