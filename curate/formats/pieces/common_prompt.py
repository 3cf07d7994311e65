"""Two whole conversations on their way to a pair: what they begin with, and why they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from curate.finding import Hit
from curate.formats.pieces.sides import common

Turns = list[Any]
ReadTurns = Callable[[Turns, str], object]


def shared_prompt(
    hits: list[Hit], read: ReadTurns, chosen: tuple[str, Turns], rejected: tuple[str, Turns]
) -> int:
    """Return how many first turns two conversations share; 0, with a hit, where there is none.

    A misspelt role on one side makes the first turns differ: it is then named (TRN001), since it
    is what has to be mended. Else the hit is PRF001.

    Args:
        hits: Gets the fault.
        read: Reads turns that stand at a pointer; its faults go to `hits`.
        chosen: The better conversation and its pointer.
        rejected: The worse conversation and its pointer.
    """
    known = len(hits)
    shared = common(chosen[1], rejected[1], hits)
    if shared:
        return shared
    apart = [hit._replace(pointer=rejected[0]) for hit in hits[known:]]
    del hits[known:]
    if not any([misspelt(hits, read, *chosen), misspelt(hits, read, *rejected)]):
        hits += apart
    return 0


def misspelt(hits: list[Hit], read: ReadTurns, pointer: str, turns: Turns) -> bool:
    """Return whether turns have unknown roles, which are then all that is said of them."""
    known = len(hits)
    read(turns, pointer)
    hits[known:] = [hit for hit in hits[known:] if hit.code == "TRN001"]
    return len(hits) > known
