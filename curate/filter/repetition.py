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
_TABLE_BITS = 18
# Odd: the fractional parts of the golden ratio and of the square root of 2, 64 bits.
OF_TEXT, _BASE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x6A09E667F3BCC909)


@dataclass(frozen=True, slots=True)
class _Grams:
    """What repeats among the n-grams of a block's texts.

    Attributes:
        top: `(n_texts,) int64`: how often the most frequent n-gram comes, 1 where none repeats.
        again: `(n,) int64`: the first words of those that their text had before.
    """

    top: Counts
    again: Counts


def last_of_slot(keys: Hashes) -> Counts:
    """Return for each key the place of the last one that shares its slot of a hash table.

    Args:
        keys: `(n,) uint64`.

    Returns:
        `(n,) int64`: its own place for one key of each slot; for equal keys the same place.
    """
    slots = (keys >> np.uint64(64 - _TABLE_BITS)).view(np.int64)
    table = np.empty(1 << _TABLE_BITS, np.int64)
    table[slots] = np.arange(len(keys))
    return table[slots]


def _suspects(keys: Hashes) -> Counts:
    """Return the places of keys that may come twice: all that do, and a few by chance."""
    last = last_of_slot(keys)
    shared = np.zeros(len(keys), np.bool_)
    shared[last[last != np.arange(len(keys))]] = True
    return np.flatnonzero(shared[last])


def _grouped(keys: Hashes) -> tuple[Counts, Counts]:
    """Return the places of keys that come twice or more, by key and in order, and groups' starts.

    The starts have the end of the last group behind them.
    """
    suspects = _suspects(keys)
    order = suspects[np.argsort(keys[suspects], kind="stable")]
    same = keys[order][1:] == keys[order][:-1]
    member = np.zeros(len(order), np.bool_)
    member[1:] |= same
    member[:-1] |= same
    first = member.copy()
    first[1:] &= ~same
    members = order[member]
    return members, np.append(np.flatnonzero(first[member]), len(members))


def _repeats(texts: Texts) -> dict[int, _Grams]:
    """Return what repeats, for each n: a longer n-gram repeats only where a shorter one does."""
    words, starts = texts.words
    ends = np.repeat(starts[1:], texts.words.lengths)
    of = np.repeat(np.arange(len(texts)), texts.words.lengths)
    at = np.arange(len(words))
    keys = words + of.astype(np.uint64) * OF_TEXT
    found: dict[int, _Grams] = {}
    for n in range(_SHORTEST, _LONGEST + 1):
        longer = at + n <= ends[at]
        at, keys = at[longer], keys[longer]
        keys = keys * _BASE + words[at + n - 1]
        members, bounds = _grouped(keys)
        top = np.ones(len(texts), np.int64)
        np.maximum.at(top, of[at[members[bounds[:-1]]]], np.diff(bounds))
        later = np.ones(len(members), np.bool_)
        later[bounds[:-1]] = False
        found[n] = _Grams(top, at[members[later]])
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
        starts = texts.words.starts
        steps = np.bincount(again, minlength=starts[-1] + 1)
        steps -= np.bincount(again + n, minlength=starts[-1] + 1)
        covered = np.concatenate(([0], np.cumsum(np.cumsum(steps[: starts[-1]]) > 0)))
        return _of_words(texts, covered[starts[1:]] - covered[starts[:-1]])

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
