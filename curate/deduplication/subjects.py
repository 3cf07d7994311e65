"""Whether two exchanges that share most of their words are about different things.

"What is the capital of Peru?" and "What is the capital of Chad?" are two questions, however long
the instruction is that both stand in. Three things tell: other numbers in what is asked; a word
that one exchange has in question and answer and the other one nowhere, on both sides; and questions
or answers that have less than half of their words in common.
"""

from __future__ import annotations

import re
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

# Questions, and answers, that have less in common (Dice coefficient of their words) are others.
LEAST_DICE = 0.5
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
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
    """What is asked and what is answered in a row, each one text; "" where there is none."""

    asked: str
    answered: str


class Spoken(NamedTuple):
    """The words of what is asked and of what is answered, one text a row each."""

    asked: Ragged
    answered: Ragged


def differ(first: Exchange, second: Exchange) -> bool:
    """Return whether two exchanges are about different things."""
    if _other_numbers(first.asked, second.asked):
        return True
    ours, theirs = _Words.of(first), _Words.of(second)
    if _unlike(ours.asked, theirs.asked) or _unlike(ours.answered, theirs.answered):
        return True
    return bool(ours.topics - theirs.all) and bool(theirs.topics - ours.all)


def unlike(first: Spoken, second: Spoken) -> Mask:
    """Return which pairs have questions or answers with few words in common, `(n_pairs,) bool`."""
    asked = overlap(first.asked, second.asked).dice()
    return (asked < LEAST_DICE) | (overlap(first.answered, second.answered).dice() < LEAST_DICE)


def may_differ(first: Spoken, second: Spoken) -> Mask:
    """Return which pairs have topics that the other row lacks, on both sides, `(n_pairs,) bool`.

    A word's other forms, and words that name no thing, count too: `differ` tells.
    """
    return _has_own(first, second) & _has_own(second, first)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in digits of a text, without the commas between thousands."""
    return frozenset(found.replace(",", "") for found in _NUMBER.findall(text))


def _other_numbers(first: str, second: str) -> bool:
    ours, theirs = numbers(first), numbers(second)
    return bool(ours - theirs) and bool(theirs - ours)


class _Words(NamedTuple):
    asked: frozenset[int]
    answered: frozenset[int]

    @classmethod
    def of(cls, exchange: Exchange) -> _Words:
        return cls(*(frozenset(word_order(text, stem=True).tolist()) for text in exchange))

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
    return 2 * len(first & second) < LEAST_DICE * total


def _has_own(row: Spoken, other: Spoken) -> Mask:
    topics = shared(row.asked, row.answered)[0]
    keys = own_keys(row.asked)[topics]
    lacking = ~np.isin(keys, np.concatenate([own_keys(other.asked), own_keys(other.answered)]))
    pairs = np.repeat(np.arange(row.asked.n_texts), row.asked.lengths)[topics][lacking]
    found = np.zeros(row.asked.n_texts, np.bool_)
    found[pairs] = True
    return found
