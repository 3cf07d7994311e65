"""Footers: of mobile clients, lists and scanners, disclaimers, banners, environment notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curate.sources.mail.own import screens
from curate.sources.mail.own.legal import (
    BANNER,
    BANNER_ACT,
    BANNER_HEAD,
    BANNER_MAIL,
    LEGAL,
    LEGAL_HEAD,
)
from curate.sources.mail.own.page import Page
from curate.sources.mail.own.phrases import LIST, MOBILE, NOTICES

_MOBILE = re.compile(rf"[\s*_~<\[(–—-]{{0,5}}(?:{MOBILE})[\s*_~>\])]{{0,4}}$", re.IGNORECASE)
_LIST = re.compile(rf"[\s*_\[(–—-]{{0,5}}(?:{LIST})$", re.IGNORECASE)
_NOTICE = re.compile(rf"[\s*_\[(🌳🌲🌱♻️-]{{0,6}}(?:{NOTICES})$", re.IGNORECASE)
_LEGAL_HEAD = re.compile(rf"[\s*_#-]{{0,4}}(?:{LEGAL_HEAD})[\s*_]{{0,3}}$", re.IGNORECASE)
_LEGAL_START = re.compile(rf"[\s*_#\[(-]{{0,4}}(?:{LEGAL_HEAD})[\s*_]{{0,3}}(?=\S)", re.IGNORECASE)
_BANNER = re.compile(BANNER, re.IGNORECASE)
_BANNER_MAIL = re.compile(BANNER_MAIL, re.IGNORECASE)
_BANNER_ACT = re.compile(BANNER_ACT, re.IGNORECASE)
_BANNER_HEAD = re.compile(rf"[\s*_\[(!⚠️#<-]{{0,8}}(?:{BANNER_HEAD})", re.IGNORECASE)
_RULER = re.compile(r"\s{0,3}[-–—_=*~#─━+.]{3,}\s{0,3}$|\s{0,3}(?:[-_=*]\s){3,}[-_=*]?$|—-?$|-- ?$")
_TEAMS = re.compile(
    (
        r".{0,20}(?:microsoft\s+teams|teams[-\s](?:besprechung|meeting)|"
        r"réunion\s+(?:microsoft\s+)?teams|reunión\s+de\s+(?:microsoft\s+)?teams|"
        r"zoom\s+meeting)"
    ),
    re.IGNORECASE,
)
_STATES = re.compile(r"[,;]|\s(?:is|was|are|ist|war|est|es|is)\s", re.IGNORECASE)
_HOW = (
    "http",
    "@",
    "click",
    "mail",
    "reply",
    "visit",
    "list",
    "group",
    "setting",
    "preference",
    ":",
)
_NEEDS_PLACE = ("to post", "to subscribe", "to change", "to stop", "to manage", "for ")
_DEEP = 80
_LONGEST = 400


def mark(page: Page) -> None:
    """Mark the footers and banners among the lines that are still kept."""
    if "-----BEGIN PGP " in page.text:
        _mark_armour(page)
    paragraphs = list(_paragraphs(page))
    if not paragraphs:
        return
    for start, end in paragraphs[:3]:
        _mark_banner(page, start, end)
    live = _live(page)
    if not any(live):
        return
    legal = False
    top = paragraphs[0][0]
    for start, end in paragraphs[-_DEEP:]:
        if page.marks[start] is not None:
            legal = legal and not page.quoted[start]
            continue
        if live.legal:
            legal = _mark_legal(page, start, end, first=start == top, seen=legal)
        if page.marks[start] is None:
            _mark_lines(page, start, end, live, only=start == top)
    _mark_rulers(page)


def _mark_armour(page: Page) -> None:
    """Mark what OpenPGP puts around a signed text, and its signature (RFC 9580, section 7)."""
    at = 0
    while at < len(page):
        line = page.lines[at]
        end = at + 1
        if line == "-----BEGIN PGP SIGNED MESSAGE-----":
            while end < len(page) and page.lines[end].startswith("Hash: "):
                end += 1
            page.mark("armour", at, end)
        elif line.startswith("-----BEGIN PGP ") and line.endswith("-----"):
            while end < len(page) and not page.lines[end].startswith("-----END PGP "):
                end += 1
            end = min(end + 1, len(page))
            page.mark("armour", at, end)
        at = end


class _Live(NamedTuple):
    """Of each family, the literals that the text holds: without one there is nothing to find."""

    mobile: tuple[str, ...]
    lists: tuple[str, ...]
    notices: tuple[str, ...]
    legal: tuple[str, ...]


def _live(page: Page) -> _Live:
    families = (screens.MOBILE, screens.LIST, screens.NOTICES, screens.LEGAL)
    lowered = page.lowered
    if any(page.marks):
        kept = [line for line, rule in zip(page.lines, page.marks, strict=True) if rule is None]
        lowered = "\n".join(kept).lower()
    return _Live(*(screens.present(lowered, family) for family in families))


def _paragraphs(page: Page) -> Iterator[tuple[int, int]]:
    """Yield the kept lines between blank lines and rulers."""
    start: int | None = None
    marks, fenced = page.marks, page.fenced
    for at, line in enumerate(page.lines):
        ends = not line or marks[at] is not None or fenced[at]
        if not ends and line[:4].strip()[:1] in _RULES and _RULER.match(line):
            ends = True
        if ends:
            if start is not None:
                yield start, at
            start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, len(page)


_RULES = frozenset("-–—_=*~#─━+.")


def _mark_banner(page: Page, start: int, end: int) -> None:
    """Mark a warning about mail from outside that a gateway put on top."""
    head = page.lines[start]
    if end - start > 8 or not _BANNER_HEAD.match(head):
        return
    text = " ".join(page.lines[start:end])[:1_500]
    if _BANNER_MAIL.search(text) and _BANNER.search(text) and _BANNER_ACT.search(text):
        page.mark("banner", start, end)
        ruler = page.next_full(end, 2)
        if ruler is not None and _RULER.match(page.lines[ruler]):
            page.mark("banner", end, ruler + 1)


def _mark_lines(page: Page, start: int, end: int, live: _Live, *, only: bool) -> None:
    """Mark a mobile footer, a notice or a list footer from its first line on."""
    for at in range(start, end):
        line = page.lines[at]
        if len(line) > _LONGEST:
            continue
        lowered = line.lower()
        if screens.holds(lowered, live.mobile) and _is_mobile(page, at, end):
            page.mark("mobile", at, at + 1)
        elif screens.holds(lowered, live.lists) and _is_list(page, at, end):
            page.mark("list", _with_ruler(page, at, start), end)
            return
        elif (
            not (only and at == start)
            and screens.holds(lowered, live.notices)
            and _NOTICE.match(line)
        ):
            page.mark("notice", at, end)
            return


def _is_mobile(page: Page, at: int, end: int) -> bool:
    line = page.lines[at]
    return len(line) < 160 and bool(_MOBILE.match(line)) and _mobile_fits(page, at, end)


def _is_list(page: Page, at: int, end: int) -> bool:
    if _LIST.match(page.lines[at]) and _list_fits(page, at, end):
        return True
    return _is_teams(page, at)


def _mobile_fits(page: Page, at: int, end: int) -> bool:
    """Say whether a line that says where a mail was sent from is not a sentence of prose."""
    line = page.lines[at].strip()
    after = page.next_full(at + 1, 3)
    if at + 1 < end and after is not None and page.marks[after] is None:
        below = page.lines[after].strip()
        if below[:1].islower() and not _MOBILE.match(below) and "http" not in below[:8]:
            return False
    head = line.split("(")[0].split("<")[0].split("http")[0]
    return not (_STATES.search(head) and not _excuses(head))


def _excuses(head: str) -> bool:
    return (
        bool(
            re.search(
                r"excuse|pardon|brevity|typo|mobile|iphone|android|smartphone", head, re.IGNORECASE
            )
        )
        and len(head.split()) < 16
        and not re.search(r"\bis\b", head)
    )


def _list_fits(page: Page, at: int, end: int) -> bool:
    """Say whether a line of a list footer is none of prose: it has a ruler above or an address."""
    line = page.lines[at].casefold()
    if "mailing list" in line or "mailinglist" in line:
        above = page.last_full(at, 2)
        ruled = above is not None and bool(_RULER.match(page.lines[above]))
        return (
            ruled or "@" in " ".join(page.lines[at:end]) or "http" in " ".join(page.lines[at:end])
        )
    if line.lstrip("-* ").startswith("unsubscribe"):
        return len(line.split()) <= 3 or any(mark in line for mark in ("http", "@", ":", "<"))
    if line.lstrip("-* ").startswith("to unsubscribe"):
        return any(word in line for word in _HOW)
    if line.lstrip("-* ").startswith(_NEEDS_PLACE):
        return "http" in line or "@" in line or "list" in line or "group" in line
    return True


def _is_teams(page: Page, at: int) -> bool:
    above = page.last_full(at, 1)
    return (
        above is not None
        and bool(_RULER.match(page.lines[above]))
        and bool(_TEAMS.match(page.lines[at]))
    )


def _with_ruler(page: Page, at: int, start: int) -> int:
    """Return where a footer starts, the ruler right above it included."""
    if at != start:
        return at
    above = page.last_full(at, 2)
    return (
        above
        if above is not None and page.marks[above] is None and _RULER.match(page.lines[above])
        else at
    )


def _says(text: str) -> int:
    """Return how many different things that disclaimers say a text in small letters says."""
    return sum(1 for words in LEGAL if screens.holds(text, words))


def _joined(page: Page, start: int, end: int) -> str:
    """Return lines as one in small letters, blanks folded, at most 3,000 characters of it."""
    return " ".join(" ".join(page.lines[start:end])[:3_000].split()).lower()


def _mark_legal(page: Page, start: int, end: int, *, first: bool, seen: bool) -> bool:
    """Mark a disclaimer; return whether one was seen so far."""
    text = _joined(page, start, end)
    if len(text) < 60 and not (text[:1] > "\u2e80" and len(text) > 24):
        headed = _LEGAL_HEAD.match(text)
        if headed and not first and _says(_joined(page, end, end + 12)) >= 2:
            page.mark("disclaimer", start, end)
            return True
        return seen
    if not seen and not screens.holds(text, screens.LEGAL):
        return False
    hits = _says(text)
    headed = _LEGAL_START.match(text)
    if hits >= (4 if first else 3) or (headed and hits >= 2) or (seen and hits >= 1):
        page.mark("disclaimer", _legal_start(page, start, end), end)
        return True
    return seen


def _legal_start(page: Page, start: int, end: int) -> int:
    """Return the line of a paragraph at which its disclaimer starts: own lines may precede it."""
    for at in range(start, min(end, start + 6)):
        own = _joined(page, at, at + 1)
        if _says(own) or _LEGAL_START.match(own):
            return at
    return start


def _mark_rulers(page: Page) -> None:
    """Mark rulers that are left with only cut lines below, or between two footers."""
    below_kept = False
    below_cut = False
    for at in range(len(page) - 1, -1, -1):
        line = page.lines[at]
        mark = page.marks[at]
        if mark is not None:
            below_cut = True
            below_kept = False
        elif line.strip():
            if (
                line[:4].strip()[:1] in _RULES
                and _RULER.match(line)
                and not below_kept
                and (below_cut or _cut_above(page, at))
            ):
                page.marks[at] = "ruler"
            else:
                below_kept = True


def _cut_above(page: Page, at: int) -> bool:
    above = page.last_full(at, 2)
    return above is not None and page.marks[above] in {"list", "disclaimer", "notice"}
