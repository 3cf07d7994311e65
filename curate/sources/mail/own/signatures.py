"""Signatures: under a delimiter, under a sign-off, blocks of contacts, and learned ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from curate.sources.mail.own import closings
from curate.sources.mail.own.page import Page
from curate.sources.mail.own.rule import Signature

SEEN = 5
TAIL = 12
# The last lines of a mail are asked about some five times each, and people sign alike.
_CACHED = 2_048
_DELIMITER = re.compile(r"\s{0,3}(?:--|—|–|―|-- -|--\s?\*)\s{0,2}$")
_LONG = re.compile(r"\s{0,3}(?:[-–—_=*~#─━+]\s?){2,}$|\s{0,3}(?:-=|=-|~\*|\*~|_\.){2,}[\W_]{0,40}$")
_SENTENCE = re.compile(r"[.!?。！？…](?:[\"'”’)]{0,2})$|[,:;，：]$")
_AROUND = " /,.!;:~–—-！，。、～"
_DEEP = 60
# German business letters: "i. A." and "i. V." before a name, for whom one signs.
_PROXY = re.compile(r"^\s{0,3}(?:[ip]\.\s?[aAvVpP]\.|ppa\.?)\s(?=[^\W\d_])")
_IMAGE = re.compile(r"\s{0,3}\[(?:image|cid|bild|logo|inline)[^\]]{0,80}\]$", re.IGNORECASE)
_MARKED = re.compile(r"[\d@/:：]|\.\w|www\.", re.IGNORECASE)
# What every form of `PLACE` has.
_PLACED = re.compile(r"[\d〒]")
_LABELLED = re.compile(r"[:：]|\d\D?\d")
_PRONOUN = re.compile(
    r"(?<!\w)(?:i|i['’]\w+|you|we|my|ich|du|wir|sie|je|tu|nous|vous|yo|nosotros|eu|nós|io|noi|ik|wij|jag|vi|jeg|я|мы|вы|minä|ja|my|is|are|was|will|have|has|the|please|bitte|ist|sind|habe|werde|est|sont|son|está|sono|estou)(?!\w)",
    re.IGNORECASE,
)


def mark(page: Page, signature: Signature | None) -> None:
    """Mark the signatures at the ends of what is kept."""
    runs = _runs(page)
    last = True
    for start, end in reversed(runs):
        _mark_run(page, start, end, signature, last=last)
        last = last and not _full(page, start, end)


def _runs(page: Page) -> list[tuple[int, int]]:
    """Return the stretches of lines between quotes; footers do not part them."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for at, mark in enumerate(page.marks):
        if mark in _QUOTES:
            if start is not None:
                runs.append((start, at))
                start = None
        elif start is None:
            start = at
    if start is not None:
        runs.append((start, len(page)))
    for at in page.glued:
        runs.append((at, at + 1))
    return sorted(runs)


_QUOTES = frozenset(
    {
        "attribution",
        "quote",
        "quote-below",
        "quote-indented",
        "quote-initials",
        "quote-bar",
        "original-message",
        "forwarded",
        "header-block",
        "header-shape",
        "notes-header",
        "reply-above-line",
    }
)


def _full(page: Page, start: int, end: int) -> list[int]:
    """Return the kept lines of a stretch that are not blank."""
    marks, lines = page.marks, page.lines
    return [at for at in range(start, end) if marks[at] is None and lines[at]]


def _mark_run(page: Page, start: int, end: int, signature: Signature | None, *, last: bool) -> None:
    if signature is not None and signature.lines:
        _mark_learned(page, start, end, signature)
    full = _full(page, start, end)
    if not full:
        return
    at = _delimited(page, full)
    if at is not None:
        page.mark("signature-delimiter", at, end)
        full = _full(page, start, end)
    if not last or not full:
        return
    full = full[-40:]
    if not _mark_signed(page, full, end):
        _mark_contacts(page, full, end)


def _delimited(page: Page, full: list[int]) -> int | None:
    """Return the line of a signature's delimiter, None where there is none."""
    first = page.first_kept()
    for place, at in list(enumerate(full))[-_DEEP:]:
        line = page.lines[at]
        if line.lstrip()[:1] not in "-–—―_=*~#─━+" or page.fenced[at]:
            continue
        below = full[place + 1 :]
        if _repeats(page, full, at) and not any(_strong(page.lines[i]) for i in below):
            continue
        if _DELIMITER.match(line):
            exact = page.text[page.starts[at] : page.starts[at + 1]].rstrip("\r\n") == "-- "
            if _below_delimiter(page, below, exact=exact, top=at == first):
                return at
        elif _LONG.match(line) and place and _below_rule(page, full, place):
            return at
    return None


