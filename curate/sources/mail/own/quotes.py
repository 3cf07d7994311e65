"""What of a mail is quoted or forwarded: marks it on the page, from the top to the bottom."""

from __future__ import annotations

import re

from curate.sources.mail.own import attribution, headers, marked, screens
from curate.sources.mail.own.page import Page
from curate.sources.mail.own.phrases import FORWARDED, ORIGINAL, REPLY_ABOVE
from curate.sources.mail.own.screens import holds
from curate.sources.mail.own.words import DAYS, MONTHS

_RULED = re.compile(
    rf"[\s>*]{{0,4}}[-–—_=*#~+]{{1,60}}\s?[\[<*]?(?:(?P<forward>{FORWARDED})|{ORIGINAL})"
    r"[\s:：*>.\]-]{0,4}(?:(?:from|by|von|de|von)\b.{0,80}|[-–—_=*#~+][\s\S]{0,80})?$",
    re.IGNORECASE,
)
_BARE = re.compile(
    (
        rf"[\s>*_]{{0,4}}(?:(?P<forward>{FORWARDED})|(?:{ORIGINAL})(?:\s+processed\s+by\s.{{0,60}})?)\s?[:：]?[\s*_]{{0,3}}$"
    ),
    re.IGNORECASE,
)
# As many of From, Date, To and Subject as a program writes: fewer are what a person left of them.
_WHOLE = 4
_HEAD_LINES = 40
_GLUED = re.compile(
    rf"(?<![-–—_=*])[-–—_=*]{{4,60}}+\s?(?:(?P<forward>{FORWARDED})|{ORIGINAL})"
    r"\s?[-–—_=*]{4,60}",
    re.IGNORECASE,
)
_GROUPWISE = re.compile(
    r"\s?>>> \S.{2,120}\s\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[ ,]{1,3}\d{1,2}[:.]\d\d.{0,6} >>>$"
)
_REPLY_ABOVE = re.compile(rf"[\s\W_]{{0,24}}.{{0,20}}?(?:{REPLY_ABOVE}).{{0,80}}$", re.IGNORECASE)
_DECOR = re.compile(r"\s{0,3}[-–—_=*]{2,}\s?[^-–—_=*\n]{2,60}?\s?[-–—_=*]{2,}$")
_NOTES = re.compile(r".{2,60}-{3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{0,16}-{3}")
_SKIPPED = re.compile(
    r"\s{0,3}[\[<(*-]{0,3}\s?(?:\.{2,}|…|snip\w*|cut|deleted|gekürzt|coupé)[\s\S]{0,30}$",
    re.IGNORECASE,
)
# An attribution and the quote behind it on one line, as what folds no lines leaves them.
_RUN_ON = re.compile(
    rf"(?:^\s{{0,4}}|(?<=[.!?…)])\s{{0,3}})(?P<on>(?:On|Am|Le|El|Em|Il|Op|Den)\s(?:(?:{DAYS})(?!\w)|"
    rf"(?:{MONTHS})(?!\w)|\d)[^<>@\n]{{4,120}}<[\w.+'-]{{1,64}}@[\w.-]{{1,64}}>[^<>@\n:]{{0,24}}:\s)\S",
    re.IGNORECASE,
)
_SCRUBBED = re.compile(r"-{10,} next part -{10,}$")
_ADDRESS_END = re.compile(r"<?[\w.+'-]{1,64}@[\w.-]{1,64}>?(?:\s[^\s:]{1,16}){0,2}\s?[:：]$")
_SOFT_BREAK = re.compile(r"=[0-9A-F]{2}|=\s*\n")


def mark(page: Page) -> None:
    """Mark every quote, attribution, header block, separator and what they lead to."""
    _heal(page)
    if page.any_quoted:
        page.last_quoted = len(page) - 1 - page.quoted[::-1].index(True)
    separators = screens.present(page.lowered, screens.SEPARATORS)
    above = holds(page.lowered, screens.REPLY_ABOVE)
    at, total = 0, len(page)
    lines, marks, fenced = page.lines, page.marks, page.fenced
    plain = not (separators or above or page.any_quoted)
    while at < total:
        if plain and _is_plain(lines[at]):
            if page.first_own is None and marks[at] is None and not fenced[at]:
                page.first_own = at
            at += 1
        elif lines[at] and marks[at] is None and not fenced[at]:
            after = _look(page, at, separators, above)
            if page.first_own is None and marks[at] is None and not page.quoted[at]:
                page.first_own = at
            at = max(at + 1, after)
        else:
            at += 1
    marked.mark(page)


def _is_plain(line: str) -> bool:
    """Say whether a line of a mail without quotes and separators can start nothing: prose."""
    return (
        len(line) > 24
        and ":" not in line
        and line[0] not in " -"
        and (line[-1] in "?!" or not attribution.candidate(line))
        and "：" not in line
    )


