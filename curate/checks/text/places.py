"""Places in texts: what a pattern finds in a row, as spots, and a fix that replaces it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from curate.checks.base import Spot
from curate.checks.walk import texts, with_texts
from curate.row import Row

_AROUND = 20


def found(row: Row, pattern: re.Pattern[str], what: str) -> Iterator[Spot]:
    """Yield a spot for each text in which the pattern occurs, with the first place of it."""
    for pointer, _, text in texts(row):
        if match := pattern.search(text):
            yield Spot(pointer, f"{what} at character {match.start()}", around(text, match))


def around(text: str, match: re.Match[str]) -> str:
    """Return a match with a little of the text on both sides."""
    return text[max(0, match.start() - _AROUND) : match.end() + _AROUND]


def characters(row: Row, pattern: re.Pattern[str], *, ascii_too: bool = False) -> Iterator[Spot]:
    """Yield a spot for each text that holds a character of the pattern, with the number of them."""
    for pointer, _, text in texts(row):
        if (ascii_too or not text.isascii()) and (match := pattern.search(text)):
            count = len(pattern.findall(text))
            name = f"U+{ord(match[0][0]):04X}"
            yield Spot(pointer, f"{name} at character {match.start()}, {count} in all")


def replacing(pattern: re.Pattern[str], by: str) -> Callable[[Row], Row]:
    """Return a fix that puts `by` for the pattern in every text."""

    def fix(row: Row) -> Row:
        return with_texts(row, lambda text: pattern.sub(by, text))

    return fix
