"""Checks: every rule there is, which of them run, and how they are run over a batch.

selection = select(DEFAULT)
for row, rule, spot in check_batch(batch, "sft", selection): ...
"""

from __future__ import annotations

from collections.abc import Sequence

from curate.checks.base import Rule, Spot
from curate.checks.profiles import ALL, DEFAULT, LINT, PROFILES, Profile
from curate.checks.running import check_batch, check_row, fix_rows
from curate.checks.screen import ordinary
from curate.checks.selection import Selection, profile_named, select_from
from curate.checks.structure import media, preference, tools, turns, unpaired
from curate.checks.text import characters

FAMILIES: tuple[tuple[Rule, ...], ...] = (
    turns.RULES,
    tools.RULES,
    preference.RULES,
    unpaired.RULES,
    media.RULES,
    characters.RULES,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family)
BY_CODE: dict[str, Rule] = {rule.code.code: rule for rule in RULES}


def select(profile: Profile, codes: Sequence[str] = (), ignore: Sequence[str] = ()) -> Selection:
    """Resolve a profile, `--select` and `--ignore` over every rule; see `select_from`.

    Raises:
        UsageError: If an entry matches no code.
    """
    return select_from(RULES, profile, codes, ignore)


__all__ = [
    "ALL",
    "BY_CODE",
    "DEFAULT",
    "FAMILIES",
    "LINT",
    "PROFILES",
    "RULES",
    "Profile",
    "Rule",
    "Selection",
    "Spot",
    "check_batch",
    "check_row",
    "fix_rows",
    "ordinary",
    "profile_named",
    "select",
]