def _repeats(page: Page, full: list[int], at: int) -> bool:
    """Say whether the same ruler stands twice, as between the parts of a text."""
    ruler = page.lines[at].strip()
    return sum(page.lines[i].strip() == ruler for i in full[-_DEEP:]) > 1


def _below_delimiter(page: Page, below: list[int], *, exact: bool, top: bool) -> bool:
    """Say whether what stands below "--" is a signature and not text."""
    if not below:
        return not top
    prose = [at for at in below if _is_prose(page.lines[at])]
    if top:
        return len(below) <= 5 and not prose
    if exact:
        return len(below) <= 30 or len(prose) <= 3
    strong = any(_strong(page.lines[at]) for at in below)
    return len(below) <= 15 and (len(prose) <= 1 or (strong and len(prose) <= 3))


def _below_rule(page: Page, full: list[int], place: int) -> bool:
    """Say whether a ruler parts text from a signature."""
    at = full[place]
    below = full[place + 1 :]
    above = full[place - 1]
    tight = above == at - 1
    signed = _signed_at(page, full[:place]) is not None
    if not below or (tight and not signed) or (len(below) > 14 and not signed):
        return False
    strong = sum(_strong(page.lines[i]) for i in below)
    prose = sum(_is_prose(page.lines[i]) for i in below)
    if signed:
        return strong >= 1 and len(below) <= 40
    short = len(page.lines[at].strip()) <= 3 and len(below) <= 4
    if short and not prose and closings.NAME.match(page.lines[below[0]]):
        return True
    return not prose and strong >= 1 and not _is_list(page, below)


def _signed_at(page: Page, above: list[int]) -> int | None:
    """Return the sign-off among the last two lines, None where there is none."""
    for at in above[-2:]:
        if closings.sign_off(page.lines[at]):
            return at
    return None


def _is_list(page: Page, lines: list[int]) -> bool:
    return all(page.lines[at].lstrip()[:1] in "-*•·+|" for at in lines)


@lru_cache(_CACHED)
def _is_prose(line: str) -> bool:
    """Say whether a line reads like a sentence."""
    if "." in line[:9]:
        line = _PROXY.sub("", line)
    words = line.split()
    if closings.POSTSCRIPT.match(line):
        return True
    if len(words) <= 5 and all(word[0].isupper() for word in words) and _weak(line):
        return False
    if len(words) > 14 or (len(line) > 100 and not _strong(line)):
        return True
    if len(words) < 4:
        return line.rstrip()[-1:] in "?!" and len(words) > 1
    if _strong(line):
        said = len(words) > 9 or (len(words) > 4 and _PRONOUN.search(line))
        return bool(_SENTENCE.search(line) and said)
    return bool(_SENTENCE.search(line) or _PRONOUN.search(line)) and not closings.COMPANY.search(
        line
    )


@lru_cache(_CACHED)
def _strong(line: str) -> bool:
    """Say whether a line holds what only the block of a signature does."""
    if _MARKED.search(line) is None:
        return False
    return bool(
        ("@" in line and closings.ADDRESS.search(line))
        or closings.LINK.search(line)
        or (_LABELLED.search(line) and closings.PHONE.search(line))
        or (_LABELLED.search(line) and closings.PHONE_LABEL.search(line))
    )


@lru_cache(_CACHED)
def _weak(line: str) -> bool:
    if closings.TITLE.search(line) or closings.COMPANY.search(line):
        return True
    return _PLACED.search(line) is not None and closings.PLACE.search(line) is not None


def _mark_signed(page: Page, full: list[int], end: int) -> bool:
    """Mark the block below a sign-off and a name; return whether there is a sign-off."""
    for place in range(len(full) - 1, -1, -1):
        line = page.lines[full[place]]
        below = full[place + 1 :]
        if len(below) > 18:
            return False
        found = closings.sign_off(line) if len(line) < 90 else None
        if found is not None and not _is_prose_rest(found["rest"]) and not _strong(line):
            rest = found["rest"].strip(_AROUND)
            named = bool(rest) and not closings.sign_off(rest)
            _mark_block(page, below, end, named=named)
            return True
        if _is_prose(line) and not _after_sign_off(page, full, place):
            return False
    return False


def _is_prose_rest(rest: str) -> bool:
    return len(rest.split()) > 4


def _after_sign_off(page: Page, full: list[int], place: int) -> bool:
    """Say whether a sentence may be the slogan of a signature: contacts stand around it."""
    return any(_strong(page.lines[at]) for at in full[max(0, place - 3) : place + 3]) and not (
        closings.POSTSCRIPT.match(page.lines[full[place]])
    )


