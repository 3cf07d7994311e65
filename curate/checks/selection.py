"""Which rules run: a profile, `--select` and `--ignore` resolved to rules and severities."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curate.checks.base import Rule
from curate.checks.profiles import PROFILES, Profile
from curate.codes import BY_CODE as OTHER_CODES
from curate.codes import FAMILIES as FAMILY_NAMES
from curate.codes.base import Code, Severity
from curate.errors import UsageError
from curate.row import Kind


@dataclass(frozen=True, slots=True)
class Selection:
    """Rules in their order, and what each is worth.

    Attributes:
        rules: The rules that run.
        severities: The severity in force, by code.
        codes: Every selected code, those that are no rule's own included (`SRC001`).
    """

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity]
    codes: frozenset[str]

    def of_kind(self, kind: Kind) -> tuple[Rule, ...]:
        """Return the rules that look at rows of a kind, in order."""
        return tuple(rule for rule in self.rules if kind in rule.kinds)

    def severity(self, code: str) -> Severity:
        """Return the severity in force for a selected rule's code."""
        return self.severities[code]


def profile_named(name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        UsageError: If there is none; the hint proposes the nearest.
    """
    found = {profile.name: profile for profile in PROFILES}
    if name not in found:
        raise UsageError(f"unknown profile {name!r}", hint=f"the profiles are {', '.join(found)}")
    return found[name]


def select_from(
    rules: Sequence[Rule],
    profile: Profile,
    codes: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Selection:
    """Resolve a selection.

    Args:
        rules: Every rule there is, in the order in which they are to run.
        profile: Gives the rules that run where `codes` is empty, and the severities.
        codes: Codes, beginnings of codes (`TRN`, `TOL00`), slugs, or several of these joined by
            commas. Where given, these rules run instead of the profile's; one that the profile
            turns off runs at its own severity.
        ignore: The same, for rules and codes to leave out.

    Raises:
        UsageError: If an entry matches no code; the hint proposes the nearest.
    """
    known = {rule.code.code: rule.code for rule in rules} | OTHER_CODES
    slugs = {code.slug: code.code for code in known.values()}
    wanted = _resolved(codes, known, slugs)
    ignored = _resolved(ignore, known, slugs)
    chosen: list[Rule] = []
    severities: dict[str, Severity] = {}
    for rule in rules:
        code = rule.code.code
        level = profile.severities.get(code)
        runs = code in wanted if codes else _in_profile(rule, profile)
        if runs and code not in ignored:
            chosen.append(rule)
            severities[code] = rule.code.severity if level is None or level == "off" else level
    ran = {rule.code.code for rule in chosen}
    others = (
        frozenset(wanted if codes else OTHER_CODES) - {rule.code.code for rule in rules} - ignored
    )
    return Selection(tuple(chosen), severities, frozenset(ran | others))


def _in_profile(rule: Rule, profile: Profile) -> bool:
    level = profile.severities.get(rule.code.code)
    if level is not None:
        return level != "off"
    in_family = not profile.families or rule.code.family in profile.families
    return in_family and rule.code.severity in profile.defaults


def _resolved(
    entries: Sequence[str], known: Mapping[str, Code], slugs: Mapping[str, str]
) -> set[str]:
    found: set[str] = set()
    for entry in (part.strip() for text in entries for part in text.split(",")):
        matching = {code for code in known if entry and code.startswith(entry.upper())}
        if entry.lower() in slugs:
            matching.add(slugs[entry.lower()])
        if not matching and entry.upper() not in FAMILY_NAMES:
            raise _unknown("code", entry, [*FAMILY_NAMES, *known, *slugs])
        found |= matching
    return found


def _unknown(what: str, name: str, choices: Sequence[str]) -> UsageError:
    upper = {choice.upper(): choice for choice in choices}
    near = difflib.get_close_matches(name.upper(), upper, n=1)
    hint = f"did you mean {upper[near[0]]}?" if near else "see `curate rules`"
    return UsageError(f"unknown {what} {name!r}", hint=hint)
