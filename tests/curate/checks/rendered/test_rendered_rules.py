"""Each rule of renderings keeps to its cases in `tests/cases/rendered/CODE.yaml`.

A case is a row as in `tests/cases/rules`, with the tokenizer (of `tiny.py`), the template (a name
or Jinja text) and the length, where they differ from the `with` of the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.checks import ALL, select
from curate.checks.rendered import RULES, Place, RenderedRule, check_tokens, rendered_rules
from curate.checks.rendered.rendering import Rendering
from curate.row import to_batch
from tests.curate.checks.rendered.tiny import rendering
from tests.curate.checks.test_rules import kind_of, row_of

CASES = Path(__file__).parents[3] / "cases" / "rendered"
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in CASES.glob("*.yaml")}
BY_CODE = {rule.code.code: rule for rule in RULES}


def cases(key: str) -> list[Any]:
    return [
        pytest.param(BY_CODE[code], {**file["with"], **case}, id=f"{code}-{at}")
        for code, file in sorted(FILES.items())
        for at, case in enumerate(file[key])
    ]


def given(case: dict[str, Any]) -> Rendering:
    return rendering(case["tokenizer"], case["template"], case.get("max_length"))


@pytest.mark.parametrize(("rule", "case"), cases("pass") + cases("near_miss"))
def test_passes(rule: RenderedRule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    assert rule.spots(given(case).read(row, kind_of(row))) == []


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_fails_where_expected(rule: RenderedRule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    kind = kind_of(row)
    assert kind in rule.kinds
    spots = rule.spots(given(case).read(row, kind))
    assert [spot.pointer for spot in spots] == case["at"]
    assert case.get("says", "") in spots[0].message
    assert all(len(spot.message) <= 300 for spot in spots)


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_a_batch_finds_what_a_row_finds(rule: RenderedRule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    kind = kind_of(row)
    selection = select(ALL, [rule.code.code])

    def place(at: int) -> Place:
        return Place("in.jsonl", at + 1, 0, None)

    hits, tally = check_tokens(to_batch(kind, [row, row]), kind, selection, given(case), place)
    if rule.once:
        fact = tally.facts[rule.code.code]
        assert (fact.place.line, fact.rows, fact.spot.pointer) == (1, 2, case["at"][0])
        assert hits == []
    else:
        assert [(at, spot.pointer) for at, _, spot in hits] == [
            (at, pointer) for at in (0, 1) for pointer in case["at"]
        ]
        assert tally.facts == {}


@pytest.mark.parametrize(("rule", "case"), cases("fail"))
def test_a_bound_rule_is_a_rule_of_rows(rule: RenderedRule, case: dict[str, Any]) -> None:
    row = row_of(case["row"])
    assert list(rule.check(row)) == []
    [bound] = [each for each in rendered_rules(given(case)) if each.code == rule.code]
    assert [spot.pointer for spot in bound.check(row)] == case["at"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code.code)
def test_every_rule_has_cases_of_all_sides(rule: RenderedRule) -> None:
    file = FILES[rule.code.code]
    assert all(file[key] for key in ("pass", "near_miss", "fail"))
    assert rule.fix is None
    assert rule.code.fix is None


def test_every_case_has_a_rule() -> None:
    assert set(FILES) == set(BY_CODE)
