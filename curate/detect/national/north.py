"""Numbers of Scandinavia, Finland, the Baltic, Poland, Russia, Ukraine."""

from __future__ import annotations

from curate.detect.checksums import is_day, luhn, weighted
from curate.detect.national.number import number


def is_personnummer(text: str) -> bool:
    """Tell whether it is a Swedish personnummer: Luhn; days from 61 are coordination numbers."""
    digits = text[-10:]
    day = int(digits[4:6])
    return luhn(digits) and is_day(int(digits[:2]), int(digits[2:4]), day - 60 * (day > 60))


def is_fodselsnummer(text: str) -> bool:
    """Tell whether it is a Norwegian fødselsnummer: two check digits of modulus 11.

    Days from 41 are D numbers, months from 41 and 81 are made for tests and by hospitals.
    """
    first = weighted(text, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    second = weighted(text, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    day, month = int(text[:2]) % 40, int(text[2:4]) % 40
    return first and second and is_day(int(text[4:6]), month, day)


def is_cpr(text: str) -> bool:
    """Tell whether it begins with a day: modulus 11 is not kept by CPR numbers since 2007."""
    return is_day(int(text[4:6]), int(text[2:4]), int(text[:2]) % 60)


def is_checked_cpr(text: str) -> bool:
    """Tell whether a Danish CPR number has the check digit that was given until 2007."""
    return is_cpr(text) and weighted(text, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def is_hetu(text: str) -> bool:
    """Tell whether it is a Finnish henkilötunnus without its separator: modulus 31."""
    mark = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31]
    return mark == text[-1] and is_day(int(text[4:6]), int(text[2:4]), int(text[:2]))


def is_isikukood(text: str) -> bool:
    """Tell whether it is an Estonian or Lithuanian code: modulus 11 in two stages."""
    check = weighted(text[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(text[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return check == int(text[10]) and is_day(int(text[1:3]), int(text[3:5]), int(text[5:7]))


def is_pesel(text: str) -> bool:
    """Tell whether it is a Polish PESEL: weights 1, 3, 7, 9; the month tells the century."""
    right = weighted(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    return right and is_day(int(text[:2]), int(text[2:4]) % 20, int(text[4:6]))


def is_inn(text: str) -> bool:
    """Tell whether twelve digits are a person's INN: two check digits, modulus 11, modulus 10."""
    first = weighted(text[:10], (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    second = weighted(text[:11], (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    return text[10:] == f"{first}{second}" and len(set(text)) > 1


def is_snils(text: str) -> bool:
    """Tell whether it is a Russian SNILS: weights 9 to 1, modulus 101, modulus 100."""
    check = weighted(text[:9], range(9, 0, -1)) % 101 % 100
    return check == int(text[9:]) and len(set(text)) > 1


def is_rnokpp(text: str) -> bool:
    """Tell whether ten digits are a Ukrainian tax number: weights, modulus 11, modulus 10."""
    total = weighted(text[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7))
    return total % 11 % 10 == int(text[9]) and len(set(text)) > 1


NORTH = (
    number(
        "se-personnummer",
        "Folkbokföringslag (1991:481), section 18",
        is_personnummer,
        written=r"(?:19|20)?\d{6}[-+]\d{4}",
        bare=r"(?:19|20)?\d{6}[-+ ]?\d{4}",
        words=("personnummer", "personnr", "samordningsnummer", "pnr"),
        digits=10,
    ),
    number(
        "no-fodselsnummer",
        "Folkeregisterforskriften, section 2-2-1",
        is_fodselsnummer,
        written=r"\d{6} ?\d{5}",
        digits=11,
    ),
    number(
        "dk-cpr",
        "CPR-kontoret, Personnummeret i CPR",
        is_checked_cpr,
        written=r"\d{6}-\d{4}",
        bare=r"\d{6}[- ]?\d{4}",
        words=("cpr",),
        digits=10,
    ),
    number(
        "dk-cpr-since-2007",
        "CPR-kontoret, Personnumre uden kontrolciffer",
        is_cpr,
        bare=r"\d{6}[- ]?\d{4}",
        words=("cpr",),
        digits=10,
    ),
    number(
        "fi-hetu",
        "Valtioneuvoston asetus väestötietojärjestelmästä 128/2010",
        is_hetu,
        written=r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]",
        digits=9,
    ),
    number(
        "ee-lt-code",
        "EVS 585:2007; Gyventojų registro įstatymas",
        is_isikukood,
        bare=r"[1-6]\d{10}",
        words=("isikukood", "asmens kodas", "ik:"),
        digits=11,
    ),
    number(
        "pl-pesel",
        "Ustawa o ewidencji ludności, article 15",
        is_pesel,
        bare=r"\d{11}",
        words=("pesel",),
        digits=11,
    ),
    number(
        "ru-inn",
        "Приказ ФНС № ЕД-7-14/559@",
        is_inn,
        bare=r"\d{12}",
        words=("инн", "inn"),
        digits=12,
    ),
    number(
        "ru-snils",
        "Постановление Правления ПФР № 192п",
        is_snils,
        written=r"\d{3}-\d{3}-\d{3}[ -]\d{2}",
        bare=r"\d{3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{2}",
        words=("снилс", "snils"),
        digits=11,
    ),
    number(
        "ua-rnokpp",
        "Податковий кодекс України, article 70",
        is_rnokpp,
        bare=r"\d{10}",
        words=("рнокпп", "іпн", "ідентифікаційний", "rnokpp"),
        digits=10,
    ),
)
