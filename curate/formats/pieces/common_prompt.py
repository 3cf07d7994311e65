"""Two whole conversations on their way to a pair: what they begin with, and why they may not."""

from __future__ import annotations

from typing import Any, Protocol

from curate.finding import Hit
from curate.formats.pieces.sides import common


class TurnReader(Protocol):
    """What reads the turns of a format, with pointers into the record."""

    hits: list[Hit]

    def messages(self, items: list[Any], column: str, source: str) -> object:
        """Read a list of turns; faults go to `hits`."""


def shared_prompt(
    reader: TurnReader, chosen: tuple[str, list[Any]], rejected: tuple[str, list[Any]]
) -> int:
    """Return how many first turns two conversations share; 0, with a hit, where there is none.

    A misspelt role on one side makes the first turns differ: it is then named instead (TRN001),
    since it is what has to be mended. Else the hit is PRF001.

    Args:
        reader: Reads the turns.
        chosen: The better conversation, by its pointer.
        rejected: The worse conversation, by its pointer.
    """
    known = len(reader.hits)
    shared = common(chosen[1], rejected[1], reader.hits)
    if shared:
        return shared
    apart = [hit._replace(pointer=rejected[0]) for hit in reader.hits[known:]]
    for source, turns in (chosen, rejected):
        reader.messages(turns, "prompt", source)
    roles = [hit for hit in reader.hits[known:] if hit.code == "TRN001"]
    reader.hits[known:] = roles or apart
    return 0
