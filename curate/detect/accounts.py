"""Bank accounts, cards and wallets, each by its check digits or its form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from curate.detect.checksums import luhn, mod_97_10
from curate.detect.finder import Finder, Hit, by_pattern, digits_of
from curate.detect.late import late

# Country to length of an IBAN (ISO 13616, SWIFT's IBAN registry, release 99).
_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
    "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
    "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
    "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in _LENGTHS.split()}
_IBAN = late(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \u00a0\u202f-]?[A-Za-z0-9]{2})", re.ASCII)
_SEPARATORS = " \u00a0\u202f-"
_IBAN_NEEDS = rf"(?i:{'|'.join(IBAN_LENGTHS)})[0-9]{{2}}[{_SEPARATORS}]?[A-Za-z0-9]{{2}}"


def _ibans(text: str, region: str | None) -> Iterator[Hit]:
    """Find account numbers: as many letters and digits as their country's have, modulus 97."""
    for found in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(found.group()[:2].upper())
        if length is None:
            continue
        read = found.group()
        at = found.end()
        while len(read) < length and at < len(text):
            here = text[at]
            if here.isascii() and here.isalnum():
                read += here
            elif here not in _SEPARATORS or text[at - 1] in _SEPARATORS:
                break
            at += 1
        ended = at == len(text) or not text[at].isalnum()
        if len(read) == length and ended and mod_97_10(read[4:] + read[:4]):
            yield Hit(found.start(), at, "certain")


# First digits and lengths of issuers' cards (ISO/IEC 7812-2; the issuers' own manuals).
_ISSUERS = late(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01]|720)\d{12,13}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}"
    r"|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}|220[0-4]\d{12}|9792\d{12}"
)


def _is_card(found: re.Match[str]) -> bool:
    digits = digits_of(found.group())
    return len(set(digits)) > 1 and _ISSUERS.fullmatch(digits) is not None and luhn(digits)


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _is_base58(found: re.Match[str]) -> bool:
    """Tell whether the last four bytes are the double SHA-256 of the rest (Base58Check)."""
    number = 0
    for each in found.group():
        number = number * 58 + _BASE58.index(each)
    raw = number.to_bytes(40, "big")[-25:]
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _is_bech32(found: re.Match[str]) -> bool:
    """Tell whether an address has the checksum of BIP 173 or of BIP 350."""
    prefix, _, data = found.group().lower().rpartition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    values += [_BECH32.index(c) for c in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            check ^= generator if top >> at & 1 else 0
    return check in (1, 0x2BC830A3)


_BANK_WORDS = (
    *("account n", "account:", "acct", "a/c", "kontonummer", "konto-nr", "kontonr", "routing"),
    *("sort code", "número de cuenta", "numéro de compte", "número da conta", "rekeningnummer"),
    *("numero di conto", "numer konta", "номер счета", "номер счёта", "账号", "口座番号"),
)

ACCOUNTS = (
    Finder(
        "iban",
        "iban",
        _ibans,
        digits=4,
        mixed=True,
        around=(24, 40),
        rule="ISO 13616-1; SWIFT IBAN registry",
        needs=_IBAN_NEEDS,
    ),
    Finder(
        "card",
        "card",
        by_pattern(
            r"(?<![\w.,/-])\d{4}[ -]?\d{2,6}(?:[ -]?\d{1,6}){1,3}(?![\w/-]|[.,]\d)", _is_card
        ),
        digits=13,
        around=(64, 24),
        rule="ISO/IEC 7812-1",
        needs=r"[2-69](?:[ -]?[0-9]){11}",
    ),
    Finder(
        "bank-account",
        "iban",
        by_pattern(
            r"(?i)(?<![^\W_])(?:(?:bank )?(?:account|acct|a/c|routing)(?: (?:no|number|num|#))?"
            r"|sort code|konto(?:nummer|-?nr)|número (?:de cuenta|da conta)|numéro de compte"
            r"|rekeningnummer|numero di conto|numer konta|номер сч[её]та|账号|口座番号)"
            r"[.:#]{0,2}[ \t]{0,3}(?:is |ist |es |est |è )?[:：]?[ \t]{0,3}"
            r"(?P<value>\d{2}-\d{2}-\d{2}|\d(?:[ -]?\d){5,25})(?![\w/]|[.,]\d)",
            confidence="likely",
        ),
        cues=_BANK_WORDS,
        digits=6,
        around=(8, 80),
        needs=r"(?i:account|acct|a/c|routing|sort code|konto|número d|numéro de compte"
        r"|rekeningnummer|numero di conto|numer konta|номер сч|账号|口座番号)"
        r"[^\n]*[0-9](?:[ -]?[0-9]){5}",
    ),
    Finder(
        "bitcoin-address",
        "wallet",
        by_pattern(r"(?<!\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)", _is_base58),
        tokens=True,
        rule="Bitcoin Core, base58.cpp",
        needs=r"[13][1-9A-HJ-NP-Za-km-z]{25}",
    ),
    Finder(
        "segwit-address",
        "wallet",
        by_pattern(r"(?<!\w)(?:bc|ltc|tb)1[02-9ac-hj-np-z]{11,87}(?!\w)", _is_bech32),
        tokens=True,
        rule="BIP 173; BIP 350",
        needs=r"(?:bc|ltc|tb)1[02-9ac-hj-np-z]{11}",
    ),
    Finder(
        "ethereum-address",
        "wallet",
        by_pattern(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)"),
        tokens=True,
        rule="ERC-55; its mixed-case checksum is not asked for",
        needs=r"0x[0-9a-fA-F]{40}",
    ),
)