def _mark_block(page: Page, below: list[int], end: int, *, named: bool) -> None:
    """Mark what stands below a sign-off and its name, if it is a block of contacts."""
    rest = below
    if not named and rest and _is_name(page.lines[rest[0]]):
        rest = rest[1:]
    if not rest or any(closings.POSTSCRIPT.match(page.lines[at]) for at in rest):
        return
    lines = [page.lines[at] for at in rest]
    prose = [_is_prose(line) for line in lines]
    strong = sum(_strong(line) and not bad for line, bad in zip(lines, prose, strict=True))
    weak = sum(_weak(line) and not bad for line, bad in zip(lines, prose, strict=True))
    if prose[0] or sum(prose) > strong or 2 * sum(prose) > strong + weak:
        return
    if strong or weak:
        page.mark("signature-block", rest[0], min(end, rest[-1] + 1))


def _is_name(line: str) -> bool:
    """Say whether a line is a bare name."""
    stripped = _PROXY.sub("", line).strip(" *_-/~")
    if len(stripped) > 48 or not stripped or _strong(line):
        return False
    if closings.COMPANY.search(line) or (closings.TITLE.search(line) and len(line.split()) > 1):
        return False
    return bool(closings.NAME.match(line))


def _mark_contacts(page: Page, full: list[int], end: int) -> None:
    """Mark a last paragraph of contacts that no sign-off leads to."""
    first = len(full)
    while first > 0 and len(full) - first < 14 and not _is_prose(page.lines[full[first - 1]]):
        first -= 1
    while first < len(full):
        at = full[first]
        if first and full[first - 1] != at - 1 and _block_from(page, full, first):
            if first > 1 and _IMAGE.match(page.lines[full[first - 1]]):
                at = full[first - 1]
            page.mark("signature-contacts", at, end)
            return
        first += 1


def _block_from(page: Page, full: list[int], first: int) -> bool:
    """Say whether a name and its contacts start at a line, and nothing announces them."""
    lines = [page.lines[at] for at in full[first:]]
    above = page.lines[full[first - 1]]
    if above.endswith((":", "：", ",")) or _strong(above):
        return False
    strong = sum(map(_strong, lines))
    weak = sum(map(_weak, lines))
    named = _leads(lines[0])
    firms = sum(bool(closings.COMPANY.search(line)) for line in lines)
    titled = bool(closings.COMPANY.search(lines[0])) and strong >= 2 and firms == 1
    if _is_list(page, full[first:]) or not (named or titled):
        return False
    return strong >= 2 or (strong == 1 and (weak >= 1 or len(lines) == 2))


def _leads(line: str) -> bool:
    """Say whether a line is a full name, or one with a title behind a bar."""
    if _strong(line) or line[:1] in "-•" or closings.COMPANY.search(line):
        return False
    name, bar, _ = line.strip(" *_").partition("|")
    return len(name.split()) >= 2 and bool(closings.NAME.match(name)) and (not bar or _weak(line))


def _folded(line: str) -> str:
    return " ".join(line.split())[:200]


def _mark_learned(page: Page, start: int, end: int, signature: Signature) -> None:
    """Mark the last lines that are all lines of the learned signature."""
    known = frozenset(signature.lines)
    first: int | None = None
    for at in reversed(_full(page, start, end)):
        if _folded(page.lines[at]) not in known:
            break
        first = at
    if first is not None:
        page.mark("signature-learned", first, end)


def learn(bodies: Iterable[str]) -> Signature:
    """Return what recurs at the ends of own texts; sign-offs and names stay out of it."""
    counts: Counter[tuple[str, ...]] = Counter()
    for body in dict.fromkeys(bodies):
        tail = [_folded(line) for line in body.split("\n") if line.strip()][-TAIL - 1 :]
        for size in range(1, min(len(tail), TAIL + 1)):
            counts[tuple(tail[-size:])] += 1
    lines: set[str] = set()
    for block, seen in counts.items():
        if seen >= SEEN:
            lines.update(_without_closing(block))
    return Signature(tuple(sorted(lines)))


def _without_closing(block: tuple[str, ...]) -> tuple[str, ...]:
    """Return a block without the sign-off and the name that it starts with."""
    first = 0
    for at, line in enumerate(block):
        if closings.sign_off(line):
            first = at + 1
            if first < len(block) and _is_name(block[first]):
                first += 1
    rest = block[first:]
    if first == 0 and rest and len(rest) == 1 and _is_name(rest[0]):
        return ()
    return rest if first else tuple(line for line in rest if not _is_name(line))
