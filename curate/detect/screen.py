"""Which of many texts have what a finder needs, asked of all of them at once.

The patterns are searched for by RE2, several in one pass and then each by itself in the texts that
had one of them: the idea of its `FilteredRE2`, without words that are looked for first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from curate.detect.finder import Finder

if TYPE_CHECKING:
    import pyarrow as pa

# Digits of numbers, as finders ask for them, that sort out texts before all else.
_DIGITS = (1, 6, 9)
_SEPARATED = "(?:[ .()/\u00a0\u202f\u2010-\u2015-]{0,3}[0-9])"
# For each what a text has passed before and what it must have: nothing, a run that can be a key,
# numbers of so many digits.
_GATES = (
    (-1, ""),
    (-1, "[A-Za-z0-9_-]{16}"),
    (-1, "[0-9]"),
    *((at, f"[0-9]{_SEPARATED}{{{digits - 1}}}") for at, digits in enumerate(_DIGITS[1:], 2)),
)
# How many repetitions and branches are looked for in one pass. Of more, the automaton outgrows its
# cache and is built anew all the time.
_TOGETHER = 40
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_KINDS_OF_I = {"İ": "I", "ı": "i"}
_META = frozenset(".^$*+?{}[]\\|()")
_BRANCHING = re.compile(r"[*+|]|\{\d")


_Rows = Any  # NDArray[np.intp]: numbers of texts, ascending


class _Some(NamedTuple):
    """Some of the texts: their numbers and themselves."""

    rows: _Rows
    column: pa.LargeStringArray


@dataclass(frozen=True, slots=True)
class _Gate:
    """What is looked at first, for all finders that need it.

    Attributes:
        within: The number of the gate that a text has passed before, -1 where all are looked at.
        pattern: What a text must have.
        passes: Patterns joined for one pass, and the numbers of the finders that they are of.
    """

    within: int
    pattern: str
    passes: tuple[tuple[str, tuple[int, ...]], ...]


def screened(texts: Sequence[str], finders: tuple[Finder, ...]) -> list[list[Finder]]:
    """Return for each text the finders that may find something in it, in their order."""
    import numpy as np
    import pyarrow as pa

    every = np.arange(len(texts))
    column = pa.array([_plain(text) for text in texts], pa.large_string())
    through: list[_Some] = []
    rows: dict[int, _Rows] = {}
    for gate in _gates(finders):
        outer = through[gate.within] if gate.within >= 0 else _Some(every, column)
        through.append(_matching(outer, gate.pattern) if gate.pattern else outer)
        for union, members in gate.passes:
            some = _matching(through[-1], union)
            for at in members if len(some.rows) else ():
                alone = len(members) == 1
                rows[at] = (some if alone else _matching(some, finders[at].needs)).rows
    chosen: list[list[Finder]] = [[] for _ in texts]
    for at, finder in enumerate(finders):
        some = rows.get(at, every[:0]) if finder.needs else through[_gate_of(finder)].rows
        for row in some.tolist():
            chosen[row].append(finder)
    return chosen


def _matching(texts: _Some, pattern: str) -> _Some:
    """Return those of some texts that have a pattern."""
    import numpy as np
    import pyarrow.compute as pc

    if not len(texts.rows):
        return texts
    mask = pc.match_substring_regex(texts.column, pattern).to_numpy(zero_copy_only=False)
    some = np.flatnonzero(mask)
    if len(some) == len(mask):
        return texts
    return _Some(texts.rows[some], texts.column.take(some))


@cache
def _gates(finders: tuple[Finder, ...]) -> tuple[_Gate, ...]:
    """Return the gates, each behind the one that it is within."""
    return tuple(
        _Gate(
            within,
            pattern,
            _passes(
                tuple(
                    (finder.needs, at)
                    for at, finder in enumerate(finders)
                    if finder.needs and _gate_of(finder) == number
                )
            ),
        )
        for number, (within, pattern) in enumerate(_GATES)
    )


def _gate_of(finder: Finder) -> int:
    if finder.tokens:
        return 1
    return 2 + bisect_right(_DIGITS, finder.digits) - 1 if finder.digits else 0


def _passes(needs: Sequence[tuple[str, int]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return patterns joined for one pass each, with the numbers that they came with."""
    sized = sorted((1 + len(_BRANCHING.findall(pattern)), at, pattern) for pattern, at in needs)
    groups: list[list[tuple[int, str]]] = []
    room = 0
    for size, at, pattern in sized:
        if not groups or size > room or _META.isdisjoint(pattern):
            groups.append([])
            room = _TOGETHER
        groups[-1].append((at, pattern))
        # Plain words are found alone many times as fast.
        room = 0 if _META.isdisjoint(pattern) else room - size
    return tuple(
        ("|".join(f"(?:{pattern})" for _, pattern in group), tuple(at for at, _ in group))
        for group in groups
    )


def _plain(text: str) -> str:
    """Return a text in which digits of every script are `0` and letters are what `re` takes for i.

    What UTF-8 has not is `?`.
    """
    if text.isascii():
        return text
    for each in set("".join(_NON_ASCII.findall(text))):
        if each.isdecimal():
            text = text.replace(each, "0")
        elif each in _KINDS_OF_I:
            text = text.replace(each, _KINDS_OF_I[each])
        elif "\ud800" <= each <= "\udfff":
            text = text.replace(each, "?")
    return text
