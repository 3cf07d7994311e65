"""Every rule and every fix on strings that break programs; skipped where the data is absent."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from curate.build import Settings, convert, load, validate
from curate.checks import ALL, RULES, check_batch, fix_rows, select
from curate.errors import printable
from curate.row import Kind, Row, to_batch

LIMITED = Settings(profiles=("all",))


@pytest.fixture(scope="module")
def strings(data: Path) -> list[str]:
    corpus = data / "robustness"
    found = json.loads((corpus / "blns" / "blns.json").read_text(encoding="utf-8"))
    found += [
        base64.b64decode(line).decode(errors="replace")
        for line in (corpus / "blns" / "blns.base64.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    found += (corpus / "utf8tests" / "utf8tests.txt").read_text(errors="replace").splitlines()
    return found


def said(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def rows_of(text: str) -> dict[Kind, Row]:
    asked, answered = [said("user", text)], [said("assistant", text)]
    return {
        "sft": {"messages": [said("system", text), *asked, *answered]},
        "preference": {"prompt": asked, "chosen": answered, "rejected": [said("assistant", "x")]},
        "unpaired": {"prompt": asked, "completion": answered, "label": True},
        "prompt_only": {"prompt": asked},
        "text": {"text": text},
        "segments": {"segments": [{"text": text, "train": True}]},
    }


@pytest.mark.parametrize(
    "kind", ["sft", "preference", "unpaired", "prompt_only", "text", "segments"]
)
def test_rules_and_fixes_take_any_text(strings: list[str], kind: Kind) -> None:
    rows = [rows_of(text)[kind] for text in strings]
    selection = select(ALL)
    before = codes(rows, kind, selection)
    fixed, done = fix_rows(rows, kind, RULES, unsafe=True)
    after = codes(fixed, kind, selection)
    assert len(fixed) == len(rows)
    assert [at for at in range(len(rows)) if not after[at] <= before[at]] == []
    assert {at for at, _ in done} == {at for at in range(len(rows)) if fixed[at] != rows[at]}
    again, done_again = fix_rows(fixed, kind, RULES, unsafe=True)
    assert (again, done_again) == (fixed, [])


def codes(rows: list[Row], kind: Kind, selection: object) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in rows]
    for at, rule, _ in check_batch(to_batch(kind, rows), kind, selection):  # type: ignore[arg-type]
        found[at].add(rule.code.code)
    return found


def test_validation_of_them_adds_up(strings: list[str], tmp_path: Path) -> None:
    lines = [json.dumps({"instruction": text, "input": text, "output": text}) for text in strings]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = []
    report = validate(str(source), settings=LIMITED, on_finding=found.append)
    ledger = report.ledger
    assert ledger.rows_in == len(strings)
    assert ledger.rows_in == ledger.rows_out + ledger.removed.total()
    assert sum(ledger.findings.values()) == len(found)
    shown = [finding.value for finding in found if finding.value is not None]
    assert [value for value in shown if printable(value, 1_000) != value] == []
    settings = Settings(profiles=("all",), fix="unsafe")
    report = validate(str(source), settings=settings, out=str(tmp_path / "fixed"))
    assert report.ledger.rows_in == report.ledger.rows_out + report.ledger.removed.total()
    assert len(list(load(tmp_path / "fixed").rows())) == report.ledger.rows_out


def test_every_file_of_json_test_suite_ends_in_a_verdict(data: Path, tmp_path: Path) -> None:
    cases = sorted((data / "robustness" / "JSONTestSuite" / "test_parsing").glob("*.json"))
    assert len(cases) > 300
    for case in cases:
        report = validate(str(case), settings=LIMITED)
        ledger = report.ledger
        assert ledger.rows_in + ledger.added.total() == ledger.rows_out + ledger.removed.total()
        # None of them is a record of any format, so each has to be spoken of.
        assert ledger.findings.total() > 0 or ledger.rows_out > 0, case.name
        assert report.exit_code in (1, 3), case.name


def test_what_convert_takes_validate_takes(strings: list[str], tmp_path: Path) -> None:
    source = tmp_path / "in.json"
    rows = [{"instruction": text, "output": text} for text in strings if text.strip()]
    source.write_text(json.dumps(rows), encoding="utf-8")
    converted = convert([str(source)], str(tmp_path / "out"))
    checked = validate(str(tmp_path / "out"), settings=Settings())
    assert checked.ledger.findings.total() == 0
    assert checked.ledger.rows_in == converted.ledger.rows_out
