"""Personal data that has a form: addresses, numbers of phones, cards, accounts and persons.

Names and postal addresses have none, so nothing here finds them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from curate.detect.late import late
from curate.detect.span import Detector, Place

# Names that RFC 2606 and RFC 6761 keep for examples, and addresses that stand for nobody.
_NOBODY = late(
    r"(?i)@(?:[\w-]+\.)*(?:example(?:\.\w+)?|test|invalid|localhost|domain\.com|email\.com"
    r"|yourdomain\.\w+|company\.com|mail\.com|sentry\.io)\Z"
    r"|^(?:no-?reply|do-?not-?reply|user|username|name|email|your[\w.-]*|someone|john\.?doe"
    r"|jane\.?doe|info|support|contact|admin|sales|help|hello|abc|xyz|test|example|foo|bar)@"
)
_DOUBLES = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_TEST_CARDS = late(r"(?:4[12]+|5555|4000|4242|3782|3714|6011|3530|5105|4012|30569|38520)\d*")


def _somebody(found: re.Match[str]) -> bool:
    return _NOBODY.search(found.group()) is None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_card(found: re.Match[str]) -> bool:
    """Tell whether a number has a card's check digit (Luhn, ISO/IEC 7812-1) and is no test card."""
    digits = _digits(found.group())
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 4 or _TEST_CARDS.match(digits):
        return False
    total = 0
    for at, digit in enumerate(map(int, reversed(digits))):
        total += _DOUBLES[digit] if at % 2 else digit
    return total % 10 == 0


def _is_iban(found: re.Match[str]) -> bool:
    """Tell whether the check digits of an account number are right (ISO 13616, mod 97)."""
    text = re.sub(r"\s", "", found.group())
    if not 15 <= len(text) <= 34:
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _is_public(found: re.Match[str]) -> bool:
    try:
        address = ipaddress.ip_address(found["value"])
    except ValueError:
        return False
    return address.is_global and not str(address).endswith(".0") and found["value"] not in _KNOWN


_KNOWN = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "1.2.3.4", "4.3.2.1", "2.3.4.5"}


def _is_phone(found: re.Match[str]) -> bool:
    digits = _digits(found["value"])
    if not 9 <= len(digits) <= 15 or len(set(digits)) < 4:
        return False
    if found["value"][1:].isdigit() and len(digits) > 13:
        return False  # a number to be added
    return "555" not in digits[-10:-4] and "123456" not in digits and "987654" not in digits


def _is_ssn(found: re.Match[str]) -> bool:
    """Tell whether the number can have been given out (SSA: no 000, 666, 9xx; no 00; no 0000)."""
    area, group, serial = found.group().split("-")
    known = found.group() in {"123-45-6789", "078-05-1120", "219-09-9999"}
    return (
        area not in ("000", "666")
        and area < "900"
        and group != "00"
        and not (serial == "0000" or known)
    )


_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _is_resident(found: re.Match[str]) -> bool:
    """Tell whether a Chinese resident's number has its check character (GB 11643-1999)."""
    text = found.group().upper()
    total = sum(int(digit) * weight for digit, weight in zip(text, _CN_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[-1]


PERSONAL: tuple[Detector, ...] = (
    Detector(
        "email-address",
        late(
            r"(?<![\w.+-])[A-Za-z0-9][\w.+'-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}\b"
        ),
        r"[A-Za-z0-9_.+'-]@[A-Za-z0-9]",
        _somebody,
    ),
    Detector(
        "phone-number",
        late(
            r"(?<![\w.,$€£#/=-])(?P<value>"
            r"\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
            r"|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}-\d{3}-\d{4}"
            r"|(?<=\b[Tt]el )\d[\d -]{8,14}\d)(?![\w/=-]|[.,]\d)"
        ),
        r"\+[0-9]{1,3}[ .(-]?[0-9(]|\([0-9]{3}\) ?[0-9]{3}[-. ]|[0-9]{3}-[0-9]{3}-[0-9]{4}|[Tt]el ",
        _is_phone,
    ),
    Detector(
        "card-number",
        late(
            r"(?<![\w.,-])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}))"
            r"([ -]?)\d{4}\1\d{4}\1\d{4}"
            r"(?![\w-]|[.,]\d)|(?<![\w.,-])3[47]\d{2}([ -]?)\d{6}\2\d{5}(?![\w-]|[.,]\d)"
        ),
        r"[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}|3[47][0-9]{2}[ -]?[0-9]{6}",
        _is_card,
    ),
    Detector(
        "account-number",
        late(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        r"\b[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}",
        _is_iban,
    ),
    Detector(
        "ip-address",
        late(
            r"(?<![\w.:-])(?<![vV]ersion )(?P<value>(?:\d{1,3}\.){3}\d{1,3}"
            r"|(?:[0-9a-fA-F]{1,4}:){4,7}(?::|[0-9a-fA-F]{1,4})"
            r"(?:[0-9a-fA-F:]*[0-9a-fA-F])?)(?![\w:]|\.\d)"
        ),
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"
        r"|[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}:[0-9a-fA-F:]{4}",
        _is_public,
    ),
    Detector(
        "mac-address",
        late(r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"),
        r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]",
        lambda found: (
            len(set(re.split("[:-]", found.group()))) > 2
            and not found.group().upper().startswith(("00:11:22", "AA:BB", "01:23:45", "12:34:56"))
        ),
    ),
    Detector(
        "social-security-number",
        late(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
        _is_ssn,
    ),
    Detector(
        "resident-number",
        late(
            r"(?<!\w)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
            r"|3[01])\d{3}[\dXx](?!\w)"
        ),
        r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]",
        _is_resident,
    ),
    Detector(
        "date-of-birth",
        late(
            r"(?i)\b(?:date of birth|birth ?date|d\.?o\.?b\.?|born on|geburtsdatum|出生日期)\W{1,4}"
            r"(?P<value>\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+ \d{4}"
            r"|[A-Z][a-z]+ \d{1,2}, \d{4})"
        ),
        r"(?i:date of birth|birth ?date|d\.?o\.?b\.?[^a-z]|born on|geburtsdatum|出生日期)",
    ),
    Detector(
        "coordinates",
        late(
            r"(?<![\w.,-])-?(?:[1-8]?\d|90)\.\d{4,7}°?,\s?-?(?:1[0-7]\d|\d{1,2}"
            r"|180)\.\d{4,7}(?!\w|\.\d)"
        ),
        r"[0-9]\.[0-9]{4,}°?, ?-?[0-9]{1,3}\.[0-9]{4,}",
    ),
)


def personal(text: str) -> Iterator[Place]:
    """Yield every piece of personal data of a text, kind by kind."""
    for detector in PERSONAL:
        yield from detector.places(text)