def _heal(page: Page) -> None:
    """Take lines that a mail program broke off a quoted line as quoted."""
    if not page.any_quoted:
        return
    soft = bool(_SOFT_BREAK.search(page.text[:20_000]))
    for at in range(1, len(page) - 1):
        line = page.lines[at]
        if page.quoted[at] or not page.quoted[at - 1] or not line:
            continue
        above = page.lines[at - 1]
        broken = soft and above.endswith("=")
        below = page.quoted[at + 1]
        short = len(line) <= 32 and len(above) >= 66 and (line[0].islower() or line[0] in "<(")
        if broken or _ADDRESS_END.match(line) or (below and short and above[-1] not in ".!?:"):
            page.quoted[at] = True


def _look(page: Page, at: int, separators: tuple[str, ...], above: bool) -> int:
    """Look at one line; mark what starts there; return the line to go on from."""
    line = page.lines[at]
    if page.quoted[at]:
        if page.first_own is None or page.quoted[at - 1]:
            return at + 1
        return _look_quoted(page, at, line)
    separates = bool(separators) and holds(line.lower(), separators)
    if separates and "----" in line and _cut_glued(page, at, line):
        return len(page)
    if separates and len(line) <= 160 and _may_separate(line):
        forward = _separator(line)
        if forward is not None and not _is_prose(page, at):
            return _cut_below(page, "forwarded" if forward else "original-message", at, at + 1)
    if line[0] == "-" and _SCRUBBED.match(line):
        page.mark("scrubbed", at, len(page))
        return len(page)
    if above and len(line) <= 200 and _REPLY_ABOVE.match(line):
        return _cut_reply_above(page, at)
    if page.budget > 0:
        return _look_closely(page, at, line)
    return at + 1


def _look_quoted(page: Page, at: int, line: str) -> int:
    """Look at a quoted line that may lead to text that isn't marked as quoted.

    GroupWise writes ">>> Ann <ann@example.com> 1/3/13 10:05 AM >>>", Orange, Centrum and Abv quote
    a header block and nothing below it.
    """
    end = at + 1
    most = min(len(page), at + _HEAD_LINES)
    while end < most and (page.quoted[end] or not page.lines[end]):
        end += 1
    if end == most or page.last_quoted >= end:
        return at + 1
    if end - at <= 3 and _GROUPWISE.match(line):
        page.mark("attribution", at, at + 1)
        page.mark("quote-below", at + 1, len(page))
        return len(page)
    first = at
    while first < end - 1 and headers.key_of(page.lines[first]) is None and first < at + 3:
        first += 1
    found = headers.find(page, first, first > at)
    bare = found is not None and not any(map(_is_text, page.lines[found.end : end]))
    if found is None or not bare or found.kinds + (first > at) < _WHOLE:
        return at + 1
    page.mark("header-block", _up(page, at), len(page))
    return len(page)


def _is_text(line: str) -> bool:
    """Say whether a line has more than quote marks."""
    return bool(line.strip(" >"))


def _cut_glued(page: Page, at: int, line: str) -> bool:
    """Cut from a separator on that stands amid a line, as old Android phones wrote it."""
    found = _GLUED.search(line)
    if found is None or not (line[: found.start()].strip() or line[found.end() :].strip()):
        return False
    below = line[found.end() :].strip()
    if below and headers.key_of(below) is None:
        return False
    rule = "forwarded" if found["forward"] is not None else "original-message"
    if line[: found.start()].strip():
        page.glued[at] = (found.start(), rule)
    page.mark(rule, at, len(page))
    return True


def _look_closely(page: Page, at: int, line: str) -> int:
    """Look at one line for a header block and an attribution."""
    tried = False
    if ":" in line or "：" in line:
        tried = headers.may_start(line)
        found = _header(page, at) if tried else None
        if found is not None:
            start = _up(page, found.start)
            rule = "header-block" if found.known else "header-shape"
            return _cut_below(page, rule, start, found.end)
    elif (len(line) < 24 or line[0] == " ") and headers.KINDS.get(line.strip().casefold()) == "to":
        tried = True
        notes = headers.lotus(page, at)
        if notes is not None:
            return _cut_below(page, "notes-header", _up(page, notes.start), notes.end)
    if attribution.candidate(line):
        tried = True
        one = attribution.find(page, at)
        if one is not None:
            return _cut_attribution(page, one)
    elif "<" in line and ": " in line and _cut_run_on(page, at, line):
        return len(page)
    page.budget -= tried
    return at + 1


