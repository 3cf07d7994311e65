"""HTML pages: one page is one text, the main content by the page's own structure.

What a page marks as its main content is taken (`main`, `role=main`, else its articles), and without
such marks the body without menus, headers, footers, asides and forms. Nothing is judged by how much
text it has.

Source: HTML Standard, sections 4.3 (sections) and 4.4.14 (main); WAI-ARIA 1.2, section 5.3.4
(landmark roles).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

from curate.files.chunks import Chunk
from curate.files.inputs import Source
from curate.files.limits import Limits
from curate.files.tree import Tree
from curate.finding import Hit
from curate.sources.base import Export, Reading
from curate.sources.documents.whole import (
    Whole,
    claimed_where_most,
    left_out,
    read_whole,
    title_of,
)
from curate.sources.mail.charsets import decoded
from curate.sources.markup import text_of

ENDINGS = (".html", ".htm", ".xhtml")
# Chats and histories that applications export as pages as well: their own readers know who speaks.
_PRIVATE = re.compile(
    r"(?:^|/)(?:messages\d*|message_\d+|chat|archive_browser|myactivity|my activity)\.html?$",
    re.IGNORECASE,
)
_DECLARED_BYTES = 4_096
_CHARSET = re.compile(
    rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_BESIDE = ("nav", "footer", "aside", "form", "header")
_ROLES = {
    "navigation": "nav",
    "contentinfo": "footer",
    "complementary": "aside",
    "banner": "header",
    "search": "form",
}
# Their content is no markup.
_RAW = ("script", "style", "title", "textarea", "noscript", "template")
_TAG = re.compile(
    r"<!--(?:.*?-->|.*)"
    r"|<(?P<end>/?)(?P<name>main|article|nav|footer|aside|form|header|div|section|ul|body|html|"
    r"script|style|title|textarea|noscript|template)(?=[\s/>])(?P<rest>[^<>]*+)>",
    re.IGNORECASE | re.DOTALL,
)
_ROLE = re.compile(r"\brole\s*=\s*[\"']?\s*([a-z]+)", re.IGNORECASE)
_LANG = re.compile(r"(?:^|\s)(?:xml:)?lang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)
_DOCUMENT = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html\b)",
    re.IGNORECASE | re.DOTALL,
)


class _Part(NamedTuple):
    """A span of the markup, and which part of a page it is (`main`, `article`, `nav`)."""

    kind: str
    start: int
    end: int


class _Shape(NamedTuple):
    """The parts of a page, its title and its language."""

    parts: list[_Part]
    title: str
    language: str


def page_chunks(source: Source, reading: Reading, limits: Limits) -> Iterator[Chunk]:
    """Yield one chunk with the page as a text."""
    del reading
    whole = read_whole(source, limits)
    if whole.cut is not None:
        yield whole.chunk({})
        return
    html, fault = _text(whole)
    if fault is not None:
        yield whole.chunk({}, fault)
        return
    text, shape, counts = main_text(html)
    whole.notes += left_out(counts)
    value: dict[str, Any] = {"text": text, "extra": {"title": shape.title or title_of(source)}}
    if shape.language:
        value["language"] = shape.language
    yield whole.chunk(value, None if text else Hit("SRC089", "", "the page shows no text"))


def _text(whole: Whole) -> tuple[str, Hit | None]:
    """Return a page's markup, by its byte order mark, else by what it declares, else as UTF-8."""
    head = whole.raw[:_DECLARED_BYTES]
    found = None if whole.marked else _CHARSET.search(head) or _XML.match(head)
    declared = found[1].decode() if found else "utf-8"
    if declared.lower().startswith("utf-16"):
        declared = "utf-8"  # a page in UTF-16 could not say so in ASCII
    text, hit = decoded(whole.raw, declared, "the page")
    if hit is not None and text:
        whole.notes.append(hit)
        return text, None
    return text, None if hit is None else Hit("SRC087", "", hit.message)


