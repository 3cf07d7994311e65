"""Which pairs of a row and an item's text are leaks, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from curate.decontamination.index import LEAST_TELLING, Index
from curate.decontamination.scan import PAIR

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Offsets = NDArray[np.int64]
    Pairs = NDArray[np.void]
    Leaks = NDArray[np.void]
    Mask = NDArray[np.bool_]
else:
    Offsets = Pairs = Leaks = Mask = Any

Method = Literal["exact", "near", "ngram", "paraphrase", "semantic"]
# The strongest first: a row is told of by the first that holds.
METHODS: tuple[Method, ...] = ("exact", "near", "ngram", "paraphrase", "semantic")
# A pair with the method that holds, by its place in METHODS, and the number it was judged by: 1 for
# exact, the share of n-grams for near, the words in a row for ngram.
LEAK = np.dtype([*PAIR.descr, ("method", np.uint8), ("score", np.float64)])
# At most so many telling words are asked of a run of any length.
_MOST_TELLING = 8


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is a leak.

    Attributes:
        methods: The methods that are asked.
        ngram_words: Words in a row that a row and a text must share. Source: 13 is GPT-3's choice
            (Brown et al. 2020, appendix C).
        common_rows: A run counts, for `ngram` and `near`, where one of its n-grams stands in at
            most so many rows: what stands in more is a template, and not the item. Source: 10, as
            in GPT-3's analysis (the same appendix).
        near_ratio: Share of a text's n-grams that the row must have. Source: 0.7 is PaLM's choice
            (Chowdhery et al. 2022, section 8.1).
    """

    methods: frozenset[Method] = frozenset(("exact", "near", "ngram"))
    ngram_words: int = 13
    common_rows: int = 10
    near_ratio: float = 0.7

    def may_be(self, pairs: Pairs) -> Mask:
        """Return which pairs may be leaks whatever is found out later, `(n,) bool`."""
        return np.asarray(
            (pairs["whole"] > 0)
            | (pairs["words"] >= self.ngram_words)
            | (pairs["share"] >= self.near_ratio)
        )


class Judged(NamedTuple):
    """What became of pairs.

    Attributes:
        leaks: `(n,) LEAK`: those that are leaks, in the order of the pairs.
        common: `(n,) int64`, ascending: rows that are none only because what they share with an
            item stands in many rows.
    """

    leaks: Leaks
    common: Offsets


def judge(pairs: Pairs, index: Index, rows_with: Offsets, asked: Thresholds) -> Judged:
    """Return which pairs are leaks.

    A run that row and text share must have as many telling words as half its length, 8 at most; 4
    are enough where it is the whole text, and none are needed where it is the row's text too.
    Idioms of code and rows of numbers have fewer.

    Args:
        pairs: What a scan found.
        index: What was scanned for.
        rows_with: In how many rows each n-gram stands.
        asked: The thresholds.
    """
    runs, of_pair = np.unique(pairs[["piece", "begin", "words"]], return_inverse=True)
    telling = np.array([_telling(run, index) for run in runs], np.int64)[of_pair]
    enough = telling >= np.minimum(_MOST_TELLING, pairs["words"] // 2)
    exact = (pairs["whole"] == 2) | ((pairs["whole"] == 1) & (telling >= LEAST_TELLING))
    near = (pairs["share"] >= asked.near_ratio) & enough
    ngram = (pairs["words"] >= asked.ngram_words) & enough
    common = np.zeros(len(pairs), np.bool_)
    for at in np.flatnonzero((ngram | near) & ~exact):
        common[at] = _rarest(pairs[at], index, rows_with) > asked.common_rows
    ngram &= ~common
    near &= ~common
    found = np.zeros(len(pairs), LEAK)
    for name in PAIR.names or ():
        found[name] = pairs[name]
    found["method"] = len(METHODS)
    judged: tuple[tuple[Method, Mask, Any], ...] = (
        ("ngram", ngram, pairs["words"]),
        ("near", near, pairs["share"]),
        ("exact", exact, np.ones(len(pairs))),
    )
    for method, holds, scores in judged:
        if method in asked.methods:
            found["method"][holds] = METHODS.index(method)
            found["score"][holds] = scores[holds]
    leaks = found[found["method"] < len(METHODS)]
    if "ngram" not in asked.methods:
        common[:] = False
    return Judged(leaks, np.setdiff1d(pairs["row"][common], leaks["row"]))


def _telling(run: Any, index: Index) -> int:
    begin = int(index.hashed.starts[run["piece"]]) + int(run["begin"])
    return index.telling_words(begin, begin + int(run["words"]))


def _rarest(pair: Any, index: Index, rows_with: Offsets) -> int:
    """Return in how many rows the rarest n-gram of a run stands."""
    begin = int(index.hashed.starts[pair["piece"]]) + int(pair["begin"])
    grams = index.gram_at[begin : begin + int(pair["words"]) - index.gram_words + 1]
    return int(rows_with[grams[grams >= 0]].min())
