"""QLT: what a text's words are: Gopher's rules, but for those that look at lines."""

from __future__ import annotations

import numpy as np

from curate.filtering.score import NO_TEXT, NO_WORDS, UNBOUNDED, Score, Values, plain, ratio
from curate.filtering.texts import DIGIT, LETTER, Texts
from curate.lexical import firsts, words

_GOPHER = "Rae et al. 2021 (Gopher), appendix A.1.1"
# Odd: the fractional part of the golden ratio, 64 bits.
_OF_TEXT = np.uint64(0x9E3779B97F4A7C15)
_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_STOPS = np.sort(words(_STOP_WORDS).values)
# By the highest byte of a hash: whether a stop word has it.
_MAYBE_STOP = np.isin(np.arange(256), (_STOPS >> np.uint64(56)).astype(np.int64))


def _mean_word(texts: Texts) -> Values:
    return ratio(texts.count((texts.flags & (LETTER | DIGIT)) != 0), texts.words.lengths)


def _unique(texts: Texts) -> Values:
    first = firsts(texts.words.values + texts.of_words.astype(np.uint64) * _OF_TEXT)
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
    letters = np.zeros(len(texts.flags) + 1, np.int32)
    np.cumsum((texts.flags & LETTER) != 0, out=letters[1:])
    lettered = np.diff(letters[texts.begins], append=letters[-1]) > 0
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
