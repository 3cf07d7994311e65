"""Header blocks above what is quoted: "From: … Sent: … To: … Subject: …"."""

from __future__ import annotations

import re
from typing import NamedTuple

from curate.sources.mail.own.page import Page
from curate.sources.mail.own.words import KEYS, MAIL_ONLY

_KEY = re.compile(
    r"[\s>*•·|_#-]{0,8}(?P<key>[^\W\d_][^:：\n*]{0,23}?)[\s*_]{0,3}[:：][\s*_]{0,3}(?P<value>.{0,400})"
)
KINDS = {word.casefold(): kind for kind, words in KEYS.items() for word in words.split("/") if word}
_ADDRESS = re.compile(r"[\w.+=-]{1,64}\s?(?:@| at )\s?[\w-]{1,64}\.|@|mailto:")
_MOMENT = re.compile(
    r"\d{1,2}[:.h時时点點시]\s?\d\d|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|[上下]午|오[전후]"
)
_ONE_LINE = re.compile(r"[\s>*]{0,4}(?P<key>[^\W\d_][^:：\n*]{0,23}?)\s?[:：]")
_SPLIT_KEY = re.compile(r"(?<=\s)\*?([^\W\d_][^\W\d_]{0,11}(?:\s[^\W\d_]{1,8})?)\*?\s?[:：]")
_LOTUS = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{0,3}\d{1,2}[:.]\d\d")
_NAMED_ADDRESS = re.compile(r"<\s?[\w.+'-]{1,64}@[^<>@\s]{1,64}>")
_WRAPS = 3
_MOST = 24


class Header(NamedTuple):
    """Where a header block stands: lines `start` up to `end`, and how many main labels it has."""

    start: int
    end: int
    known: bool = True
    kinds: int = 0


def may_start(line: str) -> bool:
    """Say whether a header block may start with a line: a short word and a colon."""
    return ":" in line[:26] or "：" in line[:26]


def key_of(line: str) -> str | None:
    """Return which kind of label a line starts with, None for none."""
    if not may_start(line):
        return None
    found = _KEY.match(line)
    return None if found is None else KINDS.get(" ".join(found["key"].split()).casefold())


def find(page: Page, at: int, separated: bool) -> Header | None:
    """Return the header block that starts with a line, None where none does.

    Args:
        page: The mail.
        at: Its line, which starts with a label.
        separated: Whether a separator stands above it, so that less is asked of the block.
    """
    kinds: dict[str, str] = {}
    labels: list[str] = []
    end = index = at
    blanks = wraps = 0
    quoted = page.quoted[at]
    while index < min(at + _MOST, len(page)):
        line = page.lines[index]
        if page.quoted[index] != quoted:
            break
        found = _KEY.match(line)
        label = " ".join(found["key"].split()).casefold() if found else ""
        kind = KINDS.get(label)
        if found is not None and kind is not None and (kind not in kinds or kind == "other"):
            kinds[kind] = found["value"]
            labels.append(label)
            end, blanks, wraps = index + 1, 0, 0
        elif not line.strip(" >*"):
            blanks += 1
            if blanks > 1 or (kinds.keys() >= {"from", "subject"} and _complete(page, index)):
                break
        elif wraps < _WRAPS and not blanks and kinds and (_continues(line, kinds)):
            wraps += 1
            kinds[list(kinds)[-1]] += " " + line
            end = index + 1 if "subject" not in kinds or len(line) < 90 else end
            if "subject" in kinds:
                break
        else:
            break
        index += 1
    if not _enough(kinds, labels, separated):
        return None
    return Header(at, end, kinds=len(kinds.keys() & {"from", "date", "to", "subject"}))


def _complete(page: Page, blank: int) -> bool:
    """Say whether what follows a blank line is no label, so that the block has ended."""
    after = page.next_full(blank, 3)
    return after is None or key_of(page.lines[after]) is None


