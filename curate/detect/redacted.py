"""Everything in a text that redaction replaces, as places that do not overlap."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from curate.detect.accounts import ACCOUNTS
from curate.detect.finder import Finder
from curate.detect.keys import KEYS
from curate.detect.links import LINKS, PROFILES
from curate.detect.national import NATIONAL
from curate.detect.network import NETWORK
from curate.detect.phones import PHONES
from curate.detect.postal import POSTAL
from curate.detect.screen import screened
from curate.detect.span import Confidence, Place
from curate.detect.spoken import SPOKEN

REDACTED: tuple[Finder, ...] = (
    *NETWORK,
    *LINKS,
    *KEYS,
    *SPOKEN,
    *ACCOUNTS,
    *NATIONAL,
    *PHONES,
    *POSTAL,
)
# Found only where they are asked for by name.
OPTIONAL: tuple[Finder, ...] = PROFILES
KINDS: tuple[str, ...] = tuple(sorted({each.kind for each in (*REDACTED, *OPTIONAL)}))

_TOKEN = re.compile(r"(?<![!-~])[!-~]{20,}")
# No word, no line of hyphens, no path of words.
_DENSE = re.compile(
    r"(?![A-Za-z]{1,64}(?![A-Za-z0-9_-]))(?![_-]{1,64}(?![A-Za-z0-9_-]))[A-Za-z0-9_-]{16}"
)
# A longer run of digits is a table or a constant; no number that is looked for has as many.
_TOO_LONG = 200
_MOST_DIGITS = max(finder.digits for finder in REDACTED)
_WORDS = re.compile(r"\w")
_LETTER_BEHIND = re.compile(r"[ -]?[A-Za-z]")
_REST = " \t\r\n,;:.()<>[]\"'|/-"

# Characters of which a pass over all texts pays for itself.
_WORTH_SCREENING = 32_768

Parts = list[tuple[int, int]]


@cache
def _finders(digits: int, mixed: bool, kinds: frozenset[str] | None) -> tuple[Finder, ...]:
    """Return what can be in a text with such numbers."""
    finders = REDACTED if kinds is None else (*REDACTED, *OPTIONAL)
    return tuple(
        finder
        for finder in finders
        if finder.digits <= digits
        and (mixed or not finder.mixed)
        and (kinds is None or finder.kind in kinds)
    )


class _Number(NamedTuple):
    """A number as it is written: where it is and how many digits it has."""

    start: int
    end: int
    digits: int


class _Look:
    """A text and what is found out about it once for all finders.

    Attributes:
        text: The text.
        least: How many digits a number has that is of interest.
    """

    def __init__(self, text: str, least: int = 1) -> None:
        self.text = text
        self.least = least
        self._tokens: Parts | None = None
        self._near: dict[tuple[int, bool, tuple[int, int]], Parts] = {}

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @cached_property
    def numbers(self) -> list[_Number]:
        """The numbers of the text that are of interest, in its order."""
        text = self.text
        numbers: list[_Number] = []
        for found in _numbers(self.least).finditer(text):
            start, end = found.span()
            count = end - start
            if count > 2 and not (written := found.group()).isdigit():
                count = sum(map(str.isdigit, written))
            if count <= _TOO_LONG:
                numbers.append(_Number(start, end, count))
        return numbers

    @cached_property
    def most(self) -> int:
        """How many digits the longest number has."""
        return max((number.digits for number in self.numbers), default=0)

    @cached_property
    def mixed(self) -> bool:
        """Whether a letter is next to a number."""
        return any(map(self._touches_letter, self.numbers))

    def has(self, finder: Finder) -> bool:
        """Tell whether the text has such numbers as a finder looks for."""
        return finder.digits <= (self.most if finder.digits else 0) and (
            not finder.mixed or self.mixed
        )

    def tokens(self) -> Parts:
        """Return the runs of 20 and more visible ASCII characters."""
        if self._tokens is None:
            long = max(map(len, self.text.split()), default=0) >= 20
            found = _TOKEN.finditer(self.text) if long else iter(())
            self._tokens = [at.span() for at in found if _DENSE.search(at.group())]
        return self._tokens

    def parts(self, finder: Finder) -> Parts:
        """Return the parts of the text that a finder looks at."""
        if finder.tokens:
            return self.tokens()
        present: list[str] = []
        if finder.cues:
            lower = self.lower
            cues = _ascii(finder.cues) if lower.isascii() else finder.cues
            present = [cue for cue in cues if cue in lower]
            if not present:
                return []
        if finder.around is None or (finder.cues and len(self.lower) != len(self.text)):
            return [(0, len(self.text))]
        if finder.cues:
            parts = self._widened(sorted(self._places(present)), finder.around)
            return [part for part in parts if self._holds(part, finder.digits)]
        key = (finder.digits, finder.mixed, finder.around)
        if key not in self._near:
            places = [
                (number.start, number.end)
                for number in self.numbers
                if number.digits >= finder.digits
                and (not finder.mixed or self._touches_letter(number))
            ]
            self._near[key] = self._widened(places, finder.around)
        return self._near[key]

    def _touches_letter(self, number: _Number) -> bool:
        """Tell whether an ASCII letter stands beside a number, a blank or hyphen apart at most."""
        before = self.text[max(0, number.start - 2) : number.start]
        behind = self.text[number.end : number.end + 2]
        return (
            _LETTER_BEHIND.match(before[::-1]) is not None
            or _LETTER_BEHIND.match(behind) is not None
        )

    def _holds(self, part: tuple[int, int], digits: int) -> bool:
        """Tell whether a part of the text has a number of so many digits."""
        if not digits:
            return True
        at = bisect_left(self.numbers, part[0], key=lambda number: number.end)
        while at < len(self.numbers) and self.numbers[at].start < part[1]:
            if self.numbers[at].digits >= digits:
                return True
            at += 1
        return False

    def _places(self, cues: list[str]) -> Iterator[tuple[int, int]]:
        for cue in cues:
            at = self.lower.find(cue)
            while at >= 0:
                yield at, at + len(cue)
                at = self.lower.find(cue, at + len(cue))

    def _widened(self, places: Parts, around: tuple[int, int]) -> Parts:
        """Return places with what is around them, cut at blanks, joined where they meet."""
        parts: Parts = []
        for start, end in places:
            low, high = max(0, start - around[0]), min(len(self.text), end + around[1])
            if parts and low <= parts[-1][1]:
                parts[-1] = (parts[-1][0], max(high, parts[-1][1]))
            else:
                parts.append((low, high))
        return [(self._cut_before(low), self._cut_behind(high)) for low, high in parts]

    def _cut_before(self, at: int) -> int:
        """Return where the word begins in which an index lies, at most 64 characters before it."""
        low = max(0, at - 64)
        cut = max(self.text.rfind(" ", low, at), self.text.rfind("\n", low, at))
        return cut + 1 if cut >= 0 else 0 if low == 0 else at

    def _cut_behind(self, at: int) -> int:
        """Return where the word ends in which an index lies, at most 64 characters behind it."""
        high = min(len(self.text), at + 64)
        cuts = (self.text.find(" ", at, high), self.text.find("\n", at, high))
        found = [cut for cut in cuts if cut >= 0]
        return min(found) if found else high if high == len(self.text) else at


@cache
def _numbers(least: int) -> re.Pattern[str]:
    """Return what finds numbers of so many digits and more, each as long as it is."""
    further = r"(?:[ .()/\u00a0\u202f\u2010-\u2015-]{0,3}[0-9])"
    return re.compile(f"[0-9]{further}{{{least - 1},}}")


@cache
def _ascii(cues: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cues that a text of ASCII can hold."""
    return tuple(cue for cue in cues if cue.isascii())


