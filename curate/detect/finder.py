"""What looks for one kind of thing that is replaced, and what a text must have for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from curate.detect.late import late
from curate.detect.span import Accepts, Confidence

# What a replacement may call what was found.
CLASSES = (
    "address",
    "card",
    "date_of_birth",
    "email",
    "iban",
    "id",
    "ip",
    "key",
    "mac",
    "phone",
    "secret",
    "url",
    "wallet",
)


class Hit(NamedTuple):
    """Where something lies in a text, and how sure that is."""

    start: int
    end: int
    confidence: Confidence


Find = Callable[[str, str | None], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Finder:
    """One kind of thing that is found to be replaced, and where in a text it is looked for.

    Attributes:
        kind: Its name, `nl-bsn`.
        what: What a replacement calls it, one of `CLASSES`.
        find: Yields where it lies, given a text and the region of its writer (`DE`, or None), in a
            time that grows with the text's length.
        cues: Words in lower case of which a text must hold one; empty where none is needed.
        digits: How many digits a number of the text must have, with at most three separators
            between two of them.
        mixed: Whether an ASCII letter must stand before or behind a number, at most a blank or a
            hyphen apart.
        around: How many characters before and behind a cue, or a number where there are no cues,
            can belong to it; None looks at the whole text.
        tokens: Whether only runs of 20 and more visible ASCII characters are looked at.
        rule: The law, standard or manual that it follows; "" where the name says it.
        needs: A pattern that every text has in which something is found, in the syntax that RE2
            and `re` share, by which `screen` sorts out many texts at once; "" where all are
            looked at that have such numbers. Digits of any script are `0` for it, and the Turkish
            letters İ and ı are I and i.
    """

    kind: str
    what: str
    find: Find
    cues: tuple[str, ...] = ()
    digits: int = 0
    mixed: bool = False
    around: tuple[int, int] | None = None
    tokens: bool = False
    rule: str = ""
    needs: str = ""


def by_pattern(
    pattern: str,
    accepts: Accepts | None = None,
    confidence: Confidence = "certain",
    flags: re.RegexFlag = re.NOFLAG,
) -> Find:
    """Return what finds the matches of a pattern: its group `value`, where it has one.

    Args:
        pattern: In the syntax of `re`; its time must grow with the text's length.
        accepts: Says whether a match is one; None accepts each.
        confidence: How sure every match is.
        flags: Flags of the pattern.
    """
    compiled = late(pattern, flags)
    group: str | int = "value" if "(?P<value>" in pattern else 0

    def find(text: str, region: str | None) -> Iterator[Hit]:
        for found in compiled.finditer(text):
            if accepts is None or accepts(found):
                yield Hit(*found.span(group), confidence)

    return find


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return re.sub(r"[^0-9]", "", text)
