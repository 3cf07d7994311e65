"""When a mail was written, from its Date header."""

from __future__ import annotations

import re
from calendar import timegm

_CHARS = 200
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ZONES = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z", "WET"), 0),
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"CET": 1, "MET": 1, "MEZ": 1, "BST": 1, "WEST": 1, "CEST": 2, "MEST": 2, "MESZ": 2},
    **{"EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11},
}
_MONTH = rf"({'|'.join(_MONTHS)})"
_TIME = r"(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?(?:[.,]\d{1,9})?"
_ZONE = r"(?:\s*([+-]\s?\d{1,2}:?\d{2})|\s+([A-Za-z]{1,5})\b)?"
_WRITTEN = re.compile(
    rf"(\d{{1,2}})[\s-]+{_MONTH}[a-z.]{{0,7}}[\s,-]+(\d{{2,4}})(?:[\s,]+(?:at\s+)?{_TIME}{_ZONE})?",
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    rf"{_MONTH}[a-z]{{0,6}}\s+(\d{{1,2}})\s+{_TIME}{_ZONE}\s+(\d{{4}}){_ZONE}", re.IGNORECASE
)
_ISO = re.compile(
    rf"(\d{{4}})[-/](\d{{2}})[-/](\d{{2}})"
    rf"(?:[T\s]+{_TIME}(?:\s*([+-]\d{{2}}:?\d{{2}})|\s*(Z))?)?"
)


def time_of(value: str) -> float | None:
    """Return a date in seconds since 1970-01-01 UTC, None where it is none.

    A date without a zone, or with one that names no time (`-0000`, an unknown word), is UTC. Years
    of two digits are 1970-2069, of three 1900 + them (RFC 5322 section 4.3 has 1950-2049). The
    forms `Wed Nov  7 10:11:12 2001` and `2001-11-07T10:11:12Z` are read too.

    Source: RFC 5322 sections 3.3 and 4.3.
    """
    value = value[:_CHARS]
    if (found := _WRITTEN.search(value)) is not None:
        day, month, year, *clock, zone, name = found.groups()
    elif (found := _ASCTIME.search(value)) is not None:
        month, day, *clock, before, word, year, zone, name = found.groups()
        zone, name = zone or before, name or word
    elif (found := _ISO.search(value)) is not None:
        year, month, day, *clock, zone, name = found.groups()
    else:
        return None
    number = _MONTHS.get(month.lower(), 0) if not month.isdigit() else int(month)
    return _seconds((_year(year), number, int(day)), clock, _offset(zone, name))


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 70 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(zone: str | None, name: str | None) -> float:
    """Return seconds east of UTC."""
    if zone is not None:
        digits = "".join(filter(str.isdigit, zone)).zfill(4)
        seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        return (-seconds if zone[0] == "-" else seconds) if seconds <= 86_400 else 0
    return _ZONES.get((name or "").upper(), 0) * 3600


def _seconds(date: tuple[int, int, int], clock: list[str | None], offset: float) -> float | None:
    year, month, day = date
    hour, minute, second = (int(part or 0) for part in clock[:3])
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1 <= year <= 9999):
        return None
    if hour > 24 or minute > 59 or second > 60:
        return None
    return float(timegm((year, month, day, hour, minute, second)) - offset)
