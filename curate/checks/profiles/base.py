"""Profiles: which rules run, and how much each is worth. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from curate.codes.base import FAMILIES, Severity

Level = Severity | Literal["off"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules for one purpose.

    Attributes:
        name: Its name on the command line.
        title: One line that says what it is for.
        dated: The day its facts were read (ISO).
        source: What was read, with the version.
        families: The families whose rules run; empty means all.
        defaults: Rules run whose own severity is one of these.
        severities: Code to the severity that replaces the rule's own, or `off`; a rule named here
            runs whatever `families` and `defaults` say.
    """

    name: str
    title: str
    dated: str
    source: str
    families: tuple[str, ...] = ()
    defaults: tuple[Severity, ...] = SEVERITIES
    severities: Mapping[str, Level] = field(default_factory=lambda: MappingProxyType({}))


DEFAULT = Profile(
    name="default",
    title="What convert uses: faults that make a trainer drop, refuse or mistrain the row.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
    families=("TRN", "TOL", "PRF", "KTO", "MED"),
    defaults=("error",),
)
LINT = Profile(
    name="lint",
    title="What validate uses: every rule but those of secrets, personal data and language.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
    families=tuple(family for family in FAMILIES if family not in ("SEC", "PII", "LNG")),
)
ALL = Profile(
    name="all",
    title="Every rule at its own severity.",
    dated="2026-11-21",
    source="Tunesmith's own row contract",
)
PROFILES: tuple[Profile, ...] = (DEFAULT, LINT, ALL)
