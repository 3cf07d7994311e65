"""Repairs that come before a record is a row: of its bytes and of columns that hold no JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from curate.build.reports import Report
from curate.build.settings import Settings
from curate.finding import Hit
from curate.formats.pieces.literal_turns import turns_as_lists
from curate.formats.pieces.literals import record_as_json
from curate.repairs import REPAIRS

Change = Callable[[dict[str, Any]], tuple[dict[str, Any], list[Hit]]]


class Mend(NamedTuple):
    """One repair by its name, the code that it is reported under, and a line about it."""

    name: str
    code: str
    title: str


LITERALS = Mend(
    "python-literals",
    "LOS051",
    "read columns, calls and arguments that hold a Python literal in place of JSON",
)
SURROGATES = Mend("surrogates", "LOS053", "replace half a surrogate pair by U+FFFD")
MENDS = (LITERALS, SURROGATES)

# Any escape, so that a backslash that is escaped itself never begins one; a whole pair in one.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u[dD][89a-fA-F]..|.)", re.DOTALL)


def column_mends(names: set[str]) -> tuple[Change, ...]:
    """Return the changes of a parsed record that these repairs ask for."""
    return (turns_as_lists, record_as_json) if LITERALS.name in names else ()


def whole_surrogates(raw: bytes) -> tuple[bytes, list[Hit]]:
    r"""Return JSON text with `\ufffd` for each lone surrogate escape, and LOS053 for some."""
    found: list[str] = []

    def mend(escape: re.Match[bytes]) -> bytes:
        text = escape.group()
        if len(text) != 6 or text[1:2] != b"u":
            return text
        found.append(text.decode())
        return rb"\ufffd"

    mended = _ESCAPE.sub(mend, raw)
    if not found:
        return raw, []
    return mended, [Hit("LOS053", "", f"{len(found)} escape(s) are replaced", found[0])]


def repair_codes(settings: Settings) -> set[str]:
    """Return the codes of the repairs that were asked for."""
    codes = {repair.name: repair.code for repair in REPAIRS}
    codes |= {mend.name: mend.code for mend in MENDS}
    return {codes[name] for name, _ in settings.repairs}


def lost(report: Report, settings: Settings) -> int:
    """Return how many losses were found that were neither allowed nor asked for by a repair."""
    asked = settings.allow_loss | repair_codes(settings)
    found = report.ledger.findings.items()
    return sum(n for code, n in found if code.startswith("LOS") and code not in asked)
