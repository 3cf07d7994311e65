"""How alike two texts are, by their words."""

from __future__ import annotations

import numpy as np

from curate.lexical.ragged import Hashes
from curate.lexical.tokens import words


def jaccard(first: Hashes, second: Hashes) -> float:
    """Return the exact Jaccard similarity of two sets of hashes, 0 to 1; 1 where both are empty.

    Args:
        first: `(n,) uint64`, in any order, repeats ignored.
        second: The same.
    """
    left, right = np.unique(first), np.unique(second)
    both = len(np.intersect1d(left, right, assume_unique=True))
    either = len(left) + len(right) - both
    return both / either if either else 1.0


def rouge_l(reference: str, candidate: str) -> float:
    """Return ROUGE-L of two texts by words, 0 to 1: the F1 of their longest common subsequence.

    0 where one of them has no word; the order of the arguments does not matter.

    Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with beta = 1.
    """
    both = words([reference, candidate])
    common = lcs_length(both.of(0), both.of(1))
    return 2 * common / len(both.values) if len(both.values) else 0.0


def lcs_length(first: Hashes, second: Hashes) -> int:
    """Return the length of the longest common subsequence of two sequences of hashes.

    O(n · m / 64). Source: the bit-vector recurrence of Hyyrö, "Bit-parallel LCS-length
    computation revisited" (2004).
    """
    places: dict[int, int] = {}
    for place, value in enumerate(first.tolist()):
        places[value] = places.get(value, 0) | 1 << place
    whole = (1 << len(first)) - 1
    state = whole
    for value in second.tolist():
        matched = state & places.get(value, 0)
        state = ((state + matched) | (state - matched)) & whole
    return len(first) - state.bit_count()