def scan(text: str, region: str | None = None, kinds: Collection[str] | None = None) -> list[Place]:
    """Return what redaction replaces in a text, in its order, none overlapping another.

    Where two overlap, a certain one goes before a likely one and a longer one before a shorter;
    what the other has beyond it stays a place of its own. The time grows with the text's length.

    Args:
        text: Any text.
        region: The region of its writer as ISO 3166-1 has it (`DE`), by which numbers of phones
            without a country are read; None knows none.
        kinds: The names of what is looked for, of `KINDS`; None for all of `REDACTED`.

    Returns:
        Places with `what` and `confidence`; the same for the same arguments.
    """
    if len(text) >= _WORTH_SCREENING:
        return scan_many((text,), region, kinds)[0]
    look = _Look(text)
    named = None if kinds is None else frozenset(kinds)
    return _found(look, _finders(min(look.most, _MOST_DIGITS), look.mixed, named), region)


def _found(look: _Look, finders: Iterable[Finder], region: str | None) -> list[Place]:
    text = look.text
    found: list[Place] = []
    for finder in finders:
        for low, high in look.parts(finder):
            part = text if high - low == len(text) else text[low:high]
            for hit in finder.find(part, region):
                place = Place(
                    finder.kind, low + hit.start, low + hit.end, finder.what, hit.confidence
                )
                found.append(place)
    return _apart(text, found) if len(found) > 1 else found


