"""What a code is: three letters, three digits, a slug that states the fault, and a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Severity = Literal["error", "warning", "info"]
FixKind = Literal["safe", "unsafe"]

FAMILIES = {
    "SRC": "reading",
    "SCH": "schema",
    "TRN": "turns and roles",
    "TOL": "tools",
    "TXT": "text",
    "LEN": "length",
    "LNG": "language",
    "PRF": "preference",
    "KTO": "unpaired",
    "MED": "media",
    "RSN": "reasoning",
    "WGT": "weights",
    "ARW": "Arrow safety",
    "PII": "privacy",
    "SEC": "secrets",
    "QLT": "quality",
    "DUP": "duplicates",
    "LEK": "evaluation leak",
    "BAL": "balance and mix",
    "GEN": "generation",
    "LOS": "conversion loss",
    "RUN": "training plan",
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code of the one namespace that findings, removals, additions and refusals share.

    Attributes:
        code: Three letters of `FAMILIES` and three digits; never used again for something else.
        slug: The fault in a few hyphenated words.
        severity: What it is worth where no profile says otherwise.
        page: Its documentation in Markdown; the first line is the one-line description.
        fix: Whether a fix exists, and of which kind.
    """

    code: str
    slug: str
    severity: Severity
    page: str
    fix: FixKind | None = None

    @property
    def family(self) -> str:
        """The three letters."""
        return self.code[:3]

    @property
    def remedy(self) -> str | None:
        """What to do, as the page says it under `Fix:`, on one line; None where it says nothing."""
        return _remedy(self.page)

    @property
    def title(self) -> str:
        """The first line of the page."""
        return self.page.strip().splitlines()[0]


@cache
def _remedy(page: str) -> str | None:
    found = re.search(r"^Fix: (.*?)(?=^\w+:|\Z)", page, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else None
