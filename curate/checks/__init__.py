"""Checks: every rule there is, which of them run, and how they are run over a batch.

selection = select(DEFAULT)
for row, rule, spot in check_batch(batch, "sft", selection): ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from curate.checks.base import Rule, Spot
from curate.checks.privacy import language, personal, secrets
from curate.checks.profiles import ALL, DEFAULT, LINT, PROFILES, Profile
from curate.checks.quality import (
    answers,
    arithmetic,
    asked,
    asked_length,
    conversions,
    cut,
    dialogues,
    echo,
    leftovers,
    merged,
    missing,
    programs,
    questions,
    references,
    refusals,
    repetition,
    scripts,
    tiny,
    unanswerable,
)
from curate.checks.rendered import RULES as RENDERED_RULES
from curate.checks.running import check_batch, check_row, fix_rows
from curate.checks.screen import ordinary
from curate.checks.selection import Selection, profile_named, profiles_named, select_from
from curate.checks.structure import (
    boxes,
    calls,
    consumers,
    media,
    media_files,
    media_rows,
    preference,
    reasoning,
    results,
    sides,
    speakers,
    tool_schemas,
    tools,
    turns,
    unpaired,
    weights,
)
from curate.checks.suppression import PerFile, Suppressor
from curate.checks.text import characters, encoding, escapes, markup, spacing, unseen, web
from curate.checks.whole import WHOLE_FAMILIES, WHOLE_RULES, WholeRule
from curate.codes import BY_CODE as OTHER_CODES
from curate.codes import Code

FAMILIES: tuple[tuple[Rule, ...], ...] = (
    turns.RULES + speakers.RULES + consumers.RULES,
    tools.RULES,
    calls.RULES + results.RULES + tool_schemas.RULES,
    preference.RULES + sides.RULES,
    unpaired.RULES + sides.UNPAIRED_RULES,
    media.RULES + media_rows.RULES + boxes.RULES + media_files.RULES,
    reasoning.RULES,
    weights.RULES,
    characters.RULES,
    # Before `encoding`, whose fix removes the control characters that these restore from.
    escapes.RULES,
    encoding.RULES,
    markup.RULES,
    web.RULES,
    unseen.RULES,
    spacing.RULES,
    questions.RULES + merged.RULES + references.RULES + unanswerable.RULES + dialogues.RULES,
    answers.RULES + cut.RULES + refusals.RULES + echo.RULES + scripts.RULES + asked.RULES,
    programs.RULES + leftovers.RULES + missing.RULES + tiny.RULES,
    arithmetic.RULES + conversions.RULES + asked_length.RULES,
    repetition.RULES,
    RENDERED_RULES,
    secrets.RULES,
    personal.RULES,
    language.RULES,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family)
BY_CODE: dict[str, Rule] = {rule.code.code: rule for rule in RULES}
WHOLE_BY_CODE: dict[str, WholeRule] = {rule.code.code: rule for rule in WHOLE_RULES}
# The codes of all rules, those about whole files and sets included.
RULE_CODES: dict[str, Code] = {
    code.code: code for code in (*(r.code for r in RULES), *(r.code for r in WHOLE_RULES))
}


def select(
    profiles: Profile | Sequence[Profile],
    codes: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extend: Sequence[str] = (),
) -> Selection:
    """Resolve profiles, `--select` and `--ignore` over every rule; see `select_from`.

    Raises:
        UsageError: If an entry matches no code.
    """
    listed = (profiles,) if isinstance(profiles, Profile) else tuple(profiles)
    return select_from((*RULES, *WHOLE_RULES), listed, codes, ignore, extend)


def below(selection: Selection, media_root: str) -> Selection:
    """Return the selection with the rules that look for files of media below a folder."""
    bound = {rule.code.code: rule for rule in media_files.media_rules(Path(media_root))}
    rules = tuple(bound.get(rule.code.code, rule) for rule in selection.rules)
    return replace(selection, rules=rules)


def suppressor(selection: Selection, per_file: PerFile = ()) -> Suppressor:
    """Return what says which findings of a selection are hidden.

    Raises:
        UsageError: If `per_file` names what is no code.
    """
    known = OTHER_CODES | RULE_CODES
    return Suppressor(known, set(BY_CODE), set(WHOLE_BY_CODE), selection.codes, per_file)


__all__ = [
    "ALL",
    "BY_CODE",
    "DEFAULT",
    "FAMILIES",
    "LINT",
    "PROFILES",
    "RULES",
    "RULE_CODES",
    "WHOLE_BY_CODE",
    "WHOLE_FAMILIES",
    "WHOLE_RULES",
    "PerFile",
    "Profile",
    "Rule",
    "Selection",
    "Spot",
    "Suppressor",
    "WholeRule",
    "below",
    "check_batch",
    "check_row",
    "fix_rows",
    "ordinary",
    "profile_named",
    "profiles_named",
    "select",
    "suppressor",
]
