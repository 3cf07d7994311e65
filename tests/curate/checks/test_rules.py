"""Each rule keeps to its cases in `tests/cases/rules/CODE.yaml`.

A row is written short: a message is `[role, content]` or `[role, content, {other fields}]`, a call
is `[name, arguments]` or `[name, arguments, id]`, and `tools` is a list.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.checks import ALL, BY_CODE, FAMILIES, RULES, Rule, below, check_batch, ordinary, select
from curate.checks.structure.media_files import media_rules
from curate.codes import BY_CODE as OTHER_CODES
from curate.codes import FAMILIES as FAMILY_NAMES
from curate.row import MESSAGE_COLUMNS, Kind, Row, from_batch, to_batch

CASES = Path(__file__).parents[2] / "cases" / "rules"
# The files that rows of the cases name; the rules that look at files look for them here.
MEDIA = CASES.parent / "media"
RULE_OF = BY_CODE | {rule.code.code: rule for rule in media_rules(MEDIA)}
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in CASES.glob("*.yaml")}
# Their rules need a tokenizer: `rendered/test_rendered_rules.py`.
RENDERED = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in (CASES.parent / "rendered").glob("*.yaml")
}


def message_of(short: list[Any]) -> dict[str, Any]:
    role, content, fields = [*short, {}][:3]
    message = {"role": role, **fields}
    if content is not None:
        message["content"] = content
    if calls := message.pop("calls", None):
        message["tool_calls"] = [call_of(call) for call in calls]
    return message


def call_of(short: list[str]) -> dict[str, str]:
    named = dict(zip(("name", "arguments", "id"), short, strict=False))
    return {"type": "function", **named}


def row_of(short: dict[str, Any]) -> Row:
    row = dict(short)
    for name in MESSAGE_COLUMNS:
        if name in row:
            row[name] = [message_of(message) for message in row[name]]
    if "tools" in row and not isinstance(row["tools"], str):
        row["tools"] = json.dumps(row["tools"], ensure_ascii=False)
    kind = kind_of(row)
    # The way through Arrow shows that the case is a row that can exist.
    [found] = from_batch(to_batch(kind, [row]))
    return found


def kind_of(row: Row) -> Kind:
    by_column: dict[str, Kind] = {
        "messages": "sft",
        "chosen": "preference",
        "completion": "unpaired",
        "text": "text",
        "segments": "segments",
        "prompt": "prompt_only",
    }
    return next(kind for column, kind in by_column.items() if column in row)


def cases(key: str) -> list[Any]:
    return [
        pytest.param(RULE_OF[code], case, id=f"{code}-{at}")
        for code, file in sorted(FILES.items())
        for at, case in enumerate(file[key])
    ]


@pytest.mark.parametrize(("rule", "case"), cases("pass") + cases("near_miss"))
def test_passes(rule: Rule, case: dict[str, Any]) -> None:
    row = row_of(case)
    assert kind_of(row) in rule.kinds
    assert list(rule.check(row)) == []


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_fails_where_expected(rule: Rule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    spots = list(rule.check(row))
    assert kind_of(row) in rule.kinds
    assert [spot.pointer for spot in spots] == case["at"]
    assert all(spot.message for spot in spots)


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_ordinary_rules_hit_no_ordinary_row(rule: Rule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    [plain] = ordinary(to_batch(kind_of(row), [row]), kind_of(row))
    assert not (rule.ordinary and plain)


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_a_batch_finds_what_a_row_finds(rule: Rule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    kind = kind_of(row)
    selection = below(select(ALL, [rule.code.code]), str(MEDIA))
    found = check_batch(to_batch(kind, [row]), kind, selection)
    assert [spot.pointer for _, _, spot in found] == case["at"]


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_fix_gives_the_expected_row(rule: Rule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    kind = kind_of(row)
    expected = row_of(case["fixed"]) if "fixed" in case else row
    if rule.fix is None:
        assert "fixed" not in case
        return
    fixed = rule.fix(row)
    if not has_nan(row):
        assert fixed == expected
        assert row == row_of(case["row"]), "the row given was changed"
    assert rule.fix(fixed) == fixed, "fixed twice is not fixed once"
    before, after = codes(row, kind), codes(fixed, kind)
    if "fixed" in case:
        assert rule.code.code not in after
    assert after <= before, "the fix brought a new code"


def codes(row: Row, kind: Kind) -> set[str]:
    return {r.code.code for r in RULES if kind in r.kinds and any(r.check(row))}


def has_nan(row: Row) -> bool:
    return any(math.isnan(m.get("weight", 0)) for m in row.get("messages", []))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code.code)
def test_every_rule_has_cases_and_a_page(rule: Rule) -> None:
    file = (FILES | RENDERED)[rule.code.code]
    assert all(file[key] for key in ("pass", "fail", "near_miss"))
    assert any("fixed" in case for case in file["fail"]) == (rule.fix is not None)
    assert (rule.fix is None) == (rule.code.fix is None)
    lines = rule.code.page.splitlines()
    assert lines[0].endswith(".")
    assert lines[1] == ""
    starts = [line.split(":")[0] for line in lines if re.match(r"(Why|Example|Fix|Source):", line)]
    assert starts == ["Why", "Example", "Fix", "Source"]


def test_codes_and_slugs_are_unique_and_in_order() -> None:
    codes = [rule.code.code for rule in RULES]
    slugs = [rule.code.slug for rule in RULES]
    assert len(set(codes)) == len(set(slugs)) == len(RULES)
    assert not set(codes) & OTHER_CODES.keys()
    assert not set(slugs) & {code.slug for code in OTHER_CODES.values()}
    assert set(FILES) | set(RENDERED) == set(codes)
    for family in FAMILIES:
        names = [rule.code.code for rule in family]
        assert names == sorted(names)
        assert len({name[:3] for name in names} & FAMILY_NAMES.keys()) == 1
