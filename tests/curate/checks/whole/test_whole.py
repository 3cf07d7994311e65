"""Rules about whole files and sets keep to their cases, however the work is cut and shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from curate.build import Settings, convert, validate
from curate.checks import ALL, DEFAULT, LINT, WHOLE_BY_CODE, select
from tests.curate.checks.whole.whole_cases import FILES, findings, write


def cases(*keys: str) -> list[Any]:
    return [
        pytest.param(code, case, id=f"{code}-{key}-{at}")
        for code, file in sorted(FILES.items())
        for key in keys
        for at, case in enumerate(file[key])
    ]


@pytest.mark.parametrize(("code", "case"), cases("pass", "near_miss"))
def test_passes(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert findings(code, write(case, tmp_path)) == []


@pytest.mark.parametrize(("code", "case"), cases("fail"))
def test_fails_where_expected(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    found = findings(code, write(case, tmp_path))
    places = [{"line": each["line"], "pointer": each["pointer"]} for each in case["expected"]]
    assert [{"line": f.line, "pointer": f.pointer} for f in found] == places
    for finding, expected in zip(found, case["expected"], strict=True):
        assert expected.get("says", "") in finding.message
        assert expected.get("fix", "") in (finding.fix or "")
        assert finding.severity == WHOLE_BY_CODE[code].code.severity
        assert finding.file is not None


@pytest.mark.parametrize("records", [1, 7])
@pytest.mark.parametrize(("code", "case"), cases("fail"))
def test_the_ends_of_chunks_change_nothing(
    code: str, case: dict[str, Any], records: int, tmp_path: Path, monkeypatch: Any
) -> None:
    paths = write(case, tmp_path)
    if sum(Path(path).stat().st_size for path in paths) > 1 << 14:
        records *= 3_000
    expected = findings(code, paths)
    monkeypatch.setattr("curate.files.chunks.CHUNK_RECORDS", records)
    assert findings(code, paths) == expected


@pytest.mark.parametrize("code", sorted(FILES))
def test_the_number_of_processes_changes_nothing(
    code: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("curate.files.chunks.CHUNK_RECORDS", 5)
    paths = write(FILES[code]["fail"][0], tmp_path)
    if sum(Path(path).stat().st_size for path in paths) > 1 << 14:
        monkeypatch.setattr("curate.files.chunks.CHUNK_RECORDS", 3_000)
    assert findings(code, paths, jobs=2) == findings(code, paths)


def test_ten_of_a_kind_are_told_and_the_others_counted(tmp_path: Path) -> None:
    rows = [{f"key{n:02}": "text" for n in range(14)}, {f"key{n:02}": 1 for n in range(14)}]
    found = findings("ARW001", write({"rows": rows}, tmp_path))
    assert [f.pointer for f in found] == [f"/key{n:02}" for n in range(10)]
    assert found[-1].message.endswith("(and 4 more like it)")


def test_files_are_looked_at_one_by_one(tmp_path: Path) -> None:
    case = {"files": {"a.jsonl": [{"n": 1}], "b.jsonl": [{"n": "x"}], "c.jsonl": [{"n": 2}]}}
    assert findings("ARW001", write(case, tmp_path)) == []


def test_convert_runs_none_and_validate_counts_them(tmp_path: Path) -> None:
    rows = [{"prompt": f"a{n}", "completion": "b", "label": True} for n in range(3)]
    paths = write({"rows": rows}, tmp_path)
    report = convert(paths, str(tmp_path / "out"))
    assert report.exit_code == 0
    assert "KTO016" not in report.ledger.findings
    checked = validate(paths, settings=Settings(profiles=("default",)))
    assert checked.ledger.findings["KTO016"] == 1
    assert checked.exit_code == 1


def test_profiles_choose_them() -> None:
    assert [rule.code.code for rule in select(DEFAULT).whole] == ["KTO016"]
    assert len(select(LINT).whole) == len(select(ALL).whole) == len(WHOLE_BY_CODE)
    assert select(ALL, ["ARW"], ["ARW001"]).whole[0].code.code == "ARW002"
    assert select(ALL, ["repeated-row"]).whole == (WHOLE_BY_CODE["DUP001"],)


def test_ignored_and_unselected_rules_find_nothing(tmp_path: Path) -> None:
    paths = write({"rows": [{"text": "a"}, {"text": "a"}]}, tmp_path)
    for settings in (Settings(select=("TRN",)), Settings(profiles=("all",), ignore=("DUP001",))):
        assert "DUP001" not in validate(paths, settings=settings).ledger.findings
