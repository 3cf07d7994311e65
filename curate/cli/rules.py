"""`curate rules | rule`: every code, and the page of one."""

from __future__ import annotations

import difflib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate import console
from curate.cli.options import json_option
from curate.codes.base import FAMILIES, Code
from curate.errors import UsageError

if TYPE_CHECKING:
    from curate.checks import Profile


def all_codes() -> list[Code]:
    """Return every code there is, reading's and rules', in alphabetical order."""
    from curate.checks import RULE_CODES
    from curate.codes import CODES

    return sorted([*CODES, *RULE_CODES.values()], key=lambda code: code.code)


@click.command()
@click.option("--for", "profiles", multiple=True, metavar="PROFILES", help="Only what these raise.")
@json_option
def rules(profiles: tuple[str, ...], as_json: bool) -> None:
    """List every code: findings, removals, losses and plan refusals share one list.

    With --for, only the rules that these profiles run, at the severity that they give them.
    """
    codes = all_codes()
    severities: dict[str, str] = {code.code: code.severity for code in codes}
    if profiles:
        from curate.checks import profiles_named, select

        selection = select(profiles_named(profiles))
        severities = {code: selection.severity(code) for code in selection.severities}
    shown = [code for code in codes if code.code in severities]
    if as_json:
        facts = [_facts(code) | {"severity": severities[code.code]} for code in shown]
        families = {code.family: FAMILIES[code.family] for code in shown}
        console.out_json({"families": families, "rules": facts})
        return
    for code in shown:
        fix = f" [{code.fix} fix]" if code.fix else ""
        console.out(f"{code.code} {severities[code.code]:8} {code.slug:28} {code.title}{fix}")


def _facts(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "slug": code.slug,
        "family": code.family,
        "severity": code.severity,
        "fix": code.fix,
    }


@click.command()
@click.argument("code")
@json_option
def rule(code: str, as_json: bool) -> None:
    """Explain one code: what it is, why it hurts, an example, what to do, the source.

    Behind the page: which profiles raise it, and how often it was right where it was measured.
    """
    known = {c.code: c for c in all_codes()} | {c.slug: c for c in all_codes()}
    found = known.get(code.upper()) or known.get(code.lower())
    if found is None:
        near = difflib.get_close_matches(code, known, n=1) or difflib.get_close_matches(
            code.upper(), known, n=1
        )
        hint = f"did you mean {near[0]}?" if near else "see `curate rules`"
        raise UsageError(f"there is no code {code!r}", hint=hint)
    raised, hits = _raised_by(found), measured().get(found.code)
    if as_json:
        more = {"page": found.page.strip(), "profiles": raised, "measured": hits}
        console.out_json({"schema_version": 1, "command": "rule"} | _facts(found) | more)
        return
    fix = f", {found.fix} fix" if found.fix else ""
    console.out(f"{found.code} {found.slug} ({found.severity}{fix})\n\n{found.page.strip()}")
    if raised:
        told = ", ".join(
            name if level == found.severity else f"{name} ({level})"
            for name, level in raised.items()
        )
        console.out(f"Profiles: {told}")
    if hits is not None:
        console.out(f"Measured: {_precision(hits)}")


def _raised_by(code: Code) -> dict[str, str]:
    """Return the severity in each profile that raises a rule; codes of no rule are in all."""
    from curate.checks import PROFILES, RULE_CODES, select
    from curate.checks.profiles import consumer_names, consumer_profile

    if code.code not in RULE_CODES:
        return {}
    profiles: list[Profile] = [*PROFILES, *map(consumer_profile, consumer_names())]
    found: dict[str, str] = {}
    for profile in profiles:
        selection = select(profile)
        if code.code in selection.severities:
            found[profile.name] = selection.severity(code.code)
    return found


@cache
def measured() -> dict[str, list[dict[str, Any]]]:
    """Return what rules were measured to find, by code; {} where that is not shipped.

    Each entry says of a file: its rows, the hits among them, how many of these were read, and how
    many of those were right.
    """
    import curate.checks

    path = Path(curate.checks.__file__).with_name("measured.json")
    if not path.is_file():
        return {}
    found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _precision(hits: list[dict[str, Any]]) -> str:
    """Return how often a rule was right, with the files that it was measured on."""
    read, right = (sum(each[name] for each in hits) for name in ("read", "right"))
    if not hits:
        return "it hits nothing in the published data that it was run on"
    files = ", ".join(f"{each['file']} {each['hits']:,} of {each['rows']:,} rows" for each in hits)
    judged = f"{right:,} of {read:,} hits that were read are right" if read else "no hit was read"
    return f"{judged} ({files})"
