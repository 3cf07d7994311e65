"""Markdown notes: one note is one text; front matter and title go to `extra`.

Marks of Obsidian become what it shows: `[[note|label]]` is its label, an embedded file or a comment
is left out, the head of a callout is its title.

Source: Obsidian Help: Internal links, Embed files, Callouts, Comments, Properties; CommonMark 0.31
sections 4.2 (headings) and 4.5 (fenced code).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from curate.errors import UsageError
from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.documents.whole import (
    claimed_where_most,
    left_out,
    not_utf8,
    read_whole,
    title_of,
)
from curate.strict_yaml import parse_text

ENDINGS = (".md", ".markdown")
_FRONT_BYTES = 64 << 10
_MOST_HEADINGS = 200
_FRONT = re.compile(r"---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+([^\n]+)")
_CALLOUT = re.compile(r"((?:[ \t]{0,3}>[ \t]?)+)\[!([\w-]{1,40})(?:\|[^\]\n]{0,40})?\][-+]?[ \t]*")
_MARKS = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<comment>%%)"
    r"|!\[\[(?P<embed>[^\[\]\n]{1,500})\]\]"
    r"|\[\[(?P<link>[^\[\]\n]{1,500})\]\]"
    r"|!\[(?P<alt>[^\[\]\n]{0,500})\]\((?P<data>data:[^()\s]*)\)"
)


def note_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield one chunk with the note as a text."""
    del reading
    whole = read_whole(source, limits)
    fault = not_utf8(whole.raw) if whole.cut is None else None
    if fault is not None or whole.cut is not None:
        yield whole.chunk({}, fault)
        return
    text = whole.raw.decode().replace("\r\n", "\n").replace("\r", "\n")
    extra: dict[str, Any] = {"title": title_of(source)}
    front, text, hit = _front_matter(text)
    if hit is not None:
        whole.notes.append(hit)
    if front:
        extra["front_matter"] = front
        extra["title"] = front["title"] if isinstance(front.get("title"), str) else extra["title"]
    text, headings, counts = plain_note(text)
    whole.notes += left_out(counts)
    if headings:
        extra["headings"] = headings
    fault = None if text else Hit("SRC089", "", "the note has no text")
    yield whole.chunk({"text": text, "extra": extra}, fault)


def _front_matter(text: str) -> tuple[dict[str, Any], str, Hit | None]:
    """Return the front matter, the text behind it, and why it was not understood."""
    if not text.startswith("---"):
        return {}, text, None
    found = _FRONT.match(text, 0, _FRONT_BYTES)
    if found is None:
        return {}, text, None  # a line across the page, or no end within the limit
    if not (found[1] or "").strip():
        return {}, text[found.end() :], None
    try:
        front = parse_text(found[1], "front matter").plain()
        orjson.dumps(front)  # half a pair of surrogates can be written as an escape
    except (UsageError, ValueError, OverflowError, orjson.JSONEncodeError):
        return {}, text, Hit("SRC085", "", "the front matter cannot be read as YAML")
    return front, text[found.end() :], None


def plain_note(text: str) -> tuple[str, list[str], dict[str, int]]:
    r"""Return a note as it is shown, its headings, and what was left out of it.

    Args:
        text: Markdown whose lines end in `\n`.

    Returns:
        The text, without blank lines around it; the headings with those above them (`Trip / Food`),
        at most 200; how many parts of each kind were left out. What stands in code is untouched.
    """
    out: list[str] = []
    prose: list[str] = []
    trail: list[tuple[int, str]] = []
    headings: list[str] = []
    counts: Counter[str] = Counter()
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            out.append(line)
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
            continue
        if mark and not ("`" in mark[1] and "`" in mark[2]):
            fence = mark[1]
            out += [_shown("\n".join(prose), counts), line] if prose else [line]
            prose = []
            continue
        if (heading := _HEADING.match(line)) is not None:
            _note_heading(heading, trail, headings)
        prose.append(_callout(line))
    if prose:
        out.append(_shown("\n".join(prose), counts))
    return "\n".join(out).strip("\n").rstrip(), headings, dict(counts)


def _note_heading(found: re.Match[str], trail: list[tuple[int, str]], headings: list[str]) -> None:
    level, title = len(found[1]), found[2].strip().rstrip("#").rstrip()
    while trail and trail[-1][0] >= level:
        trail.pop()
    trail.append((level, title[:200]))
    if len(headings) < _MOST_HEADINGS:
        headings.append(" / ".join(title for _, title in trail))


def _callout(line: str) -> str:
    found = _CALLOUT.match(line)
    if found is None:
        return line
    return found[1] + (line[found.end() :] or found[2].capitalize())


def _shown(text: str, counts: Counter[str]) -> str:
    """Return prose with the marks of its links as they are shown, without embeds and comments."""
    parts: list[str] = []
    at = 0
    while (found := _MARKS.search(text, at)) is not None:
        parts.append(text[at : found.start()])
        at = found.end()
        if found["code"] is not None:
            parts.append(found[0])
        elif found["comment"] is not None:
            end = text.find("%%", at)
            if end < 0:
                parts.append("%%")
                continue
            counts["comments"] += 1
            at = end + 2
        elif found["embed"] is not None:
            counts["embedded files"] += 1
        elif found["link"] is not None:
            parts.append(_label(found["link"]))
        else:
            counts["pictures"] += 1
            parts.append(found["alt"])
    return "".join([*parts, text[at:]])


def _label(link: str) -> str:
    """Return what a link shows: its label, or where it leads."""
    place, bar, label = link.partition("|")
    return label.strip() if bar and label.strip() else place.strip().lstrip("#").replace("#", " > ")


def _is_note(head: bytes, name: str) -> bool:
    del head
    return name.lower().endswith(ENDINGS)


def _claim(tree: Tree) -> list[str]:
    return claimed_where_most(tree, ENDINGS)


EXPORTS = (
    Export(
        "notes",
        "Markdown notes (a .md file, an Obsidian vault)",
        "text",
        note_chunks,
        sniff=_is_note,
        claim=_claim,
        personal=False,
    ),
)
