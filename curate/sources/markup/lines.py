"""Lines of plain text, put together from the pieces of a page."""

from __future__ import annotations

import re

RULE = "-----"
_SPACES = re.compile(r"[ \t\n\r\f]+")
# Nothing is seen of these; a joiner is, where it stands between letters or in an emoji.
_NOTHING = re.compile("[\u00ad\u034f\u180e\u200b\u2060\ufeff\x00]+")
_JOINERS = re.compile("[\u200c\u200d]+")


class Lines:
    """The lines of a page; line ends and blank lines are written when text follows them.

    Attributes:
        level: How many quotations the text that comes stands in.
    """

    def __init__(self) -> None:
        self.level = 0
        self._done: list[tuple[int, str | None]] = []
        self._line: list[str] = []
        self._level = 0
        self._ends = 0
        self._item = ""
        self._row = -1
        # Behind a bullet or the start of a cell a block begins no line.
        self._fresh = False

    def text(self, text: str, kept: bool) -> None:
        """Add text; white space is one space, or stays where it is `kept`."""
        if kept:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._add(first)
            for other in others:
                self.end_line(blank="")
                self._add(other)
            return
        text = _SPACES.sub(" ", text)
        if (text[:1] == " " and (self._ends or self._fresh or not self._line)) or (
            text[:1] == " " and self._line[-1][-1:] in " \t"
        ):
            text = text[1:]
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        if not text:
            return
        self._flush()
        if self._item:
            self._line.append(self._item)
            self._item = ""
        self._fresh = False
        self._line.append(text)

    def _flush(self) -> None:
        if self._ends and (self._line or self._done):
            self._finish()
            if self._ends > 1 and self._done and self._done[-1][1]:
                self._done.append((min(self._done[-1][0], self.level), None))
        self._ends = 0
        if not self._line:
            self._level = self.level

    def _finish(self) -> None:
        if self._line:
            self._done.append((self._level, "".join(self._line)))
            self._line = []

    def ask(self, ends: int) -> None:
        """Ask for a line end (1), or for a blank line too (2), before the next text."""
        if not self._fresh:
            self._ends = max(self._ends, ends)

    def quote(self, level: int) -> None:
        """Go to another level of quotation, on a new line."""
        self._fresh = False
        self.ask(2)
        self.level = level

    def quote_rule(self) -> None:
        """Move a rule that was written last to the level of what follows, which it begins."""
        if self._line == [RULE]:
            self._level = self.level

    def end_line(self, blank: str | None = None) -> None:
        """End the line here; where it holds nothing, a blank line stands there."""
        self._flush()
        self._fresh = False
        if self._line:
            self._finish()
        else:
            self._done.append((self.level, blank))

    def rule(self) -> None:
        """Write a line of its own that parts what is above from what is below."""
        self._fresh = False
        self.ask(1)
        self._add(RULE)
        self.ask(1)

    def item(self, mark: str) -> None:
        """Begin an item of a list; its mark is written once it holds text."""
        self._fresh = False
        self.ask(1)
        self._item, self._fresh = mark, True

    def end_item(self) -> None:
        """End an item; one without text leaves nothing."""
        if self._item:
            self._item, self._fresh = "", False
        self.ask(1)

    def row(self) -> int:
        """Begin a row of a table; returns what `end_row` is given."""
        self._fresh = False
        self.ask(1)
        self._flush()
        around, self._row = self._row, len(self._done)
        return around

    def end_row(self, around: int) -> None:
        """End a row."""
        self._fresh = False
        self._ends = 1
        self._row = around

    def cell(self) -> None:
        """Begin a cell: behind a tab where the row's line holds text, else on a new line."""
        if self._line and self._row == len(self._done):
            self._ends = 0
            if self._line[-1] != "\t":
                self._line.append("\t")
            self._fresh = True
        elif self._line:
            self._ends = max(self._ends, 1)

    def whole(self) -> str:
        """Return all lines: `> ` for quotations, single blank lines, no white space at ends."""
        self._finish()
        lines: list[str] = []
        held: list[str] = []
        single = False
        for level, text in self._done:
            shown = _shown(text) if text else ""
            prefix = ">" * level
            if shown:
                lines += held
                held, single = [], False
                lines.append(f"{prefix} {shown}" if level else shown)
            elif lines and not (text is None and single):
                single = text is None or single
                held.append(prefix)
        return "\n".join(lines)


def _shown(text: str) -> str:
    text = _NOTHING.sub("", text.replace("\xa0", " "))
    if "\u200c" in text or "\u200d" in text:
        text = _JOINERS.sub(_joining, text)
    text = text.rstrip()
    return "-- " if text == "--" else text


def _joining(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    between = start > 0 and end < len(text)
    return found[0] if between and not (text[start - 1].isspace() or text[end].isspace()) else ""
