"""Clean rows of many kinds bring no warning and no error; each planted defect is found.

`tests/cases/clean/*.jsonl` are files as people publish them. A line of `tests/cases/dirty/*.jsonl`
is one record and the code of what is wrong with it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.build import Settings, validate
from curate.finding import Finding

CASES = Path(__file__).parents[2] / "cases"
CLEAN = sorted((CASES / "clean").glob("*.jsonl"))
DIRTY = sorted((CASES / "dirty").glob("*.jsonl"))


def found(path: Path, profile: str = "lint", *extended: str) -> list[Finding]:
    findings: list[Finding] = []
    settings = Settings(profiles=(profile,), extend_select=extended)
    report = validate([path], settings=settings, on_finding=findings.append)
    assert report.ledger.rows_in
    return findings


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_clean_rows_bring_no_warning(path: Path) -> None:
    alarms = [f for f in found(path, "lint", "SEC", "PII", "LNG") if f.severity != "info"]
    assert [f"line {f.line}: {f.code} {f.message}" for f in alarms] == []


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_few_clean_rows_bring_a_hint(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")
    hinted = {f.line for f in found(path) if f.line}
    assert len(hinted) <= max(2, lines // 10)


PLANTED = [
    pytest.param(case["record"], case["code"], id=f"{path.stem}-{at}-{case['code']}")
    for path in DIRTY
    for at, case in enumerate(map(json.loads, path.read_text("utf-8").splitlines()), start=1)
]


@pytest.mark.parametrize(("record", "code"), PLANTED)
def test_a_planted_defect_is_found(tmp_path: Path, record: dict[str, object], code: str) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert code in {finding.code for finding in found(path, "all")}
