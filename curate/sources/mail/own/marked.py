"""Lines with quote marks, and what stands beside them."""

from __future__ import annotations

import re

from curate.sources.mail.own import attribution
from curate.sources.mail.own.page import Page

RULE_LINE = re.compile(r"[\s>*]{0,4}(?:[-–—_=*~─━]\s?){3,}$")
INITIALS = re.compile(r"\s{0,4}([A-Z][A-Za-z]{0,7})(>{1,5})(?=\s|$)")
_BAR = re.compile(r"\s{0,2}\|(?!\|)(?:\s|$)")
_CODE = re.compile(
    r"[=()\[\]{}]|\s[-+*/%<>]\s|^(?:import|from|print|del|for|if|while|"
    r"def|class|with)\s|^\w+$|^\w+\.\w+$"
)
# What mbox writers make of a line that starts with "From ".
_ESCAPED = re.compile(r">From [^:]")
_SIGNS = "-–—_=*~─━.…[(<{"
# A line that says that something was left out, and nothing else.
ELIDED = re.compile(
    r"\s{0,3}(?:\.{3,6}|…|[\[<({]{1,2}\s?(?:\.{2,6}|…|snip\w*|cut|deleted|elided|trimmed|gekürzt"
    r"|gelöscht|coupé|recortado|tagliato|geknipt)(?:\s\w{1,12}){0,3}\s?(?:\.{2,6}|…)?\s?[\])}>]{1,2})$",
    re.IGNORECASE,
)
# `From: "Ann" <ann@example.com>` alone above a quote, as Outlook Express and list programs put it.
_FROM_LINE = re.compile(
    r"\s{0,3}(?:from|von|de|da|van|från|fra|od|от|от кого|发件人|寄件者|差出人)\s?[:：]\s?"
    r"[^\n]{0,100}[\w.+-]{1,64}(?:@| at )[\w-]{1,63}\.[\w.-]{1,100}[>)\]\"]{0,3}$",
    re.IGNORECASE,
)
# "Ann Example <ann@example.com>" alone above a quote, and the moment below it, as Postbox has it.
_WHO_LINE = re.compile(
    r"\s{0,4}\[?[\"'“]?(?:[^\W\d_][^\s<>@:;,]{0,30}[\"'”]?\s){1,4}<[\w.+'-]{1,64}@[\w.-]{1,64}>\]?$"
)
_DATE_LINE = re.compile(r"\s{0,4}[^\W\d_]{3,12} \d{1,2}, \d{4} at \d{1,2}:\d\d(?:\s?[AP]M)?$")
_PROMPT = re.compile(r"\s{0,3}>\s?(?:[=\d]|\$\s)")
_SAID = re.compile(
    (
        r"(?<!\w)(?:you\s+(?:wrote|said|asked|mentioned|write)|your\s+\w+|"
        r"du\s+\w+|sie\s+\w+|vous|tu|usted|você|hai|ha|je\s+\w+|вы|ты)(?!\w)"
    ),
    re.IGNORECASE,
)
_DIFF = re.compile(r"\d+(?:,\d+)?[acd]\d+(?:,\d+)?$|-{3}$|< ")


def mark(page: Page) -> None:
    """Mark the lines with quote marks that are another's, and what belongs to them."""
    if page.any_quoted:
        _mark_quoted(page)
    _mark_initials(page)
    _mark_beside(page)


def is_bars(page: Page, at: int) -> bool:
    """Say whether a line starts a quote of bars, which is no table."""
    line = page.lines[at]
    return bool(_BAR.match(line)) and line.count("|") == 1


def _mark_quoted(page: Page) -> None:
    """Mark the lines that start as quotes do, but for code, comparisons and quoted sayings."""
    blocks = _blocks(page)
    answers = any(mark is not None for mark in page.marks)
    for start, end in blocks:
        if all(page.fenced[i] for i in range(start, end)) or _is_doctest(page, start, end):
            continue
        if end - start == 1 and _ESCAPED.match(page.lines[start]):
            continue
        if not answers and _is_own(page, start, end, alone=len(blocks) == 1):
            continue
        page.mark("quote", start, end)


