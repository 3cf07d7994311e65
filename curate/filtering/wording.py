"""QLT: what a text's words are: Gopher's rules, but for those that look at lines."""

from __future__ import annotations

import numpy as np

from curate.filtering.score import NO_TEXT, NO_WORDS, UNBOUNDED, Score, Values, plain, ratio
from curate.filtering.texts import DIGIT, LETTER, Counts, Texts
from curate.lexical import Hashes, words

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
# Odd: the fractional parts of the golden ratio and of the square root of 2, 64 bits.
_OF_TEXT, _BASE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x6A09E667F3BCC909)
_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_STOPS = np.sort(words(_STOP_WORDS).values)
# By the highest byte of a hash: whether a stop word has it.
_MAYBE_STOP = np.isin(np.arange(256), (_STOPS >> np.uint64(56)).astype(np.int64))


def _first_of(keys: Hashes) -> Counts:
    """Return the place of the first key that equals each, `(n,) int64`.

    Args:
        keys: `(n,) uint64`, whose bits are mixed.
    """
    first = np.arange(len(keys))
    left, rest = first, keys
    while len(left):
        bits = max(10, len(left).bit_length() + 1)
        slots = (rest >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.int64)
        # Of those that share a slot the last one written stays: the first of the text.
        table[slots[::-1]] = left[::-1]
        found = table[slots]
        others = np.flatnonzero(keys[found] != keys[left])
        if len(others) == 0:
            first[left] = found
            break
        same = np.ones(len(left), np.bool_)
        same[others] = False
        first[left[same]] = found[same]
        # Another multiple of a key has other high bits, and equal keys still have equal ones.
        left, rest = left[others], rest[others] * _BASE
    return first


def _mean_word(texts: Texts) -> Values:
    return ratio(texts.count((texts.flags & (LETTER | DIGIT)) != 0), texts.words.lengths)


def _unique(texts: Texts) -> Values:
    first = _first_of(texts.words.values + texts.of_words.astype(np.uint64) * _OF_TEXT)
    new = np.bincount(texts.of_words[first == np.arange(len(first))], minlength=len(texts))
    return ratio(new, texts.words.lengths)


def _stop_words(texts: Texts) -> Values:
    values = texts.words.values
    maybe = np.flatnonzero(_MAYBE_STOP[(values >> np.uint64(56)).view(np.int64)])
    place = np.minimum(np.searchsorted(_STOPS, values[maybe]), len(_STOPS) - 1)
    hits = _STOPS[place] == values[maybe]
    seen = np.zeros((len(texts), len(_STOPS)), np.bool_)
    seen[texts.of_words[maybe[hits]], place[hits]] = True
    return np.asarray(seen.sum(axis=1, dtype=np.float64))


def _alphabetic(texts: Texts) -> Values:
    if not len(texts.begins):
        return np.full(len(texts), np.nan)
    # A run lasts until the next one begins; white space between them holds no letter.
    lettered = np.logical_or.reduceat((texts.flags & LETTER) != 0, texts.begins)
    before = np.concatenate(([0], np.cumsum(lettered)))
    bounds = np.append(np.searchsorted(texts.begins, texts.starts), len(texts.begins))
    return ratio(np.diff(before[bounds]), np.diff(bounds))


def _hashes(texts: Texts) -> Values:
    return ratio(texts.count(texts.points == ord("#")), texts.words.lengths)


def _ellipses(texts: Texts) -> Values:
    points = texts.points
    dots = points == ord(".")
    three = np.zeros(len(points), np.bool_)
    three[2:] = dots[2:] & dots[1:-1] & dots[:-2]
    # A longer run of dots is one ellipsis.
    three[1:] &= ~three[:-1].copy()
    return ratio(texts.count(three | (points == ord("…"))), texts.words.lengths)


def _brackets(texts: Texts) -> Values:
    return texts.count(texts.points == ord("{")).astype(np.float64)


SCORES = (
    Score(
        "unique_word_ratio",
        "share",
        "share of words that the text did not have before",
        "QLT206",
        "Together 2023 (RedPajama-V2), rps_doc_frac_unique_words; longer texts have less",
        plain(_unique),
        undefined=NO_WORDS,
        cost="middle",
    ),
    Score(
        "mean_word_chars",
        "characters",
        "letters and digits by words",
        "QLT207",
        f"{_GOPHER} (3 to 10)",
        plain(_mean_word),
        high=UNBOUNDED,
        undefined=NO_WORDS,
        cost="middle",
    ),
    Score(
        "alphabetic_word_ratio",
        "share",
        "share of what stands between white space that holds a letter",
        "QLT208",
        f"{_GOPHER} (0.8)",
        plain(_alphabetic),
        undefined=NO_TEXT,
    ),
    Score(
        "stop_words",
        "words",
        f"how many of the English words {', '.join(_STOP_WORDS)} are there",
        "QLT209",
        f"{_GOPHER} (2)",
        plain(_stop_words),
        high=len(_STOP_WORDS),
        whole=True,
        cost="middle",
    ),
    Score(
        "hash_per_word_ratio",
        "ratio",
        "number signs (#) by words",
        "QLT210",
        f"{_GOPHER} (0.1)",
        plain(_hashes),
        high=UNBOUNDED,
        undefined=NO_WORDS,
        cost="middle",
    ),
    Score(
        "ellipsis_per_word_ratio",
        "ratio",
        "ellipses (... or …) by words",
        "QLT211",
        f"{_GOPHER} (0.1)",
        plain(_ellipses),
        high=UNBOUNDED,
        undefined=NO_WORDS,
        cost="middle",
    ),
    Score(
        "curly_brackets",
        "characters",
        "opening curly brackets",
        "QLT212",
        "Raffel et al. 2020 (C4), section 2.2 (none: it takes out code)",
        plain(_brackets),
        high=UNBOUNDED,
        whole=True,
    ),
)
