"""What a filter tells: each rule with the rows near its threshold, and each score's spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from curate.build.steps.filter.scores import Measured
from curate.build.steps.tables import aligned, bars
from curate.filtering.near import Near, codes_of, ends, moves, near, told_codes
from curate.filtering.rules import Rule

_QUANTILES = {
    "lowest": 0.0,
    "1%": 0.01,
    "5%": 0.05,
    "25%": 0.25,
    "50%": 0.5,
    "75%": 0.75,
    "95%": 0.95,
    "99%": 0.99,
    "highest": 1.0,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule.

    Attributes:
        rule: The rule.
        preset: The preset that it belongs to, or None.
        leaving: Rows that fail it.
        removed: Rows that are counted under it: those that fail no rule before it.
        missing: Rows without the score.
        near: The rows near its threshold, or None.
        codes: Rows of each code, where the score is a code.
    """

    rule: Rule
    preset: str | None
    leaving: int
    removed: int
    missing: int
    near: Near | None
    codes: dict[str, int]


def outcome(
    rule: Rule, preset: str | None, values: Any, counts: tuple[int, int], missing: int
) -> Outcome:
    """Return what became of a rule; `counts` are the rows that fail it and those it removes."""
    codes = codes_of(values) if rule.codes else {}
    return Outcome(rule, preset, *counts, missing, near(values, rule), codes)


def report(outcomes: list[Outcome], measured: Measured) -> dict[str, Any]:
    """Return the section of the JSON document."""
    return {
        "rules": [_rule(each) for each in outcomes],
        "scores": {name: _score(measured, name) for name in measured.columns},
    }


def _rule(found: Outcome) -> dict[str, Any]:
    section: dict[str, Any] = {
        "rule": found.rule.text,
        "score": found.rule.column.name,
        "code": found.rule.column.score.code,
        "preset": found.preset,
        "failing": found.leaving,
        "removed": found.removed,
        "missing": found.missing,
    }
    if found.near is not None:
        section["bins"] = {
            "edges": list(found.near.edges),
            "rows": list(found.near.counts),
            "below": found.near.below,
            "above": found.near.above,
        }
        section["moved"] = [{"threshold": at, "failing": n} for at, n in found.near.moved]
    if found.rule.codes:
        section["codes"] = found.codes
    return section


def _score(measured: Measured, name: str) -> dict[str, Any]:
    score = measured.columns[name].score
    values = measured.values(name)
    if score.is_code:
        codes = codes_of(values)
        return {"unit": score.unit, "rows": sum(codes.values()), "codes": codes}
    there = values[~np.isnan(values)]
    section: dict[str, Any] = {"unit": score.unit, "rows": len(there)}
    if len(there):
        found = np.quantile(there, list(_QUANTILES.values()), overwrite_input=True)
        section |= {key: round(float(n), 6) for key, n in zip(_QUANTILES, found, strict=True)}
    return section


def lines(outcomes: list[Outcome], n_rows: int) -> list[str]:
    """Return what people are told: a line a rule, none where a preset's is idle."""
    shown = [each for each in outcomes if each.preset is None or each.leaving]
    if not shown:
        return []
    head = ["rule", "fail", "", "", "near", "", "if the threshold were moved"]
    rows = [head, *map(_line, shown)]
    if all(each.removed == each.leaving for each in shown):
        rows = [[*row[:2], *row[3:]] for row in rows]
    left = {0, *range(len(rows[0]) - 3, len(rows[0]))}
    found = [f"filter: of {n_rows:,} rows", *("  " + line for line in aligned(rows, sorted(left)))]
    missing = {
        (each.missing, each.rule.known, each.rule.column.score.undefined): None
        for each in shown
        if each.missing
    }
    for n, leave, why in missing:
        found.append(f"  {n:,} without a score {'leave' if leave else 'stay'}: {why}")
    return found


def _line(each: Outcome) -> list[str]:
    rule = each.rule
    cells = [rule.text, f"{each.leaving:,}", ""]
    if each.removed != each.leaving:
        cells[2] = f"{each.leaving - each.removed:,} by a rule before too"
    if each.near is not None:
        half = len(each.near.counts) // 2
        drawn = bars(each.near.counts)
        low, high = ends(each.near, rule)
        cells += [low, f"{drawn[:half]}│{drawn[half:]}", high]
        return [*cells, moves(each.near, rule, each.leaving)]
    return [*cells, "", "", "", told_codes(each.codes) if each.codes else ""]
