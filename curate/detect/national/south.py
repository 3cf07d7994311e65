"""Numbers of southern and south-eastern Europe and of Turkey."""

from __future__ import annotations

from curate.detect.checksums import is_day, luhn, mod_11_10, weighted
from curate.detect.national.number import number

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
# What a character counts for at odd places of an Italian code (D.M. 12 marzo 1974, tabella).
_ODD = (
    1,
    0,
    5,
    7,
    9,
    13,
    15,
    17,
    19,
    21,
    2,
    4,
    18,
    20,
    11,
    3,
    6,
    8,
    12,
    14,
    16,
    10,
    22,
    25,
    24,
    23,
)


def is_dni(text: str) -> bool:
    """Tell whether a Spanish DNI or NIE ends in the letter of its remainder by 23."""
    digits = text[:-1].translate(str.maketrans("XYZ", "012"))
    return digits.isdigit() and _DNI[int(digits) % 23] == text[-1]


def is_codice_fiscale(text: str) -> bool:
    """Tell whether an Italian codice fiscale ends in its control character."""
    total = 0
    for at, each in enumerate(text[:15]):
        value = int(each) if each.isdigit() else ord(each) - 65
        total += value if at % 2 else _ODD[value]
    return chr(65 + total % 26) == text[15]


def is_nif(text: str) -> bool:
    """Tell whether nine digits are a Portuguese NIF: weights 9 to 2, modulus 11."""
    check = -weighted(text[:8], range(9, 1, -1)) % 11 % 10
    return check == int(text[8]) and text[0] in "1235689"


def is_rodne_cislo(text: str) -> bool:
    """Tell whether it is a Czech or Slovak rodné číslo: divisible by 11 since 1954.

    Months of women are higher by 50, and where numbers ran out by 20 more (since 2004).
    """
    month = int(text[2:4]) % 50
    if not is_day(int(text[:2]), month - 20 * (month > 20), int(text[4:6])):
        return False
    if len(text) == 9:
        return text[:2] < "54" and text[6:] != "000"
    return int(text) % 11 == 0 or (int(text[:9]) % 11 == 10 and text[9] == "0")


def is_cnp(text: str) -> bool:
    """Tell whether it is a Romanian CNP: weights 279146358279, modulus 11."""
    check = weighted(text, map(int, "279146358279")) % 11
    right = (1 if check == 10 else check) == int(text[12])
    return right and text[0] != "0" and is_day(int(text[1:3]), int(text[3:5]), int(text[5:7]))


def is_egn(text: str) -> bool:
    """Tell whether it is a Bulgarian EGN: weights, modulus 11; the month tells the century."""
    right = weighted(text[:9], (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(text[9])
    return right and is_day(int(text[:2]), int(text[2:4]) % 20, int(text[4:6]))


def is_hungarian_tax(text: str) -> bool:
    """Tell whether ten digits are a Hungarian adóazonosító jel: weights 1 to 9, modulus 11."""
    return text[0] == "8" and weighted(text[:9], range(1, 10)) % 11 == int(text[9])


def is_taj(text: str) -> bool:
    """Tell whether nine digits are a Hungarian TAJ: weights 3 and 7, modulus 10."""
    return weighted(text[:8], (3, 7) * 4) % 10 == int(text[8]) and len(set(text)) > 1


def is_afm(text: str) -> bool:
    """Tell whether nine digits are a Greek AFM: powers of two, modulus 11, modulus 10."""
    total = weighted(text[:8], (256, 128, 64, 32, 16, 8, 4, 2))
    return total % 11 % 10 == int(text[8]) and len(set(text)) > 1


def is_amka(text: str) -> bool:
    """Tell whether eleven digits are a Greek AMKA: a day and Luhn."""
    return luhn(text) and is_day(int(text[4:6]), int(text[2:4]), int(text[:2]))


def is_tckn(text: str) -> bool:
    """Tell whether eleven digits are a Turkish T.C. number: two check digits, modulus 10."""
    digits = [int(each) for each in text]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[0] != 0 and digits[9] == tenth and sum(digits[:10]) % 10 == digits[10]


_LETTER_OR_DIGIT = "[0-9LMNPQRSTUV]"

SOUTH = (
    number(
        "es-dni",
        "Real Decreto 1553/2005, article 11; Orden INT/2058/2008",
        is_dni,
        # `12345678 z` may be a number and a word; a capital, or no blank, says that it is one.
        written=r"(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZ]-?\d{7})"
        r"(?:-?[A-HJ-NP-TV-Z]|[ ](?-i:[A-HJ-NP-TV-Z]))",
        mixed=True,
    ),
    number(
        "it-codice-fiscale",
        "D.M. 12 marzo 1974; D.P.R. 605/1973",
        is_codice_fiscale,
        written=rf"[A-Z]{{6}}{_LETTER_OR_DIGIT}{{2}}[A-EHLMPRST]{_LETTER_OR_DIGIT}{{2}}"
        rf"[A-Z]{_LETTER_OR_DIGIT}{{3}}[A-Z]",
        digits=2,
        mixed=True,
    ),
    number(
        "pt-nif",
        "Decreto-Lei n.º 14/2013, article 10",
        is_nif,
        bare=r"\d{3}[ .]?\d{3}[ .]?\d{3}",
        words=("nif", "contribuinte", "número fiscal", "n.i.f"),
        digits=9,
    ),
    number(
        "cz-sk-rodne-cislo",
        "Zákon č. 133/2000 Sb., section 13",
        is_rodne_cislo,
        written=r"\d{6}/\d{3,4}",
        bare=r"\d{6}[/ ]?\d{3,4}",
        words=("rodné číslo", "rodne cislo", "rodného čísla", "r.č.", "rč"),
        digits=9,
    ),
    number(
        "ro-cnp",
        "OUG 97/2005; Legea 105/1996",
        is_cnp,
        written=r"[1-9]\d{12}",
        digits=13,
    ),
    number(
        "bg-egn",
        "Закон за гражданската регистрация, article 11",
        is_egn,
        bare=r"\d{10}",
        words=("егн", "egn"),
        digits=10,
    ),
    number(
        "hu-tax",
        "1996. évi XX. törvény, annex",
        is_hungarian_tax,
        bare=r"8\d{9}",
        words=("adóazonosító", "adoazonosito", "adószám"),
        digits=10,
    ),
    number(
        "hu-taj",
        "1996. évi XX. törvény, annex",
        is_taj,
        bare=r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        words=("taj",),
        digits=9,
    ),
    number(
        "gr-afm",
        "ΠΟΛ 1178/2010",
        is_afm,
        bare=r"\d{9}",
        words=("αφμ", "α.φ.μ", "afm"),
        digits=9,
    ),
    number(
        "gr-amka",
        "Νόμος 3655/2008, article 153",
        is_amka,
        written=r"\d{11}",
        digits=11,
        confidence="likely",
    ),
    number(
        "tr-tckn",
        "5490 sayılı Nüfus Hizmetleri Kanunu, article 46",
        is_tckn,
        written=r"[1-9]\d{10}",
        bare=r"[1-9]\d{2} ?\d{3} ?\d{3} ?\d{2}",
        words=("t.c.", "tc kimlik", "kimlik no", "tckn"),
        digits=11,
        confidence="likely",
    ),
    number(
        "hr-oib",
        "Zakon o osobnom identifikacijskom broju; ISO 7064 MOD 11,10",
        mod_11_10,
        bare=r"\d{11}",
        words=("oib",),
        digits=11,
    ),
)
