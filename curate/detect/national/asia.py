"""Numbers of Asia, Africa and Australia."""

from __future__ import annotations

from curate.detect.checksums import is_day, luhn, mod_11_2, verhoeff, weighted
from curate.detect.national.number import number


def is_aadhaar(text: str) -> bool:
    """Tell whether twelve digits are an Indian Aadhaar number: Verhoeff, no 0 or 1 first."""
    return text[0] not in "01" and verhoeff(text) and text != text[::-1]


def is_resident(text: str) -> bool:
    """Tell whether it is a Chinese resident's number: a day, ISO 7064 MOD 11-2."""
    day = is_day(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    return day and mod_11_2(text)


def is_my_number(text: str) -> bool:
    """Tell whether twelve digits are a Japanese individual number: weights, modulus 11."""
    rest = weighted(text[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest <= 1 else 11 - rest) == int(text[11]) and len(set(text)) > 1


def is_dated_rrn(text: str) -> bool:
    """Tell whether it begins with a day: since October 2020 numbers have no check digit."""
    return is_day(int(text[:2]), int(text[2:4]), int(text[4:6]))


def is_rrn(text: str) -> bool:
    """Tell whether it is a Korean resident number: weights 2 to 9 and 2 to 5, modulus 11."""
    total = weighted(text[:12], (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5))
    return is_dated_rrn(text) and (11 - total % 11) % 10 == int(text[12])


_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # 10 and up


def is_taiwanese(text: str) -> bool:
    """Tell whether it is a Taiwanese identity number: weights 1, 9 to 1, 1, modulus 10."""
    digits = f"{_TAIWAN.index(text[0]) + 10}{text[1:]}"
    return weighted(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def is_nric(text: str) -> bool:
    """Tell whether it is a Singaporean NRIC or FIN: weights 2, 7 to 2, modulus 11."""
    total = weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = "JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK"
    if text[0] == "M":
        letters, total = "KLJNPQRTUWX", 10 - total % 11
    return letters[total % 11] == text[8]


def is_emirates(text: str) -> bool:
    """Tell whether it is an Emirates ID: 784, a year, Luhn."""
    return text.startswith("784") and luhn(text)


def is_south_african(text: str) -> bool:
    """Tell whether thirteen digits are a South African identity number: a day, Luhn."""
    return (
        luhn(text) and is_day(int(text[:2]), int(text[2:4]), int(text[4:6])) and text[10] in "012"
    )


def is_tfn(text: str) -> bool:
    """Tell whether nine digits are an Australian tax file number: weights, modulus 11."""
    return weighted(text, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0 and len(set(text)) > 1


def is_medicare(text: str) -> bool:
    """Tell whether it is an Australian Medicare number: weights 1, 3, 7, 9, modulus 10."""
    return weighted(text[:8], (1, 3, 7, 9) * 2) % 10 == int(text[8])


def is_thai(text: str) -> bool:
    """Tell whether thirteen digits are a Thai identity number: weights 13 to 2, modulus 11."""
    return (11 - weighted(text[:12], range(13, 1, -1)) % 11) % 10 == int(text[12])


def is_israeli(text: str) -> bool:
    """Tell whether nine digits are an Israeli identity number: Luhn."""
    return luhn(text) and len(set(text)) > 1


ASIA = (
    number(
        "in-aadhaar",
        "Aadhaar Act 2016; UIDAI, a UID numbering scheme for India",
        is_aadhaar,
        written=r"(?<!\d )[2-9]\d{3} \d{4} \d{4}(?! \d)",
        bare=r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}",
        words=("aadhaar", "aadhar", "uidai", "आधार"),
        digits=12,
        confidence="likely",
    ),
    number(
        "in-pan",
        "Income-tax Rules 1962, rule 114",
        lambda text: True,
        written=r"(?-i:[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z])",
        digits=4,
        mixed=True,
    ),
    number(
        "cn-resident",
        "GB 11643-1999",
        is_resident,
        written=r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]",
        digits=17,
    ),
    number(
        "jp-my-number",
        "平成26年総務省令第85号, article 5",
        is_my_number,
        bare=r"\d{4}[ -]?\d{4}[ -]?\d{4}",
        words=("マイナンバー", "個人番号", "my number", "mynumber"),
        digits=12,
    ),
    number(
        "kr-rrn",
        "주민등록법 시행규칙, article 2",
        is_rrn,
        written=r"\d{6}-[1-8]\d{6}",
        bare=r"\d{6}[- ]?[1-8]\d{6}",
        words=("주민등록", "주민번호"),
        digits=13,
    ),
    number(
        "kr-rrn-since-2020",
        "주민등록법 시행규칙, article 2",
        is_dated_rrn,
        written=r"\d{6}-[1-8]\d{6}",
        digits=13,
        confidence="likely",
    ),
    number(
        "tw-identity",
        "戶籍法, article 51",
        is_taiwanese,
        written=r"(?-i:[A-Z][1289]\d{8})",
        digits=9,
        mixed=True,
    ),
    number(
        "sg-nric",
        "National Registration Regulations; ICA",
        is_nric,
        written=r"(?-i:[STFGM]\d{7}[A-Z])",
        mixed=True,
    ),
    number(
        "il-identity",
        "Population Registry Law 1965",
        is_israeli,
        bare=r"\d{8}-?\d",
        words=("ת.ז", "ת״ז", "תעודת זהות", "teudat zehut", "מספר זהות"),
        digits=9,
    ),
    number(
        "ae-emirates-id",
        "Federal Law No. 9 of 2006",
        is_emirates,
        written=r"784-?(?:19|20)\d{2}-?\d{7}-?\d",
        digits=15,
    ),
    number(
        "za-identity",
        "Identification Act 68 of 1997",
        is_south_african,
        written=r"\d{6} ?\d{4} ?\d{3}",
        digits=13,
    ),
    number(
        "au-tfn",
        "Taxation Administration Act 1953, part VA",
        is_tfn,
        bare=r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        words=("tfn", "tax file"),
        digits=9,
    ),
    number(
        "au-medicare",
        "National Health Act 1953; Services Australia",
        is_medicare,
        written=r"[2-6]\d{3} \d{5} \d(?:[ /-]?\d)?",
        bare=r"[2-6]\d{3} ?\d{5} ?\d(?:[ /-]?\d)?",
        words=("medicare",),
        digits=10,
        confidence="likely",
    ),
    number(
        "th-identity",
        "พระราชบัญญัติการทะเบียนราษฎร พ.ศ. 2534",
        is_thai,
        written=r"\d-\d{4}-\d{5}-\d{2}-\d",
        bare=r"\d{13}",
        words=("เลขประจำตัวประชาชน", "thai id"),
        digits=13,
    ),
)