def _cut_run_on(page: Page, at: int, line: str) -> bool:
    """Cut from an attribution on that has its quote behind it on its line."""
    found = _RUN_ON.search(line)
    if found is None or page.last_quoted >= at:
        return False
    column = found.start("on")
    if line[:column].strip():
        page.glued[at] = (column, "attribution")
    elif not _own_above(page, at):
        return False
    page.mark("attribution", at, at + 1)
    page.mark("quote-below", at + 1, len(page))
    return True


def _may_separate(line: str) -> bool:
    """Say whether a line may be a separator: a ruler starts it, or it is short, no sentence."""
    return line.lstrip(" >*")[:1] in "-–—_=*#~+[<" or (len(line) < 90 and line[-1] not in ".!?,;")


def _separator(line: str) -> bool | None:
    """Return whether a separator is one of a forwarded mail, None where it is no separator."""
    ruled = line.lstrip(" >*")[:1] in "-–—_=*#~+["
    found = _RULED.match(line) if ruled else _BARE.match(line)
    return None if found is None else found["forward"] is not None


def _is_prose(page: Page, at: int) -> bool:
    """Say whether a bare separator is prose: alone on its line, with nothing of a mail below."""
    line = page.lines[at].strip()
    if line[:1] in "-–—_=*#~+" or line.endswith((":", "：")) or " processed by " in line:
        return False
    after = page.next_full(at + 1, 4)
    return after is None or headers.key_of(page.lines[after]) is None


def _header(page: Page, at: int) -> headers.Header | None:
    line = page.lines[at]
    kind = headers.key_of(line)
    if kind is None:
        return headers.unknown(page, at)
    above = page.last_full(at, 3)
    separated = above is not None and bool(
        marked.RULE_LINE.match(page.lines[above]) or _DECOR.match(page.lines[above])
    )
    if headers.one_line(line):
        return headers.Header(at, at + 1)
    if kind in {"cc", "other"}:
        return None
    return headers.find(page, at, separated) or headers.unknown(page, at)


def _up(page: Page, at: int) -> int:
    """Return the first line of the rulers and separators that stand right above a line."""
    start = at
    for _ in range(2):
        above = page.last_full(start, 4)
        if above is None or page.marks[above] is not None:
            break
        line = page.lines[above]
        decor = len(line) < 90 and (_DECOR.match(line) or _NOTES.match(line))
        if not (marked.RULE_LINE.match(line) or decor):
            break
        start = above
    return start


def _cut_below(page: Page, rule: str, start: int, end: int) -> int:
    """Cut a separator and all below it, or up to where answers start below a quote."""
    page.mark(rule, start, end)
    after = page.next_full(end)
    if after is not None and page.quoted[after] and not _separated_again(page, after):
        return end
    page.mark(rule, end, len(page))
    return len(page)


def _separated_again(page: Page, at: int) -> bool:
    """Say whether nothing but quotes follows, so that there is nothing to look for."""
    return all(page.quoted[i] or not page.lines[i] for i in range(at, min(at + 400, len(page))))


def _cut_attribution(page: Page, one: attribution.Attribution) -> int:
    first = one.start
    if one.column is not None:
        page.glued[first] = (one.column, "attribution")
        page.marks[first] = "attribution"
        first += 1
    else:
        first = _up(page, first) if _ruled_over(page, first) else first
    page.mark("attribution", first, one.end)
    after = page.next_full(one.end, 40)
    if after is None:
        page.mark("attribution", one.end, len(page))
        return len(page)
    if (
        page.quoted[after]
        or marked.INITIALS.match(page.lines[after])
        or marked.is_bars(page, after)
    ):
        page.mark("attribution", one.end, after)
        return after
    below = page.next_full(after + 1, 2)
    if below is not None and page.quoted[below] and _SKIPPED.match(page.lines[after]):
        page.mark("attribution", one.end, after)
        return after
    indented = _indented(page, after)
    if indented is not None and not _own_above(page, one.start):
        page.mark("quote-indented", one.end, indented)
        return indented
    page.mark("quote-below", one.end, len(page))
    return len(page)


def _ruled_over(page: Page, at: int) -> bool:
    above = page.last_full(at, 3)
    return (
        above is not None
        and bool(marked.RULE_LINE.match(page.lines[above]))
        and len(page.lines[above]) > 4
    )


def _own_above(page: Page, at: int) -> bool:
    return page.first_own is not None and page.first_own < at


def _indented(page: Page, at: int) -> int | None:
    """Return where an indented block ends that has unindented text below it, else None."""
    end = at
    while end < len(page) and (not page.lines[end] or page.lines[end].startswith(("    ", "  "))):
        end += 1
    has_more = end < len(page) and end > at
    return end if has_more else None


def _cut_reply_above(page: Page, at: int) -> int:
    if _own_above(page, at):
        page.mark("reply-above-line", at, len(page))
        return len(page)
    page.mark("reply-above-line", at, at + 1)
    return at + 1