def _is_doctest(page: Page, start: int, end: int) -> bool:
    """Say whether lines are typed at Python's prompt: ">>>" at each, and code behind most."""
    lines = [line.strip() for line in page.lines[start:end] if line.strip()]
    if not all(line == ">>>" or line.startswith((">>> ", "... ")) for line in lines):
        return False
    code = sum(line == ">>>" or bool(_CODE.search(line[4:])) for line in lines)
    return 2 * code > len(lines)


def _blocks(page: Page) -> list[tuple[int, int]]:
    """Return the runs of quoted lines; blank lines between two of them belong to the run."""
    blocks: list[tuple[int, int]] = []
    start: int | None = None
    last = 0
    for at, quoted in enumerate(page.quoted):
        if quoted:
            start = at if start is None else start
            last = at
        elif start is not None and page.lines[at]:
            blocks.append((start, last + 1))
            start = None
    if start is not None:
        blocks.append((start, last + 1))
    return blocks


def _is_own(page: Page, start: int, end: int, *, alone: bool) -> bool:
    """Say whether lines with `>` are the sender's: a comparison, a diff, a saying."""
    lines = page.lines[start:end]
    if len(lines) == 1 and _PROMPT.match(lines[0]):
        return True
    above = page.last_full(start, 2)
    if above is None:
        return False
    if _DIFF.match(page.lines[above]):
        return True
    introduced = page.lines[above].endswith((":", "：")) and not _SAID.search(page.lines[above])
    nested = any(
        ">>" in line[:4] or "> >" in line[:5] or attribution.candidate(line[2:]) for line in lines
    )
    after = page.next_full(end)
    return alone and introduced and not nested and after is not None and len(lines) <= 12


def _mark_initials(page: Page) -> None:
    """Mark quotes that start with initials or bars: "AB> text", "| text"."""
    counts: dict[str, list[int]] = {}
    bars: list[int] = []
    for at, line in enumerate(page.lines):
        if page.marks[at] is not None or not line:
            continue
        if ">" in line[:14]:
            found = INITIALS.match(line)
            if found is not None and not page.fenced[at]:
                counts.setdefault(found[1], []).append(at)
        elif line[:3].lstrip()[:1] == "|":
            bars.append(at)
    for places in counts.values():
        if len(places) > 1 or _attributed(page, places[0]):
            for at in places:
                page.mark("quote-initials", at, at + 1)
    if bars and all(is_bars(page, at) for at in bars) and (_attributed(page, bars[0])):
        for at in bars:
            page.mark("quote-bar", at, at + 1)


def _mark_beside(page: Page) -> None:
    """Mark what belongs to the quotes beside it: signs that something is left out, who wrote it."""
    if not any(page.marks):
        return
    places = [
        at
        for at, line in enumerate(page.lines)
        if page.marks[at] is None
        and 3 <= len(line) <= 240
        and (":" in line or "：" in line or line[-1] in ">]" or line.lstrip()[0] in _SIGNS)
        and not page.fenced[at]
    ]
    for order in (places, places[::-1]):
        for at in order:
            line = page.lines[at]
            if page.marks[at] is not None:
                continue
            below = page.next_full(at + 1, 2)
            leads = below is not None and _is_quote(page, below)
            if _FROM_LINE.match(line):
                below = page.next_full(at + 1, 4)
                if below is not None and _is_quote(page, below):
                    page.mark("attribution", at, at + 1)
            elif leads and _WHO_LINE.match(line):
                page.mark("attribution", at, at + 1)
            elif leads and at and _DATE_LINE.match(line) and _WHO_LINE.match(page.lines[at - 1]):
                page.mark("attribution", at - 1, at + 1)
            elif leads and len(line) > 9 and RULE_LINE.match(line):
                page.mark("quote", at, at + 1)
            elif len(line) <= 60 and ELIDED.match(line):
                above = page.last_full(at, 2)
                if leads or (above is not None and _is_quote(page, above)):
                    page.mark("quote", at, at + 1)


def _is_quote(page: Page, at: int) -> bool:
    return page.marks[at] in ("quote", "quote-initials", "quote-bar", "attribution")


def _attributed(page: Page, at: int) -> bool:
    above = page.last_full(at, 3)
    return above is not None and page.marks[above] is not None
