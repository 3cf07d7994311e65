"""Attribution lines: "On Monday … Anna wrote:", in one to four lines, also glued to own text."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from curate.sources.mail.own.page import Page
from curate.sources.mail.own.screens import holds
from curate.sources.mail.own.words import DAYS, MONTHS, QUOTING, STARTERS, VERBS

LONGEST = 420
LINES = 4

_VERB_WORDS = "|".join(VERBS.values())
_CJK = "写道|写到|寫道|寫到|写了|のメール|書きました|작성|썼습니다|เขียน"
_LAST_WORDS = frozenset(
    word for verb in _VERB_WORDS.replace("\\", "").split("|") for word in verb.split("s+")[-1:]
)
_VERB_STEMS = tuple(
    dict.fromkeys(
        max(re.split(r"\\s\+|\\", verb), key=len).casefold()
        for verb in f"{_VERB_WORDS}|님이".split("|")
    )
)
_DIGIT = re.compile(r"\d")
_LAST_CJK = tuple(_CJK.split("|"))
_VERB = re.compile(rf"(?<!\w)(?:{_VERB_WORDS})(?!\w)|{_CJK}|님이", re.IGNORECASE)
_VERB_END = re.compile(
    rf"(?:(?<=[^\w])(?:{_VERB_WORDS})|^(?:{_VERB_WORDS})|{_CJK})"
    r"[\s.,;*_)»\"-]{0,6}[:：]?[\s*_-]{0,6}$",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<!\d)(?:[01]?\d|2[0-4])\s?[:.hH時时点點시]\s?[0-5]\d(?!\d)|"
    r"(?<!\d)\d{1,2}\s?(?:[ap]\.?\s?m\b|[時时点點시](?!\w))|"
    r"[上下]午|午[前後]|오[전후]",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}\s?[-./年년]\s{0,2}\d{1,2}\s?[-./月월]\s{0,2}\d{1,2}|"
    r"\d{1,2}\.?\s?[-./]\s{0,2}(?:\d{1,2}|[^\W\d_]{3,9})\.?\s?[-./]\s{0,2}(?:19|20)?\d\d(?!\d))|"
    rf"(?<![\w])(?:\d{{1,2}}(?:st|nd|rd|th|er|º|ª|\.)?,?\s(?:de\s|d[’'])?(?:{MONTHS})|"
    rf"(?:{MONTHS})\.?\s\d{{1,2}})(?!\d)|"
    rf"(?<!\w)(?:{DAYS})(?!\w)[.,]{{0,2}}\s[^@<>]{{0,30}}\d|\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|"
    rf"\d{{1,2}}월\s?\d{{1,2}}일|"
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?(?:19|"
    r"20)\d\d(?!\d)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"[\w.+'=-]{1,64}\s?@\s?[\w-]{1,64}[\w.-]{0,64}|<[^<>]{0,3}https?:|"
    r"\[mailto:|[\w.-]{1,40} at [\w-]{1,40}\.\w{2,6}\b"
)
_START = re.compile(
    r"[\s\"'“„«(*_•>-]{0,4}(?:"
    rf"(?:{STARTERS})\b\.?:?,?\s{{0,3}}(?=.{{0,24}}(?:\d|[年月]))|"
    r"\d{1,4}\s?[-./年년]\s?\d|\d{1,2}:\d\d|"
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:de\s|d[’'])?(?:{MONTHS})|(?:{MONTHS})\.?\s\d|"
    rf"(?:{DAYS})(?!\w)[.,]{{0,2}}\s.{{0,12}}\d|在|於|ב|{QUOTING})",
    re.IGNORECASE,
)
_GLUE = re.compile(
    r"(?:(?<=[^\s,])\s{1,3}|(?<=[.!?…])(?=[A-Z\d]))(?="
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s\d{1,2}:\d\d\s(?:GMT|UTC)|"
    r"(?:On|Am|Le|El|Em|Il|Op|Den|Dnia|W dniu|Dne|On:)\s"
    rf"(?:(?:{DAYS})(?!\w)|(?:{MONTHS})(?!\w)|\d|(?i:der\s|giorno\s)))",
    re.IGNORECASE,
)
# "2011/3/14 Anna Example <anna@example.com>", as Gmail wrote for years, with no word of its own.
_OLD_GMAIL = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s(?:[^\W\d_][^\s<>@:;]{0,30}\s){1,5}"
    r"<[\w.+'-]{1,64}@[\w.-]{1,64}>[:：]?$"
)
_RULERS = " -–—_=*>|"
_NAMED = re.compile(
    r"[\s>*_]{0,4}[\"'“„«(<\u202a]{0,3}(?:[^\W\d_]|[\w.+-]{1,64}@)[^:]{0,160}?(?:[<(\[]\s?(?:mailto:)?[^\s<>@]{1,64}\s?@|"
    r"@\w)"
)
_QUOTING_LINE = re.compile(rf"[\s*]{{0,3}}(?:{QUOTING})\s+\S.{{0,200}}[:：]$", re.IGNORECASE)
_DASHED = re.compile(r"^\s{0,3}-{2,}\s?(?P<in>.{3,300}?)\s?-{2,}$")
_ENDS = re.compile(r"[:：]\s?[*_\u202c»\"-]{0,4}$|news:\S{3,120}\.\.\.$")
_INITIAL = re.compile(r">{2,6}\s?\"[^\"\n]{1,60}\"\s?==\s?\S")
_DAY_FIRST = re.compile(rf"(?:{DAYS})(?!\w)", re.IGNORECASE)
_TELLING = re.compile(
    r"(?<!\w)(?:i|i['’]ve|my|me|he|she|they|we|to|that|ich|mir|mich|wir|uns|dem|dass|j['’]ai|je|me|moi|"
    r"elle|nous|au|aux|que|qui|voici|sa|yo|mi|lo|eu|meu|minha|io|mio|mij|ik|hij|jag|mig|jeg|meg|"
    r"мне|меня|я|он|она|мой|mi|mnie|mój)(?!\w)",
    re.IGNORECASE,
)
_ANGLE = re.compile(r"[<(]\s?[\w.+'-]{1,64}@[\w.-]{1,64}\s?[>)]")
_EARLY_DIGIT = re.compile(r"\D{0,28}\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME_END = re.compile(r"\d[:.]\d\d(?:[:.]\d\d)?\s?[:：]$")
_ARTICLE = re.compile(r"in\s(?:article|message)\s<[^<>\s]{1,200}>", re.IGNORECASE)
_SHORT = re.compile(r"^[\s*_]{0,3}[\"'“„«]?[\w@][^\n!?;]{0,90}$")


class Attribution(NamedTuple):
    """Where an attribution stands: lines `start` up to `end`, and a column if it is glued."""

    start: int
    end: int
    column: int | None = None


class _Reading(NamedTuple):
    """How lines read: from which column, and whether no line above can belong to them."""

    column: int
    sure: bool
    dated: bool


class _Has(NamedTuple):
    """What a text has of an attribution, and whether a quote follows it."""

    closed: bool
    verb: bool
    date: bool
    time: bool
    address: bool
    quote: bool


def candidate(line: str) -> bool:
    """Say whether an attribution may end with a line."""
    if len(line) > LONGEST or not line:
        return False
    last = line[-1]
    if last in ":：*_-»\u202c":
        return bool(_ENDS.search(line)) or (last in "-*_" and bool(_VERB.search(line)))
    if last == "." and line.endswith("...") and "news:" in line:
        return True
    if last in ">）)]":
        return bool(_ADDRESS.search(line) and (_DATE.search(line) or _VERB.search(line)))
    if len(line) > 300:
        return False
    word = line.rstrip(" .,;").rpartition(" ")[2].casefold()
    return word in _LAST_WORDS or (last > "\x7f" and line.endswith(_LAST_CJK))


def find(page: Page, end: int) -> Attribution | None:
    """Return the attribution whose last line is `end`, None where that line ends none.

    Args:
        page: The mail.
        end: A line that is no quote and for which `candidate` holds.
    """
    after = page.next_full(end + 1)
    before_quote = after is not None and (page.quoted[after] or _initials(page, after))
    start = end
    joined = ""
    found: Attribution | None = None
    dated = False
    for _ in range(LINES):
        line = page.lines[start]
        joined = _join(line, joined)
        if len(joined) > LONGEST:
            break
        reading = _read(joined, line, before_quote)
        if reading is not None:
            better = found is None or reading.sure or (reading.dated and not dated)
            if better or _hangs(page.lines[found.start if found else start]):
                found = Attribution(start, end + 1, reading.column or None)
                dated = reading.dated
            if reading.sure:
                break
        hangs = _hangs(line)
        above = page.last_full(start, 2 if hangs else 1)
        if above is None or page.marks[above] is not None or page.quoted[above]:
            break
        upper = page.lines[above]
        if not hangs and upper[-1] in ".!?。" and not _ADDRESS.search(upper):
            break
        start = above
    return found


def _initials(page: Page, at: int) -> bool:
    return bool(re.match(r"\s?[A-Z]{1,3}>|\s{0,3}\|\s", page.lines[at]))


def _hangs(line: str) -> bool:
    """Say whether a line goes on from the one above a blank line: "<anna@…>", "wrote:"."""
    stripped = line.strip()
    return stripped.startswith(("<", "(", "[mailto")) or bool(_VERB.match(stripped))


def _join(line: str, rest: str) -> str:
    line = line.strip()
    joined = f"{line} {rest}" if rest else line
    if line.endswith("=") and rest:
        joined = line[:-1] + rest
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def _read(joined: str, first: str, before_quote: bool) -> _Reading | None:
    """Return how lines read as an attribution, None where they are none."""
    if _OLD_GMAIL.match(joined):
        return _Reading(0, sure=True, dated=True)
    dashed = _DASHED.match(joined)
    if dashed is not None:
        joined = dashed["in"]
    verb = holds(joined.casefold(), _VERB_STEMS) and bool(_VERB.search(joined))
    digit = bool(_DIGIT.search(joined))
    if not (verb or digit or before_quote):
        return None
    has = _Has(
        closed=bool(_ENDS.search(joined)) or dashed is not None,
        verb=verb,
        date=digit and bool(_DATE.search(joined)),
        time=bool(_TIME.search(joined)),
        address=bool(_ADDRESS.search(joined)),
        quote=before_quote,
    )
    stripped = joined if dashed is not None else first.strip()
    starts = _START.match(stripped)
    glue = _last_glue(first) if dashed is None else None
    if glue is not None and not first[:glue].strip(_RULERS):
        glue = None
        starts = starts or _START.match(stripped.lstrip(_RULERS))
    if starts and glue is not None and first[:glue].rstrip()[-1:] not in ".!?…)。":
        glue = None
    if glue is not None and not (_VERB.search(first[:glue]) or _ADDRESS.search(first[:glue])):
        rest = first[glue:] + joined[len(first.strip()) :]
        if _enough(rest, has.closed, before_quote):
            return _Reading(glue, sure=True, dated=True)
    if starts:
        if _enough(joined, has.closed, before_quote):
            return _Reading(0, sure=has.date, dated=has.date)
        if before_quote and has.closed and len(joined) < 200:
            quoting = _QUOTING_LINE.match(joined)
            if quoting or (has.verb and not stripped[:1].islower()):
                return _Reading(0, sure=bool(quoting), dated=has.date)
        return _Reading(0, True, True) if _ARTICLE.match(joined) and has.closed else None
    told = not before_quote and has.address and _tells(joined)
    if not told and _named(joined, first, has):
        sure = has.verb and has.date and has.time and not _hangs(first)
        return _Reading(0, sure, has.date)
    return None


def _last_glue(line: str) -> int | None:
    at = None
    for found in _GLUE.finditer(line):
        at = found.end()
    return at


def _enough(joined: str, closed: bool, before_quote: bool) -> bool:
    """Say whether a text that starts as an attribution does is one."""
    verb = _VERB.search(joined)
    if verb is None and not closed and not before_quote:
        return False
    date = bool(_DATE.search(joined))
    time = bool(_TIME.search(joined))
    address = bool(_ADDRESS.search(joined))
    if not (date or time):
        return False
    if verb is not None and (closed or _VERB_END.search(joined)):
        ends = bool(_VERB_END.search(joined))
        if before_quote or address:
            return True
        return (time or (ends and len(joined) < 120)) and not _reads_on(joined, verb.end())
    if verb is not None:
        return address and (before_quote or (date and time))
    if closed and date and address:
        return time or before_quote
    return before_quote and date and ((closed and time and len(joined) < 120) or address)


def _reads_on(joined: str, verb_end: int) -> bool:
    """Say whether a text is a sentence about who wrote what, not a line that a program wrote."""
    if joined[:1].islower() and not _DAY_FIRST.match(joined):
        return True
    return bool(_TELLING.search(joined)) or len(joined[verb_end:].split()) > 6


def _tells(joined: str) -> bool:
    """Say whether what stands before an address is more than a name."""
    at = _ADDRESS.search(joined)
    before = joined[: at.start()] if at else joined
    before = before.rstrip(" <([\"'")
    if _DIGIT.search(before):
        return False
    return len(before.split()) > 5 or bool(_TELLING.search(before))


def _leads(joined: str) -> bool:
    """Say whether a text above a quote is an address with little before it, in any language."""
    at = _ANGLE.search(joined)
    if at is None or _TELLING.search(joined):
        return False
    words = joined[: at.start()].split()
    named = any(word[0].isupper() for word in words[1:] or words)
    return len(words) <= 4 and named and len(joined[at.end() :].split()) <= 1


def _named(joined: str, first: str, has: _Has) -> bool:
    """Say whether a text is an attribution that starts with a name or an address."""
    ends = bool(_VERB_END.search(joined))
    whole = has.verb and has.address and has.date and has.quote
    if not (has.closed or whole or (ends and (has.quote or has.address))):
        return False
    named = bool(_NAMED.match(first))
    if named and has.verb and has.address:
        return (has.date or has.time or has.quote or len(joined) < 120) and len(joined) < 320
    if named and has.address and has.date and has.time:
        return True
    if has.closed and has.time and len(joined) < 220:
        moment = has.date or bool(_YEAR.search(joined))
        if moment and has.address and _ANGLE.search(joined) and _EARLY_DIGIT.match(joined):
            return True
        if has.verb and has.date and len(joined) < 90 and _TIME_END.search(joined):
            return True
    if not has.quote or len(joined) > 200 or not first[:1].strip():
        return False
    led = has.closed and has.address and _leads(joined)
    if led or _QUOTING_LINE.match(joined) or _INITIAL.match(joined):
        return True
    if has.verb and ends and _SHORT.match(joined):
        return len(joined.split()) <= 9 or has.date or has.address
    if has.verb and (has.date or has.address):
        return True
    return has.address and (has.date or (has.time and has.closed)) and len(joined) < 160
