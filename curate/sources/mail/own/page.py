"""The lines of a mail, with what is worth knowing of each before any rule looks."""

from __future__ import annotations

import re
from itertools import accumulate

# Blanks of other scripts, zero-width characters and direction marks: each becomes one space, so
# that places stay what they are.
_ODD = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
_MARKS = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c"
    "\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufffc\x00\x0b\x0c\t"
)
# Proton Mail ruled its separators with hyphens that are none of ASCII.
_HYPHENS = "\u2010\u2011\u2012"
_PLAIN = str.maketrans(_ODD + _MARKS + _HYPHENS, " " * len(_ODD + _MARKS) + "---")
_QUOTED = re.compile(r" {0,3}(?:[>＞]|[A-Z]>{6})")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
LONGEST = 1_000
# No mail has as many lines that look like the start of a quote and are none.
BUDGET = 1_000


class Page:
    """A text as lines; every rule reads it, and marks what it cuts.

    Attributes:
        text: The text.
        lowered: The text in small letters, to look for literals in; places may differ.
        lines: Its lines without their ends, each at most `LONGEST` characters, odd blanks plain.
        starts: Index in the text where each line starts, and the text's length at the end.
        quoted: Whether each line starts as a quote does.
        last_quoted: The last line that does, -1 for none; set once broken lines are healed.
        fenced: Whether each line lies in a fenced block of code.
        marks: The rule that cuts each line, None where it is kept.
        glued: Line to the column from which it is cut.
        first_own: The first line that was looked at and found to be no quote.
        budget: How many more lines are looked at closely that turn out to be none.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lowered = text.lower()
        plain = text.translate(_PLAIN) if not text.isascii() or "\t" in text else text
        if "\r" in plain:
            plain = plain.replace("\r\n", " \n").replace("\r", "\n")
        whole = plain.split("\n")
        ends = accumulate(map(len, whole), initial=0)
        self.starts = [end + at for at, end in enumerate(ends)]
        self.starts[-1] -= 1
        self.lines = [line[:LONGEST].rstrip() for line in whole]
        if ">" in plain or "＞" in plain:
            self.quoted = [_QUOTED.match(line) is not None for line in self.lines]
        else:
            self.quoted = [False] * len(whole)
        self.any_quoted = True in self.quoted
        self.last_quoted = -1
        self.fenced = self._fences() if "```" in text or "~~~" in text else [False] * len(whole)
        self.marks: list[str | None] = [None] * len(whole)
        self.glued: dict[int, tuple[int, str]] = {}
        self.first_own: int | None = None
        self.budget = BUDGET

    def __len__(self) -> int:
        return len(self.lines)

    def _fences(self) -> list[bool]:
        """Return which lines lie in a closed fence."""
        inside = [False] * len(self.lines)
        opened: int | None = None
        for at, line in enumerate(self.lines):
            if _FENCE.match(line):
                if opened is None:
                    opened = at
                else:
                    inside[opened : at + 1] = [True] * (at + 1 - opened)
                    opened = None
        return inside

    def mark(self, rule: str, start: int, end: int) -> None:
        """Cut the lines from `start` up to `end` that no rule has cut yet."""
        for at in range(start, min(end, len(self.marks))):
            if self.marks[at] is None:
                self.marks[at] = rule

    def is_blank(self, at: int) -> bool:
        """Say whether a line is blank."""
        return not self.lines[at]

    def next_full(self, at: int, within: int = 12) -> int | None:
        """Return the first line from `at` on that is not blank, None where `within` are."""
        for index in range(at, min(at + within, len(self.lines))):
            if self.lines[index]:
                return index
        return None

    def last_full(self, at: int, within: int = 4) -> int | None:
        """Return the last line before `at` that is not blank, None where `within` are."""
        for index in range(at - 1, max(at - 1 - within, -1), -1):
            if self.lines[index]:
                return index
        return None

    def first_kept(self) -> int | None:
        """Return the first line that is kept and not blank, None where none is."""
        for at, mark in enumerate(self.marks):
            if mark is None and self.lines[at]:
                return at
        return None

    def kept(self) -> list[tuple[int, int]]:
        """Return the spans of the text that no rule has cut, ascending, without blank edges."""
        if not self.glued and not any(self.marks):
            return [(0, len(self.text))]
        spans: list[tuple[int, int]] = []
        begun: int | None = None
        for at, mark in enumerate(self.marks):
            glue = self.glued.get(at) if self.glued else None
            if mark is None or glue is not None:
                begun = self.starts[at] if begun is None else begun
            if begun is not None and (mark is not None or glue is not None):
                end = self.starts[at] + glue[0] if glue is not None else self.starts[at]
                spans.append((begun, end))
                begun = None
        if begun is not None:
            spans.append((begun, len(self.text)))
        return spans