def _continues(line: str, kinds: dict[str, str]) -> bool:
    """Say whether a line goes on with a label's value: addresses, or a folded subject."""
    last = list(kinds)[-1]
    value = kinds[last].rstrip()
    if last in {"to", "cc", "from"}:
        return "@" in line or value.endswith((",", ";", "<", "=")) or not value or line[:1] == " "
    return not value or len(value) > 55 or line[:1] == " "


def _enough(kinds: dict[str, str], labels: list[str], separated: bool) -> bool:
    """Say whether labels are those of a mail: enough of them, and some sign of mail."""
    main = kinds.keys() & {"from", "date", "to", "subject"}
    if len(main) < 2:
        return False
    address = any(_ADDRESS.search(kinds[kind]) for kind in ("from", "to", "cc") if kind in kinds)
    moment = "date" in kinds and bool(_MOMENT.search(kinds["date"]))
    mail_only = any(label in MAIL_ONLY for label in labels)
    if separated:
        return "from" in main or address or (mail_only and moment)
    if len(main) >= 3:
        known = "subject" in main and (moment or "from" in main)
        return address or known or (mail_only and moment)
    if "from" in main:
        return (address or mail_only) and (moment or ("subject" in main and address))
    return address and moment


def one_line(line: str) -> bool:
    """Say whether a line is a whole header block: "From: A To: B Date: … Subject: …"."""
    found = _ONE_LINE.match(line)
    if found is None or KINDS.get(found["key"].casefold()) not in {"from", "date"}:
        return False
    kinds = {KINDS.get(found["key"].casefold())}
    for more in _SPLIT_KEY.finditer(line):
        words = more[1].casefold().split()
        kinds.add(KINDS.get(" ".join(words)) or KINDS.get(words[-1]))
    main = len(kinds & {"from", "date", "to", "subject"})
    if main == 4 and line.lstrip(" >")[:1] == "*" and _MOMENT.search(line):
        return True
    return main >= 3 and bool(_ADDRESS.search(line))


def unknown(page: Page, at: int) -> Header | None:
    """Return a block shaped like a header whose labels we don't know.

    Three or more lines "Word: value" in a row, one with a name and its address, or two
    with an address, and one with date and time.
    """
    end = at
    addresses = 0
    moment = False
    while end < min(at + 8, len(page)) and not page.quoted[end]:
        found = _KEY.match(page.lines[end])
        if found is None or len(found["key"].split()) > 3 or not found["value"].strip():
            break
        addresses += bool(_NAMED_ADDRESS.search(found["value"])) + ("@" in found["value"])
        moment |= bool(_LOTUS.search(found["value"]) or _dated(found["value"]))
        end += 1
    return Header(at, end, known=False) if end - at >= 3 and addresses > 1 and moment else None


def _dated(value: str) -> bool:
    return bool(re.search(r"\d{1,2}[:.]\d\d", value) and re.search(r"\d{4}|\d[./-]\d", value))


def lotus(page: Page, at: int) -> Header | None:
    """Return a Lotus Notes header: name, date, then "To", "cc", "Subject" on lines of their own.

    Args:
        page: The mail.
        at: A line that is "To" in some language and nothing else.
    """
    seen = 0
    end = at
    for index in range(at, min(at + 12, len(page))):
        words = page.lines[index].strip().rstrip(":").casefold()
        label, _, _ = words.partition("  ")
        kind = KINDS.get(label)
        if kind in {"to", "cc", "subject"}:
            seen += 1
            end = index + 1
            if kind == "subject":
                break
    around = range(max(0, at - 6), min(at + 3, len(page)))
    dated = [i for i in around if i != at and _LOTUS.search(page.lines[i])]
    if seen < 2 or not dated:
        return None
    start = min(dated[0], at)
    for _ in range(2):
        address = page.last_full(start, 2)
        if address is not None and _NAMED_ADDRESS.match(page.lines[address].strip()):
            start = address
    name = page.last_full(start, 2)
    if name is not None and not _LOTUS.search(page.lines[name]) and len(page.lines[name]) < 60:
        start = name
    value = page.next_full(end, 2)
    return Header(start, end if value is None else value + 1)