def scan_many(
    texts: Sequence[str], region: str | None = None, kinds: Collection[str] | None = None
) -> list[list[Place]]:
    """Return what redaction replaces in each of many texts: what `scan` finds, but faster.

    Args:
        texts: Any texts; some hundred at once are enough.
        region: As `scan` has it, for all of them.
        kinds: As `scan` has it.

    Returns:
        The places of each text, in the order of the texts.
    """
    if sum(map(len, texts)) < _WORTH_SCREENING:
        return [scan(text, region, kinds) for text in texts]
    named = None if kinds is None else frozenset(kinds)
    every = _finders(_MOST_DIGITS, True, named)
    found: list[list[Place]] = []
    for text, finders in zip(texts, screened(texts, every), strict=True):
        if not finders:
            found.append([])
            continue
        look = _Look(text, min((each.digits for each in finders if each.digits), default=1))
        found.append(_found(look, filter(look.has, finders), region))
    return found


_ORDER: dict[Confidence, int] = {"certain": 0, "likely": 1}


def _apart(text: str, found: list[Place]) -> list[Place]:
    """Return places that do not overlap, and what is left of those that did."""
    taken: list[Place] = []
    for cluster in _clusters(found):
        cluster.sort(key=lambda at: (_ORDER[at.confidence], at.start - at.end, at.start))
        kept: list[Place] = []
        for place in cluster:
            for start, end in _free(place.start, place.end, kept):
                rest = text[start:end]
                if (start, end) == (place.start, place.end):
                    kept.append(place)
                elif len(_WORDS.findall(rest)) >= 2:
                    head = len(rest) - len(rest.lstrip(_REST))
                    tail = len(rest) - len(rest.rstrip(_REST))
                    kept.append(place._replace(start=start + head, end=end - tail))
        taken += sorted(kept, key=lambda at: at.start)
    return taken


def _clusters(found: list[Place]) -> list[list[Place]]:
    """Return places grouped by what they touch, in the text's order."""
    clusters: list[list[Place]] = []
    reach = -1
    for place in sorted(found, key=lambda at: (at.start, at.end)):
        if place.start >= reach:
            clusters.append([])
        clusters[-1].append(place)
        reach = max(reach, place.end)
    return clusters


def _free(start: int, end: int, kept: list[Place]) -> list[tuple[int, int]]:
    """Return the parts of a range that no kept place covers."""
    parts = [(start, end)]
    for other in kept:
        parts = [
            piece
            for low, high in parts
            for piece in ((low, min(high, other.start)), (max(low, other.end), high))
            if piece[0] < piece[1]
        ]
    return parts
