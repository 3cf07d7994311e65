"""The JSON documents that commands print are those of their schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curate.schema import check
from tests.house.tree import ROOT

RECORDS = (
    [{"instruction": f"Name colour {n}.", "output": f"It is colour {n}."} for n in range(20)]
    + [{"instruction": "No answer."}]
)  # fmt: skip


def document(package: str, *arguments: str, cwd: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", package, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found.get("exit", 0) == done.returncode
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", "in.jsonl", "-o", "out"],
        ["convert", "in.jsonl", "-o", "out", "--dry-run"],
        ["convert", "in.jsonl", "--to", "openai", "-o", "out.jsonl"],
        ["validate", "in.jsonl"],
        ["inspect", "in.jsonl"],
    ],
    ids=" ".join,
)
def test_a_report_keeps_to_its_schema_and_adds_up(folder: Path, arguments: list[str]) -> None:
    found = document("curate", *arguments, "--json", cwd=folder)
    assert check("report", found) == []
    assert found["command"] == arguments[0]
    assert found["rows_in"] == len(RECORDS)
    added, removed = sum(found["added"].values()), sum(found["removed"].values())
    assert found["rows_in"] + added == found["rows_out"] + removed


def test_figures_and_differences_keep_to_their_schemas(folder: Path) -> None:
    found = document("curate", "stats", "in.jsonl", "--for", "lint", "--json", cwd=folder)
    assert check("stats", found) == []
    (folder / "other.jsonl").write_text((folder / "in.jsonl").read_text("utf-8")[:400], "utf-8")
    found = document("curate", "diff", "in.jsonl", "other.jsonl", "--json", cwd=folder)
    assert check("diff", found) == []
    assert found["exit"] == 1


def test_the_list_of_codes_keeps_to_its_schema(tmp_path: Path) -> None:
    found = document("curate", "rules", "--json", cwd=tmp_path)
    assert check("rules", found) == []
    codes = [rule["code"] for rule in found["rules"]]
    assert codes == sorted(set(codes))


def test_findings_and_the_card_keep_to_their_schemas(folder: Path) -> None:
    document("curate", "convert", "in.jsonl", "-o", "out", "--json", cwd=folder)
    assert check("card", json.loads((folder / "out" / "card.json").read_text("utf-8"))) == []
    done = subprocess.run(
        [sys.executable, "-m", "curate", "validate", "in.jsonl", "--output-format", "jsonl"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert findings
    assert [check("finding", finding) for finding in findings] == [[]] * len(findings)


def test_a_plan_keeps_to_its_schema(folder: Path) -> None:
    document("curate", "convert", "in.jsonl", "-o", "out", "--json", cwd=folder)
    planned = ["plan", "demo", "--set", "data.dataset=out", "--json"]
    found = document("train", *planned, cwd=folder)
    assert check("plan", found) == []
    assert found["rows"] > 0
    assert found["refusals"] == []


def test_a_refused_plan_keeps_to_its_schema(folder: Path) -> None:
    found = document("train", "plan", "demo", "--set", "data.dataset=none", "--json", cwd=folder)
    assert check("plan", found) == []
    assert found["refusals"]
