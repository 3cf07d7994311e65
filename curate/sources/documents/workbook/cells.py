"""What a cell's stored value is as text: numbers as they show, dates as ISO 8601.

Source: ECMA-376 Part 1, sections 18.8.30 (numFmt, built-in formats), 18.17.4 (dates) and 18.18.11
(cell types). A number has 15 digits: "Excel specifications and limits", Microsoft.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Literal

DateKind = Literal["", "date", "elapsed"]

_BUILT_IN = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_ELAPSED_BUILT_IN = 46
# What shows itself in a format: quoted, escaped, padding, fill, colours and conditions.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_SIGNS = re.compile("[dmhysDMHYS]")
_INTEGER = re.compile(r"-?[0-9]{1,400}")
_DAY_MS = 86_400_000
_LAST_DAY = 2_958_466


def date_kind(number: int, code: str | None) -> DateKind:
    """Return whether a number format shows a date, a length of time, or neither.

    Args:
        number: The format's id.
        code: The format itself, where the workbook defines it.
    """
    if code is None:
        if number == _ELAPSED_BUILT_IN:
            return "elapsed"
        return "date" if number in _BUILT_IN else ""
    shown = _LITERAL.sub("", code.partition(";")[0])
    if _ELAPSED.search(shown):
        return "elapsed"
    return "date" if _DATE_SIGNS.search(shown.replace("General", "")) else ""


def number_text(raw: str) -> str | None:
    """Return a number as a sheet shows it, without `.0`; None where it is none.

    Whole numbers keep their digits; others have the 15 digits that a sheet has.
    """
    raw = raw.strip()
    if _INTEGER.fullmatch(raw):
        return raw
    try:
        number = float(raw)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def date_text(raw: str, kind: DateKind, is_1904: bool) -> str | None:
    """Return a serial number as an ISO date, time or both, or as hours; None where it is none.

    Day 60 of the 1900 system is 29 February 1900, which was no day, and shows as it does there.
    """
    try:
        serial = float(raw)
    except ValueError:
        return None
    if not 0 <= serial < _LAST_DAY:
        return None
    days, rest = divmod(round(serial * _DAY_MS), _DAY_MS)
    if kind == "elapsed":
        seconds = (days * _DAY_MS + rest) // 1_000
        return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    clock = datetime(2000, 1, 1) + timedelta(milliseconds=rest)
    time = clock.time().isoformat("milliseconds" if rest % 1_000 else "seconds")
    if days == 0 and not is_1904:
        return time
    if days == 60 and not is_1904:
        day = "1900-02-29"
    else:
        first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30 + (days < 60))
        day = (first + timedelta(days=days)).date().isoformat()
    return f"{day}T{time}" if rest else day
