"""Which of many texts have what a finder needs, asked of all of them at once.

The patterns are searched for by RE2, several in one pass and then each by itself in the texts that
had one of them: the idea of its `FilteredRE2`, without words that are looked for first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from curate.detect.finder import Finder

if TYPE_CHECKING:
    import pyarrow as pa

# How many repetitions and branches are looked for in one pass. Of more, the automaton outgrows its
# cache and is built anew all the time.
_TOGETHER = 40
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_KINDS_OF_I = {"İ": "I", "ı": "i"}
_BRANCHING = re.compile(r"[*+|]|\{\d")


def screened(texts: Sequence[str], finders: tuple[Finder, ...]) -> list[list[Finder]]:
    """Return for each text the finders that may find something in it, in their order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array([_plain(text) for text in texts], pa.large_string())
    rows: dict[int, Any] = {}
    for union, members in _passes(finders):
        some = _matching(column, union)
        if not len(some):
            continue
        if len(members) == 1:
            rows[members[0]] = some
            continue
        fewer = pc.take(column, pa.array(some)) if len(some) < len(column) else column
        for at in members:
            rows[at] = some[_matching(fewer, finders[at].needs)]
    chosen: list[list[Finder]] = [[] for _ in texts]
    for at, finder in enumerate(finders):
        numbers = rows.get(at, ()) if finder.needs else np.arange(len(texts))
        for row in map(int, numbers):
            chosen[row].append(finder)
    return chosen


def _matching(column: pa.LargeStringArray, pattern: str) -> Any:
    """Return the numbers of the texts that have a pattern."""
    import numpy as np
    import pyarrow.compute as pc

    mask = pc.match_substring_regex(column, pattern)
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))


@cache
def _passes(finders: tuple[Finder, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return patterns to be searched for, and the finders that one stands for."""
    sized = sorted(
        (1 + len(_BRANCHING.findall(finder.needs)), at)
        for at, finder in enumerate(finders)
        if finder.needs
    )
    groups: list[list[int]] = []
    room = 0
    for size, at in sized:
        if not groups or size > room:
            groups.append([])
            room = _TOGETHER
        groups[-1].append(at)
        room -= size
    return tuple(
        ("|".join(f"(?:{finders[at].needs})" for at in group), tuple(group)) for group in groups
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
