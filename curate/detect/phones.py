"""Numbers of phones: read by `phonenumbers` where their form or a word before them calls for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from curate.detect.finder import Finder, Hit, digits_of
from curate.detect.late import late
from curate.detect.span import Confidence

_DASHES = "\\-\u2010-\u2015"
_NUMBER = late(
    # What it can begin with comes first: `re` jumps to where that is.
    rf"[+(\[0-9](?:(?<![A-Za-z0-9_.,:/=#$€£¥%{_DASHES}][+(\[0-9])|(?<=/\+))"
    r"(?:(?<=\+)[ ]?[(\[]?[0-9]|(?<=[(\[])[0-9]|(?<=[0-9]))"
    rf"(?:[ .()/\u00a0\u202f{_DASHES}]{{0,3}}[0-9]){{5,19}}"
    r"(?:[ ]?(?:x|ext\.?|extension|durchwahl|dw\.?|poste"
    r"|доб\.?)[ .:]{0,2}[0-9]{1,6})?(?![A-Za-z0-9_%€$£¥°:=]|[.,/-][0-9])",
    re.IGNORECASE,
)
_CALLED = late(
    r"(?i)(?:(?<![^\W_])(?:tel(?:ephone|efon|éfono|efono|efone|efoon|\.)?|tél(?:éphone)?|phone"
    r"(?: no)?|fon|mob(?:ile|il|iel|\.)?|móvil"
    r"|cell(?:ulare|phone)?|celular|cel|handy(?:nummer)?|natel|portable|gsm|fax|call|ring|dial"
    r"|text|sms|whats ?app|signal|viber|telegram"
    r"|rufnummer|festnetz|anrufen|ruf|numéro|hotline|number is|nummer ist|nummer|reach me at"
    r"|reached (?:at|on)|contact|тел|телефон\w*"
    r"|моб\w*|звон\w+|puhelin|puh|telefon\w*|telefoon|mobiltelefon|[tmpfc](?=[.:]))|电话|电話|手机|手機"
    r"|電話|携帯|전화|핸드폰|휴대폰|☎️?|📞|📱|✆)"
    r"[^\d\n]{0,18}\Z"
)
# How the words above begin that are ASCII; single letters have a point or a colon behind them.
_CALLS = (
    *("tel", "phone", "fon", "mob", "cel", "handy", "natel", "portable", "gsm", "fax", "call"),
    *("ring", "dial", "text", "sms", "whats", "signal", "viber", "ruf", "festnetz", "anrufen"),
    *("hotline", "number", "nummer", "reach", "contact", "puh", "t.", "t:", "m.", "m:", "p."),
    *("p:", "f.", "f:", "c.", "c:"),
)
_ASCII_WORDS = late(r"[A-Za-z]+[.:]?")
_DATED = late(
    r"(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:[0-2]?\d|3[01])|(?:[0-2]?\d|3[01])[-/.]"
    r"(?:[0-2]?\d|3[01])[-/.](?:19|20)?\d\d)(?!\d)"
    r"|(?:1[5-9]|20)\d\d ?[/–-] ?(?:1[5-9]|20)\d\d(?!\d)"
)
_DECIMAL = late(r"\d+\.\d+")
_THOUSANDS = late(r"[1-9]\d{0,2}(?:([ .\u00a0\u202f])\d{3})(?:\1\d{3})*\Z")
_NOT_CALLED = late(
    r"(?i)(?:isbn(?:-1[03])?|issn|doi|order|invoice|ref(?:erence)?|ticket|case|tracking|account"
    r"|konto|rechnung\w*|auftrag\w*|bestell\w*|kunden\w*"
    r"|serial|part|model|sku|ean|upc|asin|pmid|patent|grant|version|art(?:icle|ikel)?|commande"
    r"|facture|pedido|factura|ordine|fattura|№|no|nr|n°"
    r"|#)[^\w\n]{0,3}(?:(?:number|no|nr|nummer|id|code)[^\w\n]{0,3})?\Z"
)
_AMERICAN = late(
    rf"(?:\+?1[ .{_DASHES}]?)?(?:\([2-9]\d\d\)[ {_DASHES}]?"
    rf"|[2-9]\d\d(?P<by>[ .{_DASHES}]))[2-9]\d\d(?(by)(?P=by)|[ .{_DASHES}])\d{{4}}(?!\d)"
)
# Spellings that belong to one country without a leading 0.
_SPELLINGS = (
    ("CN", late(r"1[3-9]\d(?:[ -]?\d{4}){2}\Z")),
    ("IN", late(r"[6-9]\d{4}[ -]\d{5}\Z")),
    ("RU", late(r"8[ (-]{1,2}\d{3}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}\Z")),
    ("BR", late(r"\(\d{2}\) ?9?\d{4}[- ]?\d{4}\Z")),
)
# Where national numbers begin with 0, tried in this order.
_ZERO = (
    "GB",
    "DE",
    "FR",
    "NL",
    "AU",
    "IT",
    "JP",
    "KR",
    "CH",
    "AT",
    "BE",
    "SE",
    "TR",
    "ZA",
    "IN",
    "IE",
    "RO",
    "FI",
)


@lru_cache(maxsize=4096)
def _reads(written: str, region: str | None) -> bool:
    """Tell whether a number is one that its country gives out, by libphonenumber's metadata."""
    import phonenumbers

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(number))


