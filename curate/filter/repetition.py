"""QLT: texts that say again what they said before, by Gopher's measures.

Shares of n-grams are of words, where Gopher's are of characters; a word is what `curate.lexical`
takes for one. Gopher keeps texts of 50 words and more, and below that its thresholds say nothing:
the measures of n-grams are undefined there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from curate.filter.score import NO_TEXT, Measure, Score, Values, plain, ratio
from curate.filter.texts import Counts, Texts

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Mask = NDArray[np.bool_]
else:
    Hashes = Mask = Any

LEAST_WORDS = 50
_SOURCE = "Rae et al. 2021 (Gopher), table A1"
_SHORTEST, _LONGEST = 2, 10
_TOPS = {2: "0.20", 3: "0.18", 4: "0.16"}
_AGAIN = {5: "0.15", 6: "0.14", 7: "0.13", 8: "0.12", 9: "0.11", 10: "0.10"}
# Odd: the fractional parts of the golden ratio and of the square root of 2, 64 bits.
OF_TEXT, _BASE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x6A09E667F3BCC909)


@dataclass(frozen=True, slots=True)
class _Grams:
    """What repeats among the n-grams of a block's texts.

    Attributes:
        top: `(n_texts,) int64`: how often the most frequent n-gram comes, 1 where none repeats.
        again: `(n,) int64`, ascending: where those begin that their text had before.
    """

    top: Counts
    again: Counts


def first_of(keys: Hashes) -> Counts:
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


def _repeats(texts: Texts) -> dict[int, _Grams]:
    """Return what repeats, for each n: a longer n-gram repeats only where a shorter one does."""
    words, starts = texts.words
    of, at = texts.of_words, np.arange(len(words))
    keys = words + of.astype(np.uint64) * OF_TEXT
    ends = starts[1:][of]
    found: dict[int, _Grams] = {}
    for n in range(_SHORTEST, _LONGEST + 1):
        longer = np.flatnonzero(at + n <= ends[at])
        at = at[longer]
        keys = keys[longer] * _BASE + words[at + n - 1]
        first = first_of(keys)
        later = np.flatnonzero(first != np.arange(len(first)))
        counts = np.bincount(first[later], minlength=len(first))
        groups = np.flatnonzero(counts)
        top = np.ones(len(texts), np.int64)
        np.maximum.at(top, of[at[groups]], counts[groups] + 1)
        found[n] = _Grams(top, at[later])
        members = counts[first] > 0
        at, keys = at[members], keys[members]
    return found


def _shared(texts: Texts) -> dict[int, _Grams]:
    found: dict[int, _Grams] = texts.shared("repeats", _repeats)
    return found


def _of_words(texts: Texts, counts: Counts) -> Values:
    found = ratio(counts, texts.words.lengths)
    found[texts.words.lengths < LEAST_WORDS] = np.nan
    return np.asarray(np.minimum(found, 1.0))


def _top(n: int) -> Measure:
    def measure(texts: Texts) -> Values:
        top = _shared(texts)[n].top
        return _of_words(texts, np.where(top > 1, top * n, 0))

    return measure


def _again(n: int) -> Measure:
    def measure(texts: Texts) -> Values:
        again = _shared(texts)[n].again
        of = texts.of_words[again]
        # Words that the next run has too count once; a run ends before the next text begins.
        own = np.minimum(np.diff(again, append=again[-1:] + n), n)
        return _of_words(texts, np.bincount(of, own, len(texts)))

    return measure


def _split(texts: Texts, between: str) -> list[list[str]]:
    return [
        [part for each in text.split(between) if (part := each.strip())] for text in texts.texts
    ]


def _before(parts: list[str]) -> list[str]:
    """Return the parts that came before."""
    if len(set(parts)) == len(parts):
        return []
    seen: set[str] = set()
    return [part for part in parts if part in seen or seen.add(part)]  # type: ignore[func-returns-value]


def _parts(between: str, *, chars: bool) -> Measure:
    def share(parts: list[str]) -> float:
        if not parts:
            return np.nan
        before = _before(parts)
        if not chars:
            return len(before) / len(parts)
        return sum(map(len, before)) / sum(map(len, parts))

    def measure(texts: Texts) -> Values:
        split = texts.shared(f"split {between!r}", lambda own: _split(own, between))
        return np.fromiter(map(share, split), np.float64, len(texts))

    return measure


def _of_parts(name: str, code: str, noun: str, between: str, limit: str, *, chars: bool) -> Score:
    of = f"characters in {noun}" if chars else noun
    return Score(
        name,
        "share",
        f"share of {of} that the text had before",
        code,
        f"{_SOURCE} ({limit})",
        plain(_parts(between, chars=chars)),
        undefined=NO_TEXT,
    )


def _of_grams(name: str, code: str, about: str, limit: str, measure: Measure) -> Score:
    return Score(
        name,
        "share",
        about,
        code,
        f"{_SOURCE} ({limit})",
        plain(measure),
        undefined=f"the text has fewer than {LEAST_WORDS} words",
        cost="middle",
    )


SCORES = (
    _of_parts("repeated_line_ratio", "QLT220", "lines", "\n", "0.30", chars=False),
    _of_parts("repeated_line_chars_ratio", "QLT221", "lines", "\n", "0.20", chars=True),
    _of_parts("repeated_paragraph_ratio", "QLT222", "paragraphs", "\n\n", "0.30", chars=False),
    _of_parts("repeated_paragraph_chars_ratio", "QLT223", "paragraphs", "\n\n", "0.20", chars=True),
    *(
        _of_grams(
            f"top_{n}gram_ratio",
            "QLT224",
            f"share of words in the {n} words that most often stand in a row, where they repeat",
            limit,
            _top(n),
        )
        for n, limit in _TOPS.items()
    ),
    *(
        _of_grams(
            f"repeated_{n}gram_ratio",
            "QLT225",
            f"share of words in runs of {n} that the text had before",
            limit,
            _again(n),
        )
        for n, limit in _AGAIN.items()
    ),
)
