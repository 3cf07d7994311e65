"""Words that every match of a pattern has in it, read off the pattern.

A pattern is looked for only in texts that hold one of its words, which can be found for hundreds
of patterns at once (`grams`). The idea is that of RE2's `FilteredRE2` and of Russ Cox's trigram
index (2012).
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

LEAST_BYTES = 4
# Words of one pattern; of more, the pattern is better looked for itself.
_MOST_WORDS = 48
_MOST_LETTERS_OF_CLASS = 4

# How often letters are in English text, in percent (Lewand 2000), scaled for one space in six.
_LETTERS = {
    "e": 12.7, "t": 9.1, "a": 8.2, "o": 7.5, "i": 7.0, "n": 6.7, "s": 6.3, "h": 6.1, "r": 6.0,
    "d": 4.3, "l": 4.0, "c": 2.8, "u": 2.8, "m": 2.4, "w": 2.4, "f": 2.2, "g": 2.0, "y": 2.0,
    "p": 1.9, "b": 1.5, "v": 1.0, "k": 0.8, "j": 0.15, "x": 0.15, "q": 0.1, "z": 0.07,
}  # fmt: skip
_SHARES = {ord(" "): 0.17} | {ord(key): 0.0083 * share for key, share in _LETTERS.items()}
_OTHER_SHARE = 0.002

# The words that make up most of English text, and how much more often than by chance their letters
# stand together.
_USUAL_WORDS = (
    "the and of to in is you that it he was for on are as with his they at be this have from "
    "or one had by word but not what all were we when your can said there use an each which "
    "she do how their if will up other about out many then them these so some her would make "
    "like him into time has look two more write go see number no way could people my than "
    "first been call who its now find long down day did get come made may part over new take "
    "only little work know place year live me back give most very after thing our just name "
    "good sentence man think say great where help through much before line right too mean old "
    "any same tell also around form three want"
)
_OF_USUAL_WORDS = 40.0

_Words = frozenset[str]
_Exact = frozenset[str]
# Python's own reader of patterns (3.11 to 3.14); it has no public name.
_parser: Any = importlib.import_module("re._parser")
_constants: Any = importlib.import_module("re._constants")


@lru_cache(maxsize=1024)
def words_of(pattern: str) -> frozenset[bytes] | None:
    """Return words of which each match of a pattern has one, None where there are none.

    Args:
        pattern: In the syntax that RE2 and `re` share.

    Returns:
        Words of at least `LEAST_BYTES` bytes of UTF-8, ASCII letters in lower case: a text with a
        match has one of them once its own ASCII letters are in lower case.
    """
    found = _best(_of_sequence(_parser.parse(pattern)))
    if found is None:
        return None
    words = frozenset(word.encode() for word in found)
    return words if all(len(word) >= LEAST_BYTES for word in words) else None


class _Part:
    """What is known of a part of a pattern.

    Attributes:
        exact: All that it can match, where these are few words; None otherwise.
        words: Words of which each match has one, where they are known.
    """

    def __init__(self, exact: _Exact | None, words: _Words | None) -> None:
        self.exact, self.words = exact, words


_ANYTHING = _Part(None, None)
_NOTHING = _Part(frozenset({""}), None)


def _best(part: _Part) -> _Words | None:
    """Return the better of the two things that are known."""
    options = [words for words in (part.exact, part.words) if words and "" not in words]
    return max(options, key=_worth) if options else None


def _worth(words: _Words) -> tuple[bool, float]:
    """Return how good words are to look for: first long enough, then rare."""
    encoded = [word.encode() for word in words]
    if min(map(len, encoded)) < LEAST_BYTES:
        return False, -len(words)
    return True, -sum(chance(rarest(word)) for word in encoded)


def rarest(word: bytes) -> bytes:
    """Return the four bytes in a row of a word that are the rarest."""
    return min(
        (word[at : at + LEAST_BYTES] for at in range(len(word) - LEAST_BYTES + 1)), key=chance
    )


@lru_cache(maxsize=4096)
def chance(run: bytes) -> float:
    """Return how likely bytes are in a row, were text drawn letter by letter from usual words."""
    drawn = math.prod(_SHARES.get(byte, _OTHER_SHARE) for byte in run)
    return drawn * _OF_USUAL_WORDS if run in _usual() else drawn


@cache
def _usual() -> frozenset[bytes]:
    words = (f" {word} ".encode() for word in _USUAL_WORDS.split())
    return frozenset(
        word[at : at + LEAST_BYTES] for word in words for at in range(len(word) - LEAST_BYTES + 1)
    )


def _of_sequence(items: Iterable[Any]) -> _Part:
    run: _Exact = frozenset({""})
    runs: list[_Words] = []
    known: list[_Words] = []
    whole = True
    for item in items:
        part = _of_item(item)
        joined = None
        if part.exact is not None and len(run) * len(part.exact) <= _MOST_WORDS:
            joined = frozenset(one + other for one in run for other in part.exact)
        if joined is not None:
            run = joined
            continue
        whole = False
        runs.append(run)
        run = part.exact if part.exact is not None else frozenset({""})
        if part.words:
            known.append(part.words)
    if whole:
        return _Part(run, None)
    runs.append(run)
    options = [words for words in (*runs, *known) if words and "" not in words]
    return _Part(None, max(options, key=_worth) if options else None)


def _of_item(item: Any) -> _Part:
    kind, value = item
    name = str(kind)
    if name == "LITERAL":
        return _literal(value)
    if name == "IN":
        return _of_class(value)
    if name == "SUBPATTERN":
        return _of_sequence(value[-1])
    if name == "BRANCH":
        return _of_branches([_of_sequence(branch) for branch in value[1]])
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inside = value
        part = _of_sequence(inside)
        if least == 0:
            can_be = part.exact if most == 1 else None
            return _Part(can_be | {""}, None) if can_be is not None else _ANYTHING
        return part if most == 1 else _Part(None, _best(part))
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return _NOTHING
    return _ANYTHING


def _literal(code: int) -> _Part:
    """Return one letter; case of others than ASCII letters is not folded in texts."""
    letter = chr(code)
    if letter.isascii():
        return _Part(frozenset({letter.lower()}), None)
    if letter.lower() != letter.upper():
        return _ANYTHING
    return _Part(frozenset({letter}), None)


def _of_class(items: list[Any]) -> _Part:
    letters: set[str] = set()
    for kind, value in items:
        if str(kind) == "LITERAL":
            part = _literal(value)
        elif str(kind) == "RANGE" and value[1] - value[0] < _MOST_LETTERS_OF_CLASS:
            part = _of_branches([_literal(code) for code in range(value[0], value[1] + 1)])
        else:
            return _ANYTHING
        if part.exact is None:
            return _ANYTHING
        letters |= part.exact
    return _Part(frozenset(letters), None) if len(letters) <= _MOST_LETTERS_OF_CLASS else _ANYTHING


def _of_branches(parts: list[_Part]) -> _Part:
    exact = [part.exact for part in parts]
    if all(each is not None for each in exact):
        joined = frozenset().union(*(each for each in exact if each is not None))
        if len(joined) <= _MOST_WORDS:
            return _Part(joined, None)
    best = [_best(part) for part in parts]
    if any(words is None for words in best):
        return _ANYTHING
    words = frozenset().union(*(words for words in best if words is not None))
    return _Part(None, words if len(words) <= _MOST_WORDS else None)
