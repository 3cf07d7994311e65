"""Check digits that several kinds of numbers share; every function takes ASCII digits."""

from __future__ import annotations

from collections.abc import Iterable

_DOUBLES = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# The dihedral group of order 10 and its permutations: J. Verhoeff, Error Detecting Decimal Codes.
_TIMES = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_TURNS = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def weighted(digits: str, weights: Iterable[int]) -> int:
    """Return the sum of digits times weights, over the shorter of both."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812-1, annex B."""
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(_DOUBLES[n] for n in numbers[1::2])) % 10 == 0


def mod_97_10(text: str) -> bool:
    """Tell whether letters and digits have the remainder 1 (ISO/IEC 7064, MOD 97-10)."""
    return int("".join(str(int(each, 36)) for each in text)) % 97 == 1


def mod_11_10(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def mod_11_2(text: str) -> bool:
    """Tell whether the last digit or X is the check character of ISO/IEC 7064, MOD 11-2."""
    total = 0
    for digit in text[:-1]:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11] == text[-1]


def verhoeff(digits: str) -> bool:
    """Tell whether the last digit is the check digit that Verhoeff's method gives."""
    check = 0
    for at, digit in enumerate(reversed(digits)):
        check = int(_TIMES[check][int(_TURNS[at % 8][int(digit)])])
    return check == 0


def ean(digits: str) -> bool:
    """Tell whether the last digit is the check digit of GS1's numbers (EAN-13)."""
    return weighted(digits[::-1], (1, 3) * 7) % 10 == 0


def is_day(year: int, month: int, day: int) -> bool:
    """Tell whether a month has a day; a year of two digits stands for any century."""
    if not 1 <= month <= 12 or day < 1:
        return False
    if month == 2:
        return day <= (29 if year % 4 == 0 else 28)
    return day <= (30 if month in (4, 6, 9, 11) else 31)
