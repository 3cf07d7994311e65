"""What detectors find in a row, as spots whose values are masked."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot
from curate.checks.walk import texts
from curate.detect import PERSONAL, SECRETS, masked
from curate.row import Row

_BY_KIND = {detector.kind: detector for detector in (*SECRETS, *PERSONAL)}
# What a text must match for something of a kind to be in it.
NEEDS = {kind: detector.needs for kind, detector in _BY_KIND.items()}


def found_by(kind: str, row: Row) -> Iterator[Spot]:
    """Yield a spot for each text that holds something of a kind, with the number of places."""
    for pointer, _, text in texts(row):
        places = list(_BY_KIND[kind].places(text))
        if places:
            first = places[0]
            said = f"{kind.replace('-', ' ')} at character {first.start}, {len(places)} in all"
            yield Spot(pointer, said, masked(text[first.start : first.end]))
