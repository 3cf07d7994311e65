"""The rules find in the published files what was measured, and are worth what it allows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.checks import BY_CODE, RULE_CODES
from tests.measured.sets import BY_PATH, records

CASES = Path(__file__).parents[1] / "cases" / "measured"
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) or [] for path in CASES.glob("*.yaml")}
ENTRIES = [
    pytest.param(code, each, id=f"{code}-{Path(each['file']).stem}")
    for code, entries in sorted(FILES.items())
    if code in BY_CODE
    for each in entries
]
LEAST_PRECISION = {"error": 0.97, "warning": 0.9, "info": 0.7}
MOST_OF_A_CLEAN_SET = 0.05


@cache
def found(root: Path, path: str) -> tuple[int, dict[str, set[int]]]:
    hits: dict[str, set[int]] = {}
    count = 0
    for record in records(root, path):
        count += 1
        for code in record.found:
            hits.setdefault(code, set()).add(record.at)
    return count, hits


@pytest.mark.slow
@pytest.mark.parametrize(("code", "entry"), ENTRIES)
def test_a_rule_hits_what_was_measured(data: Path, code: str, entry: dict[str, Any]) -> None:
    if not (data / entry["file"]).exists():
        pytest.skip(f"{entry['file']} is not there")
    count, all_hits = found(data, entry["file"])
    hits = all_hits.get(code, set())
    assert count == entry["rows"]
    assert sorted({*entry.get("right", ()), *entry.get("wrong", ())} - hits) == []
    assert sorted(hits & set(entry.get("missed", ()))) == []
    assert len(hits) == entry["hits"]


@pytest.mark.parametrize("code", sorted(set(FILES) & set(BY_CODE)))
def test_a_rule_is_worth_what_its_precision_allows(code: str) -> None:
    right = sum(len(each.get("right", ())) for each in FILES[code])
    wrong = sum(len(each.get("wrong", ())) for each in FILES[code])
    severity = BY_CODE[code].code.severity
    if right + wrong >= 5:
        assert right / (right + wrong) >= LEAST_PRECISION[severity]
    for each in FILES[code]:
        if severity != "info" and BY_PATH[each["file"]].clean and not each.get("defective"):
            assert each["hits"] <= MOST_OF_A_CLEAN_SET * each["rows"], each["file"]


def test_every_rule_was_measured() -> None:
    assert sorted(set(RULE_CODES) - set(FILES)) == []
    assert sorted(set(FILES) - set(RULE_CODES)) == []
