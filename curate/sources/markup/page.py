"""HTML → plain text, as a mail program shows it: lines, lists, quotes, tables; no marks.

What becomes of what: a block is lines of its own; an item of a list begins with `- ` or its
number; a row of a table is a line whose cells are parted by tabs; `hr` is `-----`; `pre` keeps its
spaces; a quotation's lines begin with `> `. A link is its text: where it leads is never written,
since addresses of links carry tokens. An image is nothing, but for an emoji, which is its `alt`.
Scripts, styles, what is not shown and what only fills a preview are left out.

Tags are read one by one into a stack of bounded depth and no tree is built: time grows with the
length alone, whatever the markup. A tree builder's does not (20,000 nested lists took
selectolax 1.0.2 3.2 s, and the time grows with the square of the depth).

Source: HTML Standard, sections 13.2.5 (where tags end), 13.1.2.4 (end tags that may be left out)
and 15.3 (how flow content is shown).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from curate.sources.markup import tags
from curate.sources.markup.lines import Lines
from curate.sources.markup.marks import PLAIN, Marks, marks

_DEPTH, _SEEN_BACK = 512, 64
_TAG_CHARS = 16 << 10

_BEGIN = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+|["'])*+)>"""
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_OTHER = re.compile(r"<[/!?][^>]*+>")
_SURROGATES = re.compile("[\ud800-\udfff]")

_LEVELS = 16
_FORWARD = re.compile(r"\s*+[-=_]{5,}")


def text_of(html: str | bytes, *, quotes: bool = True) -> str:
    r"""Return the text of an HTML document or fragment.

    Args:
        html: The markup; bytes are read as UTF-8, and each that is not is U+FFFD, so a caller who
            must know of them decodes them first.
        quotes: Whether quotations (`blockquote`, and what mail programs put an answered mail in)
            are marked: each line begins with one `>` for each level and a space. Without it a
            quotation is text like other text.

    Returns:
        Lines that end in `\n`, without one at the end; at most one blank line in a row outside
        `pre`; "" for a page that shows no text. The same markup gives the same text.
    """
    if isinstance(html, bytes):
        html = html.decode("utf-8", "replace")
    if not html.isascii():
        html = _SURROGATES.sub("\ufffd", html)
    return _Page(quotes).read(html)


@dataclass(slots=True)
class _Open:
    """An element that is open, and what was so around it.

    Attributes:
        tag: Its name.
        hidden: Whether text was hidden around it.
        kept: Whether white space was kept around it.
        ends: The line ends that follow it, for a block.
        framed: Whether it is a quotation, which ends with it.
        heading: Whether it holds the line above a quotation and then, it may be, own words.
        listed: Whether it is a list.
        row: What `Lines.end_row` is given, for a row; None for others.
    """

    tag: str
    hidden: bool
    kept: bool
    ends: int = 0
    framed: bool = False
    heading: bool = False
    listed: bool = False
    row: int | None = None