def main_text(html: str) -> tuple[str, _Shape, dict[str, int]]:
    """Return the text of a page's main content, its shape, and how many parts were left out.

    Where what is left has no text, as on a page that is one form, nothing is left out.
    """
    shape = _shape(html)
    mains = _outermost(shape.parts, "main") or _outermost(shape.parts, "article")
    regions = mains or [_Part("body", 0, len(html))]
    # The header of an article is its heading.
    beside = _BESIDE[:-1] if mains else _BESIDE
    text, counts = _without(html, regions, shape.parts, beside)
    if mains and text_of(_outside(html, mains), quotes=False):
        counts["text outside of the main content"] = 1
    if not text and (whole := text_of(html, quotes=False)):
        return whole, shape, {}
    return text, shape, counts


def _outside(html: str, regions: list[_Part]) -> str:
    ends = [0, *(part.end for part in regions)]
    starts = [*(part.start for part in regions), len(html)]
    return " ".join(html[end:start] for end, start in zip(ends, starts, strict=True))


def _outermost(parts: list[_Part], kind: str) -> list[_Part]:
    found: list[_Part] = []
    for part in sorted((p for p in parts if p.kind == kind), key=lambda p: (p.start, -p.end)):
        if not found or part.start >= found[-1].end:
            found.append(part)
    return found


def _without(
    html: str, regions: list[_Part], parts: list[_Part], beside: tuple[str, ...]
) -> tuple[str, dict[str, int]]:
    """Return the text of regions without the parts beside the content, and their number."""
    counts: Counter[str] = Counter()
    cuts = sorted((p for p in parts if p.kind in beside), key=lambda p: (p.start, -p.end))
    texts = []
    at = 0
    for region in regions:
        kept = []
        place = region.start
        while at < len(cuts) and cuts[at].start < region.end:
            cut, at = cuts[at], at + 1
            if cut.start >= place and cut.end <= region.end:
                kept.append(html[place : cut.start])
                place = cut.end
                counts[cut.kind] += 1
        kept.append(html[place : region.end])
        texts.append(text_of("<div></div>".join(kept), quotes=False))
    return "\n\n".join(text for text in texts if text), dict(counts)


def _shape(html: str) -> _Shape:
    """Return the parts of a page in one pass over its tags."""
    parts: list[_Part] = []
    waiting: dict[str, list[tuple[int, str]]] = {}
    title = language = ""
    at = 0
    while (found := _TAG.search(html, at)) is not None:
        at = found.end()
        name = (found["name"] or "").lower()
        if not name:
            continue
        if found["end"]:
            if waiting.get(name):
                start, kind = waiting[name].pop()
                if kind:
                    parts.append(_Part(kind, start, found.end()))
            continue
        if name == "html":
            lang = _LANG.search(found["rest"])
            language = language or (lang[1].lower() if lang else "")
        elif name in _RAW:
            end = _end_of(html, name, at)
            if name == "title" and not title:
                title = " ".join(unescape(html[at:end]).split())[:500]
            at = end
        else:
            waiting.setdefault(name, []).append((found.start(), _kind(name, found["rest"])))
    for opened in waiting.values():
        parts += [_Part(kind, at, len(html)) for at, kind in opened if kind in ("main", "article")]
    return _Shape(parts, title, language)


def _kind(name: str, attributes: str) -> str:
    """Return what part of a page an element is by its role, else by its name; "" for none."""
    found = _ROLE.search(attributes)
    role = found[1].lower() if found else ""
    if role in ("main", "article"):
        return role
    if role in _ROLES:
        return _ROLES[role]
    return name if name in ("main", "article", *_BESIDE) else ""


def _end_of(html: str, name: str, start: int) -> int:
    """Return where the content of an element that holds no markup ends."""
    found = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(html, start)
    return found.start() if found else len(html)


def _is_page(head: bytes, name: str) -> bool:
    return name.lower().endswith(ENDINGS) or _DOCUMENT.match(head, 0, _DECLARED_BYTES) is not None


def _claim(tree: Tree) -> list[str]:
    if any(_PRIVATE.search(name) for name in tree.names):
        return []
    return claimed_where_most(tree, ENDINGS)


EXPORTS = (
    Export(
        "pages",
        "HTML pages (.html)",
        "text",
        page_chunks,
        sniff=_is_page,
        claim=_claim,
        personal=False,
    ),
)
