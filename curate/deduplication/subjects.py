"""Whether two exchanges that share most of their words are about different things.

"What is the capital of Peru?" and "What is the capital of Chad?" are two questions, however long
the instruction is that both stand in. What tells, where each of the two has some: other numbers in
what users ask; other words in what tools are called with, or in answers of a few words; words in
question and answer that the other one has nowhere. And questions, or answers, that have no more
than half of their words in common.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from curate.deduplication.overlap import overlap, own_keys, shared
from curate.deduplication.stems import word_order
from curate.lexical import Ragged

if TYPE_CHECKING:  # numpy.typing takes 30 ms to import
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
else:
    Mask = Any

# Questions, and answers, that have no more in common (Dice coefficient of their words) are others.
_MOST_DICE = 0.5
# Answers of at most so many different words say another thing with another word.
_FEW_WORDS = 8
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.:/]\d+)*")
# Words that name no thing: they stand in questions and answers whatever these are about.
_COMMON = (
    "a about above after again all also am an and any are as at be because been before being below "
    "between both but by can could d did do does doing down during each few find for from further "
    "get give had has have having he her here hers him his how i if in into is it its just ll m "
    "make me more most my no nor not now of off on once one only or other our out over own please "
    "provide re s same she should so some such t tell than that the their them then there these "
    "they this those through to too under until up us use used using ve very want was we were what "
    "when where which while who whom why will with would write you your yours"
)


class Exchange(NamedTuple):
    """What a row says; "" where there is no such text.

    Attributes:
        asked: All that is not answered: what systems are told, users ask and tools return.
        answered: What is answered.
        called: What tools are called with.
        numbers: The numbers in what users ask, ascending, with repeats.
    """

    asked: str
    answered: str
    called: str
    numbers: tuple[str, ...]


class Spoken(NamedTuple):
    """The words of what is asked and of what is answered, one text a row each."""

    asked: Ragged
    answered: Ragged


def differ(first: Exchange, second: Exchange) -> bool:
    """Return whether two exchanges are about different things."""
    if _each_has_own(Counter(first.numbers), Counter(second.numbers)):
        return True
    ours, theirs = _Words.of(first), _Words.of(second)
    if _unlike(ours.asked, theirs.asked) or _unlike(ours.answered, theirs.answered):
        return True
    if _each_has_own(ours.called - _common(), theirs.called - _common()):
        return True
    if len(ours.answered | theirs.answered) <= _FEW_WORDS and _each_has_own(
        ours.answered - _common(), theirs.answered - _common()
    ):
        return True
    return bool(ours.topics - theirs.all) and bool(theirs.topics - ours.all)


def unlike(first: Spoken, second: Spoken) -> Mask:
    """Return which pairs may have questions or answers that say other things, `(n_pairs,) bool`."""
    asked = overlap(first.asked, second.asked).dice()
    answered = overlap(first.answered, second.answered).dice()
    return (asked <= _MOST_DICE) | (answered <= _MOST_DICE) | _short(first, second)


def may_differ(first: Spoken, second: Spoken) -> Mask:
    """Return which pairs have topics that the other row lacks, on both sides, `(n_pairs,) bool`.

    A word's other forms, and words that name no thing, count too: `differ` tells.
    """
    return _has_own(first, second) & _has_own(second, first)


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in digits of a text, ascending, without the commas between thousands."""
    return tuple(sorted(found.replace(",", "") for found in _NUMBER.findall(text)))


class _Words(NamedTuple):
    asked: frozenset[int]
    answered: frozenset[int]
    called: frozenset[int]

    @classmethod
    def of(cls, exchange: Exchange) -> _Words:
        texts = (exchange.asked, exchange.answered, exchange.called)
        return cls(*(frozenset(word_order(text, stem=True).tolist()) for text in texts))

    @property
    def topics(self) -> frozenset[int]:
        return (self.asked & self.answered) - _common()

    @property
    def all(self) -> frozenset[int]:
        return self.asked | self.answered


@cache
def _common() -> frozenset[int]:
    return frozenset(word_order(_COMMON, stem=True).tolist())


def _unlike(first: frozenset[int], second: frozenset[int]) -> bool:
    total = len(first) + len(second)
    return total > 0 and 2 * len(first & second) <= _MOST_DICE * total


def _each_has_own(first: Any, second: Any) -> bool:
    return bool(first - second) and bool(second - first)


def _short(first: Spoken, second: Spoken) -> Mask:
    most = 2 * _FEW_WORDS
    return np.asarray((first.answered.lengths <= most) & (second.answered.lengths <= most))


def _has_own(row: Spoken, other: Spoken) -> Mask:
    topics = shared(row.asked, row.answered)[0]
    keys = own_keys(row.asked)[topics]
    lacking = ~np.isin(keys, np.concatenate([own_keys(other.asked), own_keys(other.answered)]))
    pairs = np.repeat(np.arange(row.asked.n_texts), row.asked.lengths)[topics][lacking]
    found = np.zeros(row.asked.n_texts, np.bool_)
    found[pairs] = True
    return found
