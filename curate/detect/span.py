"""What a detector is, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Accepts = Callable[[re.Match[str]], bool]
Confidence = Literal["certain", "likely"]


class Place(NamedTuple):
    """A place in a text.

    Attributes:
        kind: The detector's name, `email-address`.
        start: Index of the first character.
        end: Index behind the last.
        what: What a replacement calls it, one of `finder.CLASSES`; "" for what is only reported.
        confidence: `certain` by its check digits or its form, else `likely`.
    """

    kind: str
    start: int
    end: int
    what: str = ""
    confidence: Confidence = "certain"


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of thing that is found.

    Attributes:
        kind: Its name.
        pattern: Matches it; the group `value`, where there is one, is the thing itself.
        needs: A pattern that every text with one matches, in the syntax that RE2 and `re` share.
        accepts: Says whether a match is one: a check sum, or not a well-known example.
    """

    kind: str
    pattern: re.Pattern[str]
    needs: str
    accepts: Accepts | None = None

    def places(self, text: str) -> Iterator[Place]:
        """Yield every place in a text, in order."""
        for found in self.pattern.finditer(text):
            if self.accepts is None or self.accepts(found):
                group = "value" if "value" in self.pattern.groupindex else 0
                start, end = found.span(group)
                yield Place(self.kind, start, end)


def masked(value: str) -> str:
    """Return a value as it may be shown: its first two characters and how long it is."""
    return f"{value[:2]}… ({len(value)} characters)"
