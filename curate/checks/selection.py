"""Which rules run: a profile, `--select` and `--ignore` resolved to rules and severities."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from curate.checks.base import Rule
from curate.checks.profiles import (
    PROFILES,
    READ_BY_SOME,
    Level,
    Profile,
    consumer_names,
    consumer_profile,
    worst,
)
from curate.checks.whole import WholeRule
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
        severities: The severity in force, by code; for a consumer's rule the worst it can be.
        codes: Every selected code, those that are no rule's own included (`SRC001`).
        everywhere: What the selected codes are worth that count whatever a consumer makes of them.
        consumers: The consumers' profiles in force; a code that is not in `everywhere` counts
            where one of them says so for the row's format.
        whole: The rules about whole files and sets that run.
    """

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity]
    codes: frozenset[str]
    everywhere: Mapping[str, Severity] = field(default_factory=dict)
    consumers: tuple[Profile, ...] = ()
    whole: tuple[WholeRule, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[Rule, ...]:
        """Return the rules that look at rows of a kind, in order."""
        return tuple(rule for rule in self.rules if kind in rule.kinds)

    def severity(self, code: str) -> Severity:
        """Return the severity in force for a selected rule's code."""
        return self.severities[code]

    def for_forms(self, forms: Iterable[str]) -> Selection:
        """Return the selection without the rules that matter to no row of some formats."""
        own: set[str | None] = {None if form == "row" else form for form in forms}
        rules = tuple(
            rule
            for rule in self.rules
            if rule.code.code in self.everywhere
            or any(
                effect.level != "off" and any(effect.of_form(form) for form in own)
                for consumer in self.consumers
                for effect in consumer.effects_of(rule.code.code)
            )
        )
        return replace(self, rules=rules)

    def in_force(self, code: Code, form: str | None, pointer: str) -> Severity | None:
        """Return what a finding is worth, None where nobody asked for it.

        Args:
            code: Its code.
            form: The format of the record, where it has one.
            pointer: The place in the record.
        """
        selected = code.code in self.codes
        if not self.consumers:
            own = self.severities.get(code.code, code.severity)
            return own if selected or own == "error" else None
        if not selected and code.severity != "error":
            return None
        levels: list[Level] = [self.everywhere.get(code.code, "off")]
        said = [each.effect_of(code.code, form, pointer) for each in self.consumers]
        levels += [effect.level for effect in said if effect is not None]
        if code.code in OTHER_CODES and (code.severity == "error" or not any(said)):
            levels.append(code.severity)
        return worst(levels)


def profile_named(name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        UsageError: If there is none; the hint proposes the nearest.
    """
    found = {profile.name: profile for profile in PROFILES}
    if name in found:
        return found[name]
    if name in consumer_names():
        return consumer_profile(name)
    names = [*found, *consumer_names()]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the profiles are {', '.join(names)}"
    raise UsageError(f"unknown profile {name!r}", hint=hint)


def profiles_named(entries: Sequence[str]) -> tuple[Profile, ...]:
    """Return the profiles of names, of which an entry may hold several joined by commas.

    Raises:
        UsageError: If there is none of a name.
    """
    names = [part.strip() for entry in entries for part in entry.split(",")]
    return tuple(profile_named(name) for name in dict.fromkeys(names))


def select_from(
    rules: Sequence[Rule | WholeRule],
    profiles: Sequence[Profile],
    codes: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extend: Sequence[str] = (),
) -> Selection:
    """Resolve a selection.

    Args:
        rules: Every rule there is, in the order in which they are to run.
        profiles: Together they give the rules that run where `codes` is empty; the worst severity
            that one of them gives is in force.
        codes: Codes, beginnings of codes (`TRN`, `TOL00`), slugs, or several of these joined by
            commas. Where given, these rules run instead of the profiles'; one that the profiles
            turn off runs at its own severity. A rule that matters to some consumers only runs
            where it is named in full, or a profile names it.
        ignore: The same, for rules and codes to leave out.
        extend: The same, for rules to run beside those.

    Raises:
        UsageError: If an entry matches no code; the hint proposes the nearest.
    """
    known = {rule.code.code: rule.code for rule in rules} | OTHER_CODES
    slugs = {code.slug: code.code for code in known.values()}
    wanted = _resolved(codes, known, slugs)
    ignored = _resolved(ignore, known, slugs)
    extended = _resolved(extend, known, slugs)
    consumers = tuple(profile for profile in profiles if profile.is_consumer)
    sets = [profile for profile in profiles if not profile.is_consumer]
    by_consumers = [profile.levels() for profile in consumers]
    chosen: list[Rule | WholeRule] = []
    severities: dict[str, Severity] = {}
    everywhere: dict[str, Severity] = {}
    for rule in rules:
        code = rule.code.code
        levels = [level for each in sets if (level := _level(rule, each)) is not None]
        read = [levels_of[code] for levels_of in by_consumers if code in levels_of]
        in_force = worst(levels + read)
        runs = code in wanted if codes else in_force is not None
        if runs and in_force is None and code in READ_BY_SOME:
            runs = _is_named(rule.code, codes)
        if not (runs or code in extended) or code in ignored:
            continue
        chosen.append(rule)
        severities[code] = in_force or rule.code.severity
        if (own := worst(levels)) is not None or in_force is None or code in extended:
            everywhere[code] = own or rule.code.severity
    ran = {rule.code.code for rule in chosen}
    others = (
        frozenset(wanted | extended if codes else OTHER_CODES)
        - {rule.code.code for rule in rules}
        - ignored
    )
    selected = frozenset(ran | others)
    by_row = tuple(rule for rule in chosen if isinstance(rule, Rule))
    whole = tuple(rule for rule in chosen if isinstance(rule, WholeRule))
    return Selection(by_row, severities, selected, everywhere, consumers, whole)


def _is_named(code: Code, entries: Sequence[str]) -> bool:
    """Return whether an entry is the code or its slug, and not only a beginning."""
    parts = {part.strip().lower() for text in entries for part in text.split(",")}
    return not parts.isdisjoint((code.code.lower(), code.slug))


def _level(rule: Rule | WholeRule, profile: Profile) -> Level | None:
    """Return what a rule is worth in a set of rules, None where it does not run."""
    level = profile.severities.get(rule.code.code)
    if level is None and _in_profile(rule, profile):
        return rule.code.severity
    return None if level == "off" else level


def _in_profile(rule: Rule | WholeRule, profile: Profile) -> bool:
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