def _judged(written: str, before: str, region: str | None) -> Confidence | None:
    """Return how sure a run of digits is a phone's number, or None where it is none."""
    digits = digits_of(written)
    if written.startswith("+") or (digits.startswith("00") and len(digits) >= 10):
        international = written if written.startswith("+") else f"+{written.lstrip('(')[2:]}"
        if _reads(international, None):
            return "certain"
        return "likely" if written.startswith("+") and 8 <= len(digits) <= 15 else None
    if _DATED.match(written.lstrip("([")) or len(digits) > 15 or digits.startswith(("978", "979")):
        return None
    if _DECIMAL.fullmatch(written):
        return None
    if _is_called(before):
        return "certain" if region and _reads(written, region) else "likely"
    if len(digits) < 7 or len(set(digits)) < 3 or not _has_form(written, digits, region):
        return None
    if _NOT_CALLED.search(before):
        return None
    return _by_form(written, digits, region)


def _is_called(before: str) -> bool:
    """Tell whether a word that introduces a number stands before it."""
    if before.isascii():
        words = _ASCII_WORDS.findall(before)
        if not any(word.lower().startswith(_CALLS) for word in words):
            return False
    return _CALLED.search(before) is not None


def _has_form(written: str, digits: str, region: str | None) -> bool:
    """Tell whether `_by_form` can take a number, without what takes long."""
    if region or digits[0] == "0" or _AMERICAN.match(written):
        return True
    return any(spelling.match(written) for _, spelling in _SPELLINGS)


def _by_form(written: str, digits: str, region: str | None) -> Confidence | None:
    """Judge a number that no word introduces: by its grouping, or by the writer's region."""
    if _AMERICAN.match(written):
        return "certain" if region in ("US", "CA") and _reads(written, region) else "likely"
    for country, spelling in _SPELLINGS:
        if spelling.match(written) and _reads(written, country):
            return "likely"
    grouped = written.strip("()[]") != digits
    if (
        digits[0] == "0"
        and 9 <= len(digits) <= 12
        and digits[1] != "0"
        and (grouped or len(digits) > 9)
    ):
        regions = (region,) if region else _ZERO
        return "likely" if any(_reads(written, each) for each in regions) else None
    if region and grouped and len(digits) >= 8 and not _THOUSANDS.match(written):
        return "likely" if _reads(written, region) else None
    return None


def _phones(text: str, region: str | None) -> Iterator[Hit]:
    """Find numbers of phones; two that follow each other are read apart."""
    for found in _NUMBER.finditer(text):
        written = found.group()
        confidence = _judged(written, text[max(0, found.start() - 40) : found.start()], region)
        if confidence:
            yield Hit(found.start(), found.end(), confidence)
        elif len(written) > 12:
            yield from _inside(written, found.start(), region)


_PARTS = late(r"(?:(?<=\d)(?: {2,}| [/–-] |/(?=\+|0)| (?=\+)))")


def _inside(written: str, at: int, region: str | None) -> Iterator[Hit]:
    """Find the numbers of a run that holds several."""
    start = 0
    for cut in (*_PARTS.finditer(written), None):
        end = cut.start() if cut else len(written)
        piece = written[start:end]
        if start or cut:
            confidence = _judged(piece, "", region) if sum(map(str.isdigit, piece)) >= 7 else None
            if confidence:
                yield Hit(at + start, at + end, confidence)
        start = cut.end() if cut else end


PHONES = (
    Finder(
        "phone-number",
        "phone",
        _phones,
        digits=6,
        around=(64, 24),
        rule="ITU-T E.123 and E.164; libphonenumber's metadata",
    ),
)
