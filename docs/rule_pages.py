"""The page about codes: what each finds, its cases, where it is raised, what was measured."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from measures import Way, as_json, measures, published, said, short
from page_parts import fenced, page, table

from curate.checks import BY_CODE as RULES
from curate.checks import PROFILES, RULE_CODES, WHOLE_BY_CODE, select
from curate.checks.profiles import EFFECTS, SEVERITIES, Effect, consumer_names, consumer_profile
from curate.checks.profiles.reading import shared_effects, shared_names
from curate.checks.rendered import RULES as RENDERED_RULES
from curate.codes import CODES, FAMILIES, Code
from curate.row import KINDS
from tests.measured.sets import SETS
from tests.measured.test_measured import LEAST_PRECISION, MOST_OF_A_CLEAN_SET

_CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
_RENDERED = {rule.code.code for rule in RENDERED_RULES}
_CASE_CHARS = 400
_CODE_SPAN = re.compile(r"(?s)((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))")
_MARKUP = re.compile(r"[<*]|\](?=\()|\\(?=[^\w\s])|&(?=#?\w+;)")


def rules() -> str:
    """Return the page."""
    codes = sorted([*CODES, *RULE_CODES.values()], key=lambda code: code.code)
    used = [family for family in FAMILIES if any(code.family == family for code in codes)]
    parts = [
        *_introduction(len(codes)),
        "## Families",
        table(
            ["family", "about", "codes", "of them rules"],
            [
                [f"[{f}](#{_anchor(f'{f}: {FAMILIES[f]}')})", FAMILIES[f], *map(str, _counts(f))]
                for f in used
            ],
        ),
        *_measured_on(),
    ]
    for family in used:
        parts.append(f"## {family}: {FAMILIES[family]}")
        parts += [_code(code) for code in codes if code.family == family]
    return page("Codes", *parts)


def measured_json() -> str:
    """Return what `curate rule` and SARIF read: rules that were not run there are left out."""
    return as_json({code: each for code, each in _found().items() if code not in _RENDERED})


def _counts(family: str) -> tuple[int, int]:
    rules_of = sum(code.family == family for code in RULE_CODES.values())
    return sum(code.family == family for code in CODES) + rules_of, rules_of


def _introduction(codes: int) -> Iterator[str]:
    whole = [rule.over for rule in WHOLE_BY_CODE.values()]
    of_sets, of_files = whole.count("rows"), len(whole) - whole.count("rows")
    fixes = [code.fix for code in RULE_CODES.values()]
    yield (
        f"{codes} codes: findings, removals, additions, losses and plan refusals share one "
        "namespace, and a code is never used again for something else. `curate rule CODE` prints "
        "the same text, `curate rules --for PROFILE` lists what a profile raises."
    )
    yield (
        f"{len(RULE_CODES)} of them are rules, which `curate validate` runs; the others are "
        "reported by reading, converting or planning itself. "
        f"{len(RULES) - len(_RENDERED)} rules look at a row, {len(_RENDERED)} at a row as a model "
        "reads it (rendered by a chat template and tokenised, with `--tokenizer`), "
        f"{of_files} at a whole file (what a reader of columns makes of it) and {of_sets} at all "
        f"rows together. {fixes.count('safe')} rules have a safe fix (`--fix`, the meaning stays) "
        f"and {fixes.count('unsafe')} an unsafe one (`--unsafe-fixes`)."
    )
    yield (
        "**Profiles** says which sets of rules run a rule, and which consumers do something about "
        "what it finds ([profiles.md](profiles.md)); one that is named twice treats formats or "
        "places differently. Of the cases that its tests hold, the first "
        "that passes and the first that fails are shown: messages as `[role, text]`, a fixed row "
        "where there is a fix."
    )


def _measured_on() -> Iterator[str]:
    found = _found()
    rows: dict[str, int] = {each["file"]: each["rows"] for e in found.values() for each in e}
    files = [
        [
            f"`{short(each.path)}`",
            f"`{name.rpartition('/')[0]}`"
            if "/" in name
            else "databricks-dolly-15k, as AlpaGasus has it",
            f"{rows[name]:,}" if name in rows else "-",
            "yes" if each.clean else "",
        ]
        for each in SETS
        for name in [published(each.path)]
    ]
    total = sum(rows.values())
    hitting = sum(bool(entries) for code, entries in found.items() if code not in _RENDERED)
    asked = {"error": "every", "warning": "nine of ten", "info": "seven of ten"}
    yield "## What was measured"
    yield (
        f"The rules were run on {len(SETS)} published files, {total:,} records. {hitting} of the "
        f"{len(RULE_CODES) - len(_RENDERED)} rules that need no tokenizer find something there; "
        "the pages of the others name the consumer's source, the issue or the paper that "
        "they stand on. Of each file up to 30 hits were read and judged: what was right is kept "
        "by its place in the file, never by its text, and tests hold the rules to it "
        "(`tests/cases/measured/`)."
    )
    yield table(
        ["severity", "rules", "read", "right", "asked: right are"],
        [
            [severity, *_judged(severity, found), f"{asked[severity]} ({_least(severity)})"]
            for severity in SEVERITIES
        ],
    )
    yield (
        "What is asked holds for each rule of which five hits or more were read. A rule that hits "
        f"more than {MOST_OF_A_CLEAN_SET:.0%} of a file that people use as it is can be `info` at "
        "most, unless the file is known to have the fault. *1 of 300 in `x.json`* means that one "
        "record of its 300 is hit; rules of whole files and sets report a fault once, with its "
        "number of rows. A share of few hits says little, and published files say little about "
        "yours: a rule that hits nothing here was not found wrong either."
    )
    yield table(["file", "from", "records", "used as it is"], files)


def _judged(severity: str, found: dict[str, list[dict[str, Any]]]) -> list[str]:
    codes = [code for code, about in RULE_CODES.items() if about.severity == severity]
    entries = [each for code in codes for each in found.get(code, ())]
    read, right = (sum(each[key] for each in entries) for key in ("read", "right"))
    return [str(len(codes)), f"{read:,}", f"{right:,} ({right / read:.1%})" if read else "-"]


def _least(severity: str) -> str:
    return f"the tests ask for {LEAST_PRECISION[severity]:.0%}"


def _code(code: Code) -> str:
    parts = [
        f"### {code.code} {code.slug}",
        f"*{' · '.join(_facts(code))}*",
        _markdown(code.page),
    ]
    if raised := _profiles(code):
        parts.append(f"**Profiles:** {raised}")
    if code.code in RULE_CODES:
        if code.code in _found():
            parts.append(f"**Measured:** {said(_found()[code.code], _way(code))}")
        parts.append(fenced("\n".join(_cases(code)), "yaml"))
    return "\n\n".join(parts)


@cache
def _found() -> dict[str, list[dict[str, Any]]]:
    return measures()


def _facts(code: Code) -> Iterator[str]:
    yield code.severity
    if code.fix:
        yield f"{code.fix} fix"
    if code.code in RULES:
        kinds = RULES[code.code].kinds
        yield "rule for " + ("rows of every kind" if kinds == KINDS else ", ".join(kinds))
    if code.code in _RENDERED:
        yield "needs `--tokenizer`"
    if (rule := WHOLE_BY_CODE.get(code.code)) is not None:
        yield f"rule for a whole {'set' if rule.over == 'rows' else 'file'}"


def _way(code: Code) -> Way:
    if code.code in _RENDERED:
        return "rendered"
    return "whole" if code.code in WHOLE_BY_CODE else "row"


def _markdown(text: str) -> str:
    """Return a page with its labelled lines (`Why:`) as paragraphs, shown as it is written."""
    parts = _CODE_SPAN.split(text.strip())
    # The pattern has two groups: of each three parts the first is text, the second a code span.
    plain = (_MARKUP.sub(r"\\\g<0>", part) for part in parts[::3])
    spans = [*parts[1::3], ""]
    escaped = "".join(a + b for a, b in zip(plain, spans, strict=True))
    return re.sub(r"\n*^([A-Z]\w+): ?", r"\n\n**\1:** ", escaped, flags=re.MULTILINE).strip()


# Profiles


def _profiles(code: Code) -> str:
    parts = []
    if code.code in RULE_CODES:
        parts.append(", ".join(f"`{name}`" for name in _sets_of(code.code)))
    for effect in reversed(EFFECTS):
        names = [name for name, effects in _effects() if _has(effects, code.code, effect)]
        if names:
            said_so = "trained otherwise" if effect == "trains-other" else effect
            parts.append(f"{said_so} by {', '.join(names)}")
    return "; ".join(parts) + "." if parts else ""


@cache
def _sets() -> dict[str, frozenset[str]]:
    return {profile.name: frozenset(select(profile).severities) for profile in PROFILES}


def _sets_of(code: str) -> list[str]:
    return [name for name, codes in _sets().items() if code in codes]


@cache
def _effects() -> tuple[tuple[str, tuple[Effect, ...]], ...]:
    """Return what each consumer, and the library that opens files for most, does with data."""
    shared = {name: shared_effects(name) for name in shared_names()}
    of_datasets = {effect for effects in shared.values() for effect in effects}
    found = []
    for name in consumer_names():
        own = tuple(e for e in consumer_profile(name).effects if e not in of_datasets)
        found.append((f"[{name}](profiles.md#{name})", own))
    for name, effects in shared.items():
        title = " ".join(name.removeprefix("_").split("-"))
        found.append((f"[{title}](profiles.md#the-datasets-library)", effects))
    return tuple(found)


def _has(effects: tuple[Effect, ...], code: str, name: str) -> bool:
    return any(effect.effect == name and code in effect.codes for effect in effects)


# Cases


def _cases(code: Code) -> Iterator[str]:
    of: dict[Way, tuple[str, Callable[[dict[str, Any]], tuple[str, str]]]] = {
        "row": ("rules", _of_row),
        "rendered": ("rendered", _of_rendered),
        "whole": ("whole", _of_whole),
    }
    folder, shown = of[_way(code)]
    cases = yaml.safe_load((_CASES / folder / f"{code.code}.yaml").read_text(encoding="utf-8"))
    passes, fails = shown(cases)
    if made := cases.get("with"):
        yield f"with:   {_flow(made)}"
    yield f"passes: {passes}"
    yield f"fails:  {fails}"
    first = cases["fail"][0]
    if first.get("fixed"):
        yield f"fixed:  {_flow(first['fixed'])}"
    told = [first, *first.get("expected", ())]
    if says := next((each["says"] for each in told if "says" in each), ""):
        yield f"says:   {_flow(says)}"


def _of_row(cases: dict[str, Any]) -> tuple[str, str]:
    return _flow(cases["pass"][0]), _flow(cases["fail"][0]["row"])


def _of_rendered(cases: dict[str, Any]) -> tuple[str, str]:
    passes, fails = (dict(cases[side][0]) for side in ("pass", "fail"))
    fails = {key: value for key, value in fails.items() if key not in ("at", "says")}
    return _flow(_alone(passes)), _flow(_alone(fails))


def _alone(case: dict[str, Any]) -> Any:
    return case["row"] if case.keys() == {"row"} else case


def _of_whole(cases: dict[str, Any]) -> tuple[str, str]:
    return _rows(cases["pass"][0]), _rows(cases["fail"][0])


def _rows(case: dict[str, Any]) -> str:
    said_of = {key: value for key, value in case.items() if key != "expected"}
    return _flow(said_of["rows"] if said_of.keys() == {"rows"} else said_of)


def _flow(value: Any) -> str:
    """Return a value as JSON, unseen signs escaped."""
    plain = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in plain)
    return text if len(text) <= _CASE_CHARS else f"{text[:_CASE_CHARS]} …"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