class _Page:
    """The reading of one page."""

    def __init__(self, quotes: bool) -> None:
        self._quotes = quotes
        self._lines = Lines()
        self._open: list[_Open] = []
        self._counts: dict[str, int] = {}
        self._hidden = self._kept = False
        self._lists: list[int] = []
        # For each quotation around this place, whether the rest of it is a quoted mail.
        self._frames = [False]
        # The last container of a reply whose first words were not met yet.
        self._unread: _Open | None = None

    def read(self, html: str) -> str:
        """Return the text."""
        done = 0
        while (begin := _BEGIN.search(html, done)) is not None:
            start = begin.start()
            if start > done:
                self._text(html[done:start])
            tag = _TAG.match(html, start)
            if tag is not None:
                done = tag.end()
                name = tag[2].lower()
                if tag[1]:
                    self._end(name)
                elif name in tags.SKIPPED:
                    done = _behind(html, name, done)
                elif name not in tags.LOOKS:
                    self._start(name, tag[3])
                continue
            other = (_COMMENT if html.startswith("<!--", start) else _OTHER).match(html, start)
            if other is None:
                # A comment without an end hides the rest; another tag without one is words.
                done = len(html) if html.startswith("<!--", start) else start
                break
            done = other.end()
        if done < len(html):
            self._text(html[done:])
        return self._lines.whole()

    def _text(self, text: str) -> None:
        if self._hidden:
            return
        text = unescape(text) if "&" in text else text
        if self._unread is not None and not text.isspace():
            # A forwarded mail is somebody else's to its end, with all that it quotes.
            self._unread.heading = _FORWARD.match(text) is None
            self._unread = None
        self._lines.text(text, self._kept)

    def _start(self, tag: str, attributes: str) -> None:
        if tag in tags.VOID:
            self._void(tag, marks(attributes) if tag in tags.TELLING else PLAIN)
            return
        self._imply(tag)
        known = marks(attributes) if len(attributes) < _TAG_CHARS else PLAIN
        ends = self._ends_of(tag, known)
        if ends and not self._hidden:
            self._lines.ask(ends)
        if len(self._open) >= _DEPTH:
            return
        element = _Open(tag, self._hidden, self._kept, ends)
        self._hidden = self._hidden or known.hidden
        self._kept = tag == "pre" or (self._kept if known.wrapped is None else known.wrapped)
        if not self._hidden:
            self._structure(element, known)
            if self._quotes:
                self._quotation(element, known)
        self._open.append(element)
        self._counts[tag] = self._counts.get(tag, 0) + 1

    def _ends_of(self, tag: str, known: Marks) -> int:
        if tag in tags.LISTS:
            return 1 if self._lists else 2
        if tag in tags.GAPS:
            if tag == "blockquote" and known.indented:
                return 1
            return 1 if known.tight or (tag == "table" and self._counts.get("table")) else 2
        return 1 if tag in tags.BREAKS else 0

    def _void(self, tag: str, known: Marks) -> None:
        if self._hidden:
            return
        if tag == "br":
            self._lines.end_line()
        elif tag == "hr":
            self._lines.rule()
            if known.quoted == "rest" and self._quotes:
                self._quote_rest()
        elif tag == "img" and known.emoji and not known.hidden:
            self._lines.text(known.emoji, kept=True)

    def _structure(self, element: _Open, known: Marks) -> None:
        """Begin a list, an item, a row or a cell."""
        tag = element.tag
        if tag in tags.LISTS:
            element.listed = True
            self._lists.append(known.start if tag == "ol" else -1)
        elif tag == "li":
            self._lines.item(self._bullet())
        elif tag == "tr":
            element.row = self._lines.row()
        elif tag in tags.CELLS:
            self._lines.cell()

    def _bullet(self) -> str:
        if not self._lists:
            return "- "
        indent = "  " * min(len(self._lists) - 1, _LEVELS)
        number = self._lists[-1]
        if number < 0:
            return f"{indent}- "
        self._lists[-1] += 1
        return f"{indent}{number}. "

    def _quotation(self, element: _Open, known: Marks) -> None:
        """Begin a quotation where an element is one."""
        around = self._open[-1] if self._open else None
        if element.tag == "blockquote":
            if known.indented:
                return
            if around is not None and around.heading:
                around.heading = around.framed = False
                self._frames.pop()
            element.framed = True
        elif known.quoted == "rest":
            self._quote_rest()
            return
        elif known.quoted == "head":
            element.framed = self._unread is None and not any(o.heading for o in self._open[-4:])
        elif known.quoted:
            element.framed = True
            if known.quoted == "reply":
                element.heading, self._unread = True, element
        if element.framed:
            self._frames.append(False)
            self._level()

    def _quote_rest(self) -> None:
        if not self._frames[-1]:
            self._frames[-1] = True
            self._level()
            self._lines.quote_rule()

    def _level(self) -> None:
        self._lines.quote(min(len(self._frames) - 1 + sum(self._frames), _LEVELS))

    def _imply(self, tag: str) -> None:
        """End what an opening tag ends: a paragraph, the item or the cell before it."""
        if tag in tags.BLOCKS and self._counts.get("p"):
            self._close(tags.PARAGRAPH, tags.OTHER_BLOCKS)
        if (ends := tags.ENDS.get(tag)) is not None:
            self._close(*ends)

    def _end(self, tag: str) -> None:
        if tag == "br":
            self._void(tag, PLAIN)
        elif self._counts.get(tag):
            blocks = tags.FENCES - {tag} if tag in tags.BLOCKS else tags.BLOCKS
            self._close(frozenset((tag,)), frozenset() if tag in tags.TABLES else blocks)

    def _close(self, wanted: frozenset[str], fences: frozenset[str]) -> None:
        """End the innermost open element of some tags, unless a fence stands around this place."""
        for back in range(1, min(len(self._open), _SEEN_BACK) + 1):
            tag = self._open[-back].tag
            if tag in wanted:
                for _ in range(back):
                    self._leave(self._open.pop())
                return
            if tag in fences:
                return

    def _leave(self, element: _Open) -> None:
        self._counts[element.tag] -= 1
        if not self._hidden:
            if element.tag == "li":
                self._lines.end_item()
            if element.row is not None:
                self._lines.end_row(element.row)
            elif element.ends:
                self._lines.ask(element.ends)
        if element.listed:
            self._lists.pop()
        if element is self._unread:
            self._unread = None
        if element.framed:
            self._frames.pop()
            self._level()
        self._hidden, self._kept = element.hidden, element.kept


def _behind(html: str, tag: str, start: int) -> int:
    """Return where an element ends of which nothing is read, or the end of it all."""
    end = re.compile(rf"</{re.escape(tag)}[^>]*+>", re.IGNORECASE).search(html, start)
    return len(html) if end is None else end.end()
