"""Numbers of Britain, Ireland, Germany, Austria, Switzerland, France, the Netherlands, Belgium."""

from __future__ import annotations

from curate.detect.checksums import ean, is_day, mod_11_10, weighted
from curate.detect.national.number import number


def is_nino(text: str) -> bool:
    """Tell whether it can be a National Insurance number, which has no check digit."""
    return text[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def is_nhs(text: str) -> bool:
    """Tell whether ten digits are an NHS number: weights 10 to 2, modulus 11."""
    check = -weighted(text[:9], range(10, 1, -1)) % 11
    return check == int(text[9]) and len(set(text)) > 1


def is_pps(text: str) -> bool:
    """Tell whether it is an Irish PPS number: weights 8 to 2, a second letter 9, modulus 23."""
    second = text[8:].replace("W", "")
    total = weighted(text[:7], range(8, 1, -1)) + (9 * (ord(second) - 64) if second else 0)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == text[7]


def is_steuer_id(text: str) -> bool:
    """Tell whether eleven digits are a German tax number: ISO 7064 MOD 11,10.

    Of the first ten digits one comes twice or three times and the others at most once.
    """
    counts = sorted(map(text[:10].count, set(text[:10])))
    repeated = counts[-1] in (2, 3) and counts[-2] == 1
    return text[0] != "0" and repeated and mod_11_10(text)


def is_ausweis(text: str) -> bool:
    """Tell whether the last digit is that of a document: weights 7, 3, 1 (ICAO 9303 part 3)."""
    total = sum(int(each, 36) * (7, 3, 1)[at % 3] for at, each in enumerate(text[:-1]))
    return text[-1].isdigit() and total % 10 == int(text[-1]) and sum(map(str.isdigit, text)) >= 3


def is_pension(text: str) -> bool:
    """Tell whether it is a German pension insurance number (VKVV, section 4)."""
    digits = text[:8] + f"{ord(text[8]) - 64:02d}" + text[9:11]
    products = [
        int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    ]
    day, month = int(text[2:4]), int(text[4:6])
    return sum(p // 10 + p % 10 for p in products) % 10 == int(text[11]) and (
        1 <= month <= 12 and 1 <= day <= 31
    )


def is_svnr(text: str) -> bool:
    """Tell whether ten digits are an Austrian insurance number: weights, modulus 11."""
    total = weighted(text, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6))
    return (
        total % 11 == int(text[3]) and text[0] != "0" and is_day(0, int(text[6:8]), int(text[4:6]))
    )


def is_ahv(text: str) -> bool:
    """Tell whether it is a Swiss AHV number: 756 and the check digit of EAN-13."""
    return text.startswith("756") and ean(text)


def is_nir(text: str) -> bool:
    """Tell whether it is a French NIR: 97 less the remainder by 97; Corsica's 2A is 19, 2B 18."""
    body = text[:5] + {"2A": "19", "2B": "18"}.get(text[5:7], text[5:7]) + text[7:13]
    month = int(text[3:5])
    fits = 1 <= month <= 12 or 20 <= month <= 42 or month >= 50
    return body.isdigit() and fits and 97 - int(body) % 97 == int(text[13:15])


def is_bsn(text: str) -> bool:
    """Tell whether nine digits are a Dutch BSN: weights 9 to 2 and -1, modulus 11."""
    total = weighted(text, (9, 8, 7, 6, 5, 4, 3, 2, -1))
    return total % 11 == 0 and len(set(text)) > 1


def is_nrn(text: str) -> bool:
    """Tell whether it is a Belgian national number: 97 less the remainder, from 2000 with a 2."""
    body, check = text[:9], int(text[9:])
    right = any(97 - int(prefix + body) % 97 == check for prefix in ("", "2"))
    return right and int(text[2:4]) % 20 <= 12 and int(text[4:6]) <= 31


WEST = (
    number(
        "uk-nino",
        "HMRC, National Insurance Manual NIM39110",
        is_nino,
        written=r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        digits=6,
        mixed=True,
    ),
    number(
        "uk-nhs",
        "NHS Data Dictionary, NHS NUMBER",
        is_nhs,
        bare=r"\d{3}[ -]?\d{3}[ -]?\d{4}",
        words=("nhs",),
        digits=10,
    ),
    number(
        "ie-pps",
        "Social Welfare Consolidation Act 2005, section 262",
        is_pps,
        written=r"\d{7}[A-W][A-IW]?",
        mixed=True,
    ),
    number(
        "de-steuer-id",
        "Abgabenordnung, section 139b; StIdV",
        is_steuer_id,
        written=r"\d{2} \d{3} \d{3} \d{3}",
        bare=r"\d{2}[ /]?\d{3}[ /]?\d{3}[ /]?\d{3}",
        words=("steuer", "identifikationsnummer", "idnr", "id-nr", "tin", "tax id"),
        digits=11,
    ),
    number(
        "de-identity-card",
        "PAuswG, section 5; ICAO Doc 9303 part 3",
        is_ausweis,
        written=r"(?-i:[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d)",
        digits=1,
        mixed=True,
        confidence="likely",
    ),
    number(
        "de-pension",
        "VKVV, section 4",
        is_pension,
        written=r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",
        mixed=True,
    ),
    number(
        "at-svnr",
        "ASVG, section 31",
        is_svnr,
        written=r"\d{4} \d{6}",
        bare=r"\d{4}[ /-]?\d{6}",
        words=("svnr", "sv-nr", "sozialversicherungsnummer", "versicherungsnummer"),
        digits=10,
    ),
    number(
        "ch-ahv",
        "AHVG, article 50c; GS1 check digit",
        is_ahv,
        written=r"756\.?\d{4}\.?\d{4}\.?\d{2}",
        digits=13,
    ),
    number(
        "fr-nir",
        "Décret n° 82-103; INSEE",
        is_nir,
        written=r"[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        digits=8,
    ),
    number(
        "nl-bsn",
        "Wet algemene bepalingen burgerservicenummer; the eleven test",
        is_bsn,
        written=r"\d{4}\.\d{2}\.\d{3}",
        bare=r"\d{4}[. ]?\d{2}[. ]?\d{3}|\d{3}[. ]\d{3}[. ]\d{3}",
        words=("bsn", "burgerservice", "sofinummer", "sofi-nummer"),
        digits=9,
    ),
    number(
        "be-nrn",
        "Arrêté royal du 3 avril 1984, registre national",
        is_nrn,
        written=r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",
        bare=r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}",
        words=("rijksregister", "registre national", "nationaal nummer", "niss", "insz", "nrn"),
        digits=11,
    ),
)
