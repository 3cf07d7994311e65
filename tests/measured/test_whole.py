"""Rules about whole files and sets find in the published files what was measured.

An entry of `tests/cases/measured/CODE.yaml` gives the lines of the findings that were read.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from curate.build import Settings, validate
from curate.checks import WHOLE_BY_CODE
from curate.finding import Finding
from tests.measured.sets import BY_PATH
from tests.measured.test_measured import FILES, LEAST_PRECISION

ENTRIES = [
    pytest.param(code, each, id=f"{code}-{Path(each['file']).stem}")
    for code in sorted(WHOLE_BY_CODE)
    for each in FILES.get(code, ())
]


@cache
def found(path: Path, options: tuple[tuple[str, Any], ...]) -> tuple[int, list[Finding]]:
    findings: list[Finding] = []
    settings = Settings(profiles=("all",), select=tuple(WHOLE_BY_CODE), **dict(options))
    report = validate([path], settings=settings, on_finding=findings.append)
    return report.ledger.rows_in, findings


@pytest.mark.slow
@pytest.mark.parametrize(("code", "entry"), ENTRIES)
def test_a_rule_finds_what_was_measured(data: Path, code: str, entry: dict[str, Any]) -> None:
    path = data / entry["file"]
    if not path.exists():
        pytest.skip(f"{entry['file']} is not there")
    rows, findings = found(path, BY_PATH[entry["file"]].options)
    lines = [finding.line for finding in findings if finding.code == code]
    assert rows == entry["rows"]
    assert len(lines) == entry["hits"]
    assert {*entry.get("right", ()), *entry.get("wrong", ())} <= set(lines)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(BY_PATH))
def test_what_was_not_measured_is_not_found(data: Path, path: str) -> None:
    if not (data / path).exists():
        pytest.skip(f"{path} is not there")
    _, findings = found(data / path, BY_PATH[path].options)
    measured = {code for code in WHOLE_BY_CODE if path in {e["file"] for e in FILES[code]}}
    assert {finding.code for finding in findings} & set(WHOLE_BY_CODE) == measured


@pytest.mark.parametrize("code", sorted(WHOLE_BY_CODE))
def test_a_rule_is_worth_what_its_precision_allows(code: str) -> None:
    right = sum(len(each.get("right", ())) for each in FILES[code])
    wrong = sum(len(each.get("wrong", ())) for each in FILES[code])
    if right + wrong:
        least = LEAST_PRECISION[WHOLE_BY_CODE[code].code.severity]
        assert right / (right + wrong) >= least
